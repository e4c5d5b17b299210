"""Use case of `analyzer evaluate clothes`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.clothing.describe import describe
from analyzer.clothing.light import VideoLight, scene_light
from analyzer.clothing.measure import measure
from analyzer.errors import AnalyzerError
from analyzer.lab.clothing.evaluate import Answer, alternatives, figures, words_of
from analyzer.lab.labels_table import read_rows
from analyzer.types import BodyQuality, BodySample, Box, Clothing, Moment

_COLUMNS: Final = ("video", "t", "x", "y", "w", "h", "upper", "lower")

Row = Mapping[str, str]


def evaluate(data: Path, footage: Path | None, tell: Callable[[str], None]) -> dict[str, Any]:
    """Return the figures of the description of clothes on boxes labelled by eye.

    Rows of one video with one value of the column ``track``, where there is one, are pictures of
    one person. ``footage`` is the folder of the videos, by default that of ``data``. Raises
    AnalyzerError where a file cannot be read or a label is no colour.
    """
    videos: dict[str, list[Row]] = defaultdict(list)
    for row in read_rows(data, _COLUMNS):
        videos[row["video"]].append(row)
    answers = []
    for number, (name, rows) in enumerate(sorted(videos.items()), start=1):
        tell(f"{number}/{len(videos)} {name}")
        answers += list(_answers((footage or data.parent) / name, rows, str(data)))
    return {"videos": len(videos)} | figures(answers)


def _answers(path: Path, rows: Sequence[Row], origin: str) -> Iterator[Answer]:
    tracks: dict[str, list[tuple[Row, BodySample]]] = defaultdict(list)
    for number, (row, sample) in enumerate(_samples(path, rows)):
        tracks[row.get("track") or f"row {number}"].append((row, sample))
    light = VideoLight.of([sample for track in tracks.values() for _, sample in track])
    for track in tracks.values():
        said = describe([sample for _, sample in track], light)
        yield from _of_track(path.name, track[0][0], said, origin)


def _of_track(video: str, row: Row, said: Clothing, origin: str) -> Iterator[Answer]:
    daylight = (row.get("light") or "daylight") == "daylight"
    told = {
        "upper": (said.upper, said.upper_probability),
        "lower": (said.lower, said.lower_probability),
    }
    for part, (words, probability) in told.items():
        right = alternatives(row[part], origin)
        answer = None if words is None else words_of(words)
        yield Answer(video, part, daylight, right, answer, probability)


def _samples(path: Path, rows: Sequence[Row]) -> Iterator[tuple[Row, BodySample]]:
    """Yield each of ``rows`` with what is measured on its picture."""
    clip = cv2.VideoCapture(str(path))
    if not clip.isOpened():
        raise AnalyzerError(f"{path}: cannot be read; --footage names the folder of the videos")
    try:
        for row in sorted(rows, key=lambda row: float(row["t"])):
            yield row, _sample(_picture(clip, float(row["t"]), path), row)
    finally:
        clip.release()


def _picture(clip: cv2.VideoCapture, t: float, path: Path) -> NDArray[np.uint8]:
    clip.set(cv2.CAP_PROP_POS_MSEC, 1000 * t + 1)
    good, bgr = clip.read()
    if not good:
        raise AnalyzerError(f"{path}: no picture at {t:g} s; correct the column t")
    return np.asarray(bgr, np.uint8)


def _sample(bgr: NDArray[np.uint8], row: Row) -> BodySample:
    box = Box(*(float(row[name]) for name in "xywh"))
    quality = BodyQuality(height_px=box.h, sharpness=0.0, score=1.0)
    moment = Moment(round(1000 * float(row["t"])), float(row["t"]))
    return BodySample(moment, box, quality, b"", measure(bgr, box, scene_light(bgr)))
