"""Labelled sequences: videos with the truth, and boxes of others, in the text form of MOTChallenge.

A line is ``frame, id, x, y, w, h, confidence, …``, frames counted from 1 (Leal-Taixé et al. 2015).
"""

from __future__ import annotations

import csv
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from analyzer.errors import AnalyzerError
from analyzer.lab.tracking.metrics import IdentifiedBoxes
from analyzer.types import Box, Detection

VIDEO_SUFFIXES: Final = (".mp4", ".mkv", ".avi", ".mov", ".m4v", ".webm")
_TRUTH, _BOXES = "_gt", "_det"
_KEYS: Final = ("fps", "scale")


@dataclass(frozen=True, slots=True, eq=False)
class LabelledSequence:
    """One video and its truth; ``boxes`` is the file of boxes of another detector, if any.

    ``fps`` is the number of labelled frames per second, None where it is that of the video. Labels
    times ``scale`` are pixels of the video.
    """

    name: str
    video: Path
    truth: Path
    boxes: Path | None
    fps: float | None
    scale: float


def find_sequences(data: Path, scale: float = 1.0) -> list[LabelledSequence]:
    """Return the labelled sequences of ``data``, by name.

    A sequence is a video NAME.mp4 with the truth NAME.txt or NAME_gt.txt, boxes in NAME_det.txt,
    and in NAME.toml ``fps`` and ``scale`` where the labels differ from the video (else ``scale``).
    A video may lie in ``footage`` beside or below ``data``, and the truth in ``data/tracking``.
    Raises AnalyzerError if there is none.
    """
    places = [data, data / "tracking", data / "footage", data.parent / "footage"]
    videos = {
        path.stem: path
        for place in reversed(places)
        if place.is_dir()
        for path in sorted(place.iterdir())
        if path.suffix.lower() in VIDEO_SUFFIXES
    }
    found = [_sequence(name, videos[name], places, scale) for name in sorted(videos)]
    sequences = [one for one in found if one is not None]
    if not sequences:
        raise AnalyzerError(
            f"{data}: expected videos NAME.mp4 with their truth in NAME.txt or NAME_gt.txt; "
            "found none"
        )
    return sequences


def _sequence(
    name: str, video: Path, places: Iterable[Path], scale: float
) -> LabelledSequence | None:
    folders = [place for place in places if place.is_dir()]
    truth = _first(folders, (f"{name}{_TRUTH}.txt", f"{name}.txt"))
    if truth is None:
        return None
    short = name.partition("_")[0]
    boxes = _first(folders, (f"{name}{_BOXES}.txt", f"{short}{_BOXES}.txt"))
    described = _first(folders, (f"{name}.toml",))
    values = {} if described is None else _described(described)
    return LabelledSequence(
        name, video, truth, boxes, values.get("fps"), values.get("scale", scale)
    )


def _first(folders: Iterable[Path], names: Iterable[str]) -> Path | None:
    paths = [folder / name for folder in folders for name in names]
    return next((path for path in paths if path.is_file()), None)


def _described(path: Path) -> dict[str, float]:
    try:
        values: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        chosen = {key: float(values[key]) for key in _KEYS if key in values}
    except (OSError, ValueError, TypeError) as error:
        raise AnalyzerError(f"{path}: expected numbers fps and scale ({error})") from error
    if any(value <= 0 for value in chosen.values()):
        raise AnalyzerError(f"{path}: expected fps and scale above 0, got {chosen}")
    return chosen


def read_truth(path: Path, scale: float) -> dict[int, IdentifiedBoxes]:
    """Return the people of each labelled frame, in pixels of the video.

    Lines whose confidence is 0 are regions that do not count, and are left out. Raises
    AnalyzerError for a line of another form, or a person who is twice in one frame.
    """
    frames: dict[int, dict[int, tuple[float, ...]]] = defaultdict(dict)
    for frame, person, box, confidence in _lines(path):
        if confidence == 0:
            continue
        if person in frames[frame]:
            raise AnalyzerError(f"{path}: person {person} is twice in frame {frame}")
        frames[frame][person] = box
    return {
        frame: IdentifiedBoxes(
            np.array(list(people), np.int64), scale * np.array(list(people.values()), np.float64)
        )
        for frame, people in frames.items()
    }


def read_boxes(path: Path, scale: float) -> dict[int, list[Detection]]:
    """Return the people that another detector found in each frame, in pixels of the video."""
    frames: dict[int, list[Detection]] = defaultdict(list)
    for frame, _, (x, y, w, h), score in _lines(path):
        frames[frame].append(Detection(Box(x, y, w, h).scaled(scale), score, "person"))
    return dict(frames)


def _lines(path: Path) -> list[tuple[int, int, tuple[float, float, float, float], float]]:
    rows = []
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            for row in csv.reader(lines):
                if not row:
                    continue
                frame, person, x, y, w, h = (float(value) for value in row[:6])
                confidence = float(row[6]) if len(row) > 6 else 1.0
                rows.append((round(frame), round(person), (x, y, w, h), confidence))
    except (OSError, ValueError) as error:
        raise AnalyzerError(f"{path}: expected frame,id,x,y,w,h,… per line ({error})") from error
    return rows
