"""HTML page of a detector evaluation: figures side by side, misses, false positives."""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from analyzer.detection.joint_decode import KINDS
from analyzer.lab.detection import score
from analyzer.lab.detection.baselines import NAME
from analyzer.lab.detection.evaluate import PRECISIONS, EvaluatedFrame
from analyzer.lab.pages import document
from analyzer.types import Kind

_SHOWN = 24
_QUALITY = 80
_TRUE, _RIGHT, _WRONG, _PASSED = (0, 200, 0), (255, 160, 0), (0, 0, 255), (150, 150, 150)


def write(result: dict[str, Any], seen: Sequence[EvaluatedFrame], path: Path) -> None:
    """Write the page of ``result`` and ``seen`` from ``evaluate``."""
    parts = [f"<h1>Detector {html.escape(result['model'])}</h1>", _about(result)]
    for by, title in (("eye", "Hand-drawn boxes"), ("teachers", "Pseudo-labels (YuNet and YOLOX)")):
        if result[by]:
            parts += [f"<h2>{title}</h2>", *(_table(kind, result[by][kind]) for kind in KINDS)]
    parts += [_times(result["ms_per_frame"])]
    for kind in KINDS:
        parts += _pictures(kind, result, seen)
    document("Detector", parts, [curves(seen, kind) for kind in KINDS], path)


def _about(result: dict[str, Any]) -> str:
    return (
        f"<p>{result['frames']} frames of {result['scenes']} scenes that nothing was trained on, "
        f"shown at most {result['width']} px wide. Brackets hold 95 % intervals over scenes.</p>"
    )


def _table(kind: Kind, table: dict[str, Any]) -> str:
    recalls = [f"recall_at_p{round(100 * p)}" for p in PRECISIONS[kind]]
    sizes = list(next(iter(table.values()))["by_size"]) if table else []
    heads = ["AP", *(f"recall at precision 0.{name[-2:]}" for name in recalls)]
    heads += [f"AP, {size} px high" for size in sizes]
    rows = []
    for name, row in table.items():
        cells = [_bracketed(row["ap"], row["ap_ci95"])]
        cells += [
            f"{_bracketed(row[r]['recall'], row[r]['ci95'])} = {row[r]['found']}" for r in recalls
        ]
        cells += [f"{row['by_size'][s]['ap']:.3f} ({row['by_size'][s]['boxes']})" for s in sizes]
        rows.append(f"<tr><td>{name}</td>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    boxes = next(iter(table.values()))["boxes"] if table else 0
    head = "".join(f"<th>{h}</th>" for h in heads)
    return f"<h3>{kind}: {boxes} boxes</h3><table><tr><th></th>{head}</tr>{''.join(rows)}</table>"


def _bracketed(value: float, ends: list[float]) -> str:
    return f"{value:.3f} [{ends[0]:.3f}, {ends[1]:.3f}]"


def _times(table: dict[str, dict[str, float]]) -> str:
    names = list(next(iter(table.values())))
    rows = "".join(
        f"<tr><td>{width} px</td>" + "".join(f"<td>{row[n]:.1f}</td>" for n in names) + "</tr>"
        for width, row in table.items()
    )
    head = "".join(f"<th>{name}</th>" for name in names)
    return f"<h2>Milliseconds per frame</h2><table><tr><th></th>{head}</tr>{rows}</table>"


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


def _pictures(kind: Kind, result: dict[str, Any], seen: Sequence[EvaluatedFrame]) -> list[str]:
    """Return the frames with most misses, and those with the highest-scored false positives."""
    precision = PRECISIONS[kind][0]
    at = result["eye"][kind].get(NAME, {}).get(f"recall_at_p{round(100 * precision)}", {})
    least = at.get("score") or 0.5
    missed, wrong = [], []
    for one in seen:
        found = score.scored_boxes(one.found[NAME], kind)
        above = found.scores >= least
        judged = score.judge(
            one.truths[kind], score.ScoredBoxes(found.boxes[above], found.scores[above])
        )
        missed.append(judged.wanted - int(judged.right.sum()))
        wrong.append(float(judged.scores[~judged.right].max(initial=0)))
    parts = [
        f"<h2>{kind}: misses and false positives</h2>"
        f"<p>At the score {least:.2f} (precision {precision}). Green: ground truth; blue: found "
        "and right; red: found and wrong; grey: counts neither way.</p>"
    ]
    for order in (np.argsort(missed)[::-1], np.argsort(wrong)[::-1]):
        chosen = [i for i in order[:_SHOWN] if missed[i] or wrong[i]]
        parts.append("".join(_image(drawn(seen[i], kind, least)) for i in chosen))
    return parts


def drawn(one: EvaluatedFrame, kind: Kind, least: float) -> NDArray[np.uint8]:
    """Return the frame with its boxes of one kind, and the detections of ``least`` or more."""
    picture = one.bgr.copy()
    truth, found = one.truths[kind], score.scored_boxes(one.found[NAME], kind)
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


def _image(picture: NDArray[np.uint8]) -> str:
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    text = base64.b64encode(encoded.tobytes()).decode()
    return f'<img alt="" style="width:320px;margin:2px" src="data:image/jpeg;base64,{text}">'
