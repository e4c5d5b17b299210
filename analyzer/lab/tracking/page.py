"""HTML page of a tracking evaluation: figures side by side, identity switches, worst frames."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.lab import pages
from analyzer.lab.tracking.evaluate import DETECTOR, OURS, TrackedSequence
from analyzer.lab.tracking.metrics import IdentifiedBoxes, Judgement, judge
from analyzer.lab.tracking.sampled import whole_span
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe

_SHOWN: Final = 16
_WIDTH: Final = 640
_QUALITY: Final = 80
_MISSED, _RIGHT, _FALSE = (0, 200, 0), (255, 160, 0), (0, 0, 255)


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame with its boxes: JPEG in base64, and what is to be seen in it."""

    jpeg: str
    words: str


def write(result: dict[str, Any], tracked: Sequence[TrackedSequence], path: Path) -> None:
    """Write the page of ``result`` and ``tracked`` from ``evaluate``."""
    pages.write(
        "tracking.html", path, [], result=result,
        pictures={one.sequence.name: pictures(one) for one in tracked},
    )  # fmt: skip


def pictures(one: TrackedSequence) -> dict[str, list[Picture]]:
    """Return the first switches of our tracker, and its worst frames, on the detector's boxes."""
    found = one.tracks[DETECTOR][OURS]
    judged = judge(one.truth, found)
    count = [(len(a), len(b)) for a, b in zip(judged.missed, judged.false, strict=True)]
    wrong = [sum(pair) for pair in count]
    worst = [int(i) for i in np.argsort(wrong, kind="stable")[::-1][:_SHOWN] if wrong[i]]
    switches = {s.frame: s for s in judged.switches[:_SHOWN]}
    frames = _read(one, {*worst, *switches})
    drawn = {place: _drawn(bgr, one, found, judged, place) for place, bgr in frames.items()}
    at = {place: f"{one.frames[place].moment.t:.1f} s" for place in drawn}
    return {
        "switches": [
            Picture(drawn[place], f"{at[place]}: person {s.person}, track {s.before} → {s.after}")
            for place, s in switches.items()
            if place in drawn
        ],
        "worst": [
            Picture(drawn[place], f"{at[place]}: {count[place][0]} missed, {count[place][1]} false")
            for place in worst
            if place in drawn
        ],
    }


def _read(one: TrackedSequence, places: set[int]) -> dict[int, NDArray[np.uint8]]:
    wanted = {one.frames[place].moment.pts: place for place in places}
    if not wanted:
        return {}
    info = probe(one.sequence.video)
    rate = info.average_rate
    return {
        wanted[frame.moment.pts]: frame.bgr
        for frame in Decoder(info, whole_span(info), rate)
        if frame.moment.pts in wanted
    }


def _drawn(
    bgr: NDArray[np.uint8],
    one: TrackedSequence,
    found: Sequence[IdentifiedBoxes],
    judged: Judgement,
    place: int,
) -> str:
    """Return the frame with the missed people, and the boxes of the tracks with their numbers."""
    factor = _WIDTH / bgr.shape[1]
    size = (_WIDTH, round(bgr.shape[0] * factor))
    picture = np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), np.uint8)
    people, tracks = one.truth[place], found[place]
    for row in judged.missed[place]:
        _box(picture, factor * people.boxes[row], _MISSED, f"{people.ids[row]}")
    for row, box in enumerate(tracks.boxes):
        colour = _FALSE if row in judged.false[place] else _RIGHT
        _box(picture, factor * box, colour, f"{tracks.ids[row]}")
    encoded = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    return base64.b64encode(encoded.tobytes()).decode()


def _box(
    picture: NDArray[np.uint8],
    box: NDArray[np.float64],
    colour: tuple[int, int, int],
    name: str,
) -> None:
    x, y, w, h = (round(float(value)) for value in box)
    cv2.rectangle(picture, (x, y), (x + w, y + h), colour, 1)
    cv2.putText(picture, name, (x, y - 3), cv2.FONT_HERSHEY_SIMPLEX, 0.4, colour, 1, cv2.LINE_AA)
