"""HTML page of a detector evaluation: figures side by side, misses, false positives."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from analyzer.lab import pages
from analyzer.lab.detection import score
from analyzer.lab.detection.baselines import NAME
from analyzer.lab.detection.evaluate import KINDS, PRECISIONS, EvaluatedFrame
from analyzer.types import Kind

_SHOWN = 24
_QUALITY = 80
_TRUE, _RIGHT, _WRONG, _PASSED = (0, 200, 0), (255, 160, 0), (0, 0, 255), (150, 150, 150)


def write(result: dict[str, Any], seen: Sequence[EvaluatedFrame], path: Path) -> None:
    """Write the page of ``result`` and ``seen`` from ``evaluate``."""
    shown = [kind for kind in KINDS if _best(kind, result)]
    pages.write(
        "detection.html", path, [curves(seen, kind) for kind in shown],
        result=result, precisions=PRECISIONS,
        tables={kind: _table(kind, result) for kind in shown},
        pictures={kind: _pictures(kind, result, seen) for kind in shown},
    )  # fmt: skip


def _table(kind: Kind, result: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of one kind by detector."""
    return {name: kinds[kind] for name, kinds in result["detectors"].items() if kind in kinds}


def curves(seen: Sequence[EvaluatedFrame], kind: Kind) -> go.Figure:
    """Return precision over recall of every detector, on the hand-drawn boxes."""
    figure = go.Figure()
    for name in seen[0].found:
        line = score.curve(
            [score.judge(s.truths[kind], score.scored_boxes(s.found[name], kind)) for s in seen]
        )
        if len(line.scores):
            figure.add_scatter(x=line.recall, y=line.precision, name=name, mode="lines")
    figure.update_xaxes(range=[0, 1], title="recall")
    figure.update_yaxes(range=[0, 1.02], title="precision")
    return figure.update_layout(title=f"{kind}: precision and recall", height=480)


def _best(kind: Kind, result: dict[str, Any]) -> str:
    """Return the detector of ``kind`` that is shown: our own, else the one with the best AP."""
    table = _table(kind, result)
    return NAME if NAME in table else max(table, key=lambda name: table[name]["ap"], default="")


def _pictures(kind: Kind, result: dict[str, Any], seen: Sequence[EvaluatedFrame]) -> dict[str, Any]:
    """Return the frames with most misses, then those with the highest-scored false positives.

    They are ``drawn`` with the detections of the score ``least`` or more, as JPEG in base64.
    """
    name = _best(kind, result)
    least = _table(kind, result)[name][f"score_at_p{round(100 * PRECISIONS[0])}"] or 0.5
    missed, wrong = [], []
    for one in seen:
        found = score.scored_boxes(one.found[name], kind)
        above = found.scores >= least
        judged = score.judge(
            one.truths[kind], score.ScoredBoxes(found.boxes[above], found.scores[above])
        )
        missed.append(judged.wanted - int(judged.right.sum()))
        wrong.append(float(judged.scores[~judged.right].max(initial=0)))
    chosen = [
        int(i)
        for order in (np.argsort(missed)[::-1], np.argsort(wrong)[::-1])
        for i in order[:_SHOWN]
        if missed[i] or wrong[i]
    ]
    return {"least": least, "drawn": [_jpeg(drawn(seen[i], kind, name, least)) for i in chosen]}


def drawn(one: EvaluatedFrame, kind: Kind, name: str, least: float) -> NDArray[np.uint8]:
    """Return the frame with its boxes of one kind, and the detections of ``least`` or more."""
    picture = one.bgr.copy()
    truth, found = one.truths[kind], score.scored_boxes(one.found[name], kind)
    for boxes, colour in ((truth.ignored, _PASSED), (truth.wanted, _TRUE)):
        for box in boxes:
            _rectangle(picture, box, colour, 2)
    order = [i for i in np.argsort(-found.scores) if found.scores[i] >= least]
    kept = score.ScoredBoxes(found.boxes[order], found.scores[order])
    right = score.judge(truth, kept)
    for box, value in zip(kept.boxes, kept.scores, strict=True):
        hit = bool(right.right[right.scores == value].any())
        counts = bool((right.scores == value).any())
        _rectangle(picture, box, _RIGHT if hit else _WRONG if counts else _PASSED, 1)
    return picture


def _rectangle(
    picture: NDArray[np.uint8], box: NDArray[np.float32], colour: tuple[int, int, int], thick: int
) -> None:
    x, y, w, h = (round(float(v)) for v in box)
    cv2.rectangle(picture, (x, y), (x + w, y + h), colour, thick)


def _jpeg(picture: NDArray[np.uint8]) -> str:
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    return base64.b64encode(encoded.tobytes()).decode()
