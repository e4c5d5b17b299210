"""Evaluation of the detector and the baselines, on boxes drawn by eye."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.imaging import fit_width
from analyzer.lab.detection import score
from analyzer.lab.detection.baselines import BEFORE_S, SAMPLED_FPS, Baseline, Frames, baselines
from analyzer.lab.detection.eye_labels import LabelledFrame, read_before
from analyzer.types import Detection, Kind

PRECISIONS: Final = (0.85, 0.9)

KINDS: Final[tuple[Kind, ...]] = ("person", "face")

SIZES: Final[dict[Kind, tuple[tuple[float, float], ...]]] = {
    "person": ((0, 64), (64, 128), (128, 1e9)),
    "face": ((0, 16), (16, 32), (32, 1e9)),
}
"""Height classes that are evaluated separately, in px of the picture 640 px wide."""

_DRAWN_PX: Final = 640

TIMED_WIDTHS: Final = (320, 640, 960)
_TIMED_FRAMES, _TIMED_ROUNDS = 6, 4


@dataclass(frozen=True, slots=True)
class EvaluatedFrame:
    """One labelled frame, at most ``width`` px wide, and the detections of each detector.

    ``before`` is the frame sampled before it.
    """

    frame: LabelledFrame
    bgr: NDArray[np.uint8]
    before: NDArray[np.uint8]
    truths: dict[Kind, score.Truth]
    found: dict[str, list[Detection]]


def look(
    labels: Sequence[LabelledFrame], folder: Path, models: Path | None, width: int | None,
    tell: Callable[[int], None] = lambda done: None,
) -> list[EvaluatedFrame]:  # fmt: skip
    """Run the network of ``folder`` and every baseline on every labelled frame.

    Boxes and detections are in px of the frame at most ``width`` px wide; where it is None, 640,
    and each detector sees what a run shows it.
    """
    detectors = baselines(folder, width, models)
    seen = []
    for done, frame in enumerate(labels, 1):
        frames = read_before(frame.path, frame.frame, BEFORE_S, SAMPLED_FPS)
        seen.append(_one(frame, frames, detectors, width or _DRAWN_PX))
        tell(done)
    return seen


def _one(
    frame: LabelledFrame, frames: Frames, detectors: Sequence[Baseline], width: int
) -> EvaluatedFrame:
    bgr = frames[-1][1]
    factor = min(width / bgr.shape[1], 1.0)
    truths = {kind: _resized(frame.truth(kind), factor) for kind in KINDS}
    found = {detector.name: _scaled(detector.detect(frames), factor) for detector in detectors}
    before = frames[max(len(frames) - 2, 0)][1]
    return EvaluatedFrame(frame, fit_width(bgr, width), fit_width(before, width), truths, found)


def _scaled(found: list[Detection], factor: float) -> list[Detection]:
    return [Detection(d.box.scaled(factor), d.score, d.kind, d.landmarks) for d in found]


def _resized(truth: score.Truth, factor: float) -> score.Truth:
    part = np.float32(factor)
    return score.Truth(truth.scene, truth.wanted * part, truth.ignored * part)


def figures_of(seen: Sequence[EvaluatedFrame]) -> dict[str, Any]:
    """Return metrics of every detector, by kind."""
    detectors = {name: _of_one(seen, name) for name in seen[0].found}
    return {
        "frames": len(seen),
        "scenes": len({one.frame.scene for one in seen}),
        "detectors": {name: kinds for name, kinds in detectors.items() if kinds},
    }


def _of_one(seen: Sequence[EvaluatedFrame], name: str) -> dict[str, Any]:
    """Return metrics of one detector by the kinds that it finds and that are labelled."""
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        pairs = [(one.truths[kind], score.scored_boxes(one.found[name], kind)) for one in seen]
        found_some = any(len(found.scores) for _, found in pairs)
        if not found_some or not any(len(truth.wanted) for truth, _ in pairs):
            continue
        judged = [score.judge(truth, found) for truth, found in pairs]
        sizes = {}
        for low, high in SIZES[kind]:
            part = score.curve([score.judge(truth, found, (low, high)) for truth, found in pairs])
            label = f"{low:.0f}-{high:.0f}" if high < 1e9 else f"{low:.0f}-"
            sizes[label] = {"n": part.wanted, "ap": round(part.average_precision(), 4)}
        kinds[kind] = score.figures(judged, PRECISIONS) | {"by_size": sizes}
    return kinds


def milliseconds(
    seen: Sequence[EvaluatedFrame], folder: Path, models: Path | None, threads: int
) -> dict[str, dict[str, float]]:
    """Return median ms per frame of each detector at several widths.

    OpenCV has ``threads`` cores; detectors that keep to one thread use one.
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    chosen = seen[:: max(1, len(seen) // _TIMED_FRAMES)][:_TIMED_FRAMES]
    table = {}
    for width in TIMED_WIDTHS:
        detectors = baselines(folder, width, models)
        spent: dict[str, list[float]] = {detector.name: [] for detector in detectors}
        for _ in range(_TIMED_ROUNDS):
            for one in chosen:
                size = (width, round(one.bgr.shape[0] * width / one.bgr.shape[1]))
                shown = [np.asarray(cv2.resize(b, size), np.uint8) for b in (one.before, one.bgr)]
                frames = [(0.0, shown[0]), (1 / SAMPLED_FPS, shown[1])]
                for detector in detectors:
                    began = time.perf_counter()
                    detector.detect(frames)
                    spent[detector.name].append(1000 * (time.perf_counter() - began))
        table[str(width)] = {name: round(float(np.median(v)), 1) for name, v in spent.items()}
    cv2.setNumThreads(before)
    return table
