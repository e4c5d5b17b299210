"""Pictures that the person detector learns from: where they lie, and what their labels say.

The collections are public (models/detector/CARD.md names each with its licence); their folders lie
side by side in one folder under the names used here.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError

Part = Literal["learn", "watch"]

_PARTS: Final = ("train", "valid", "test")
_PEOPLE_OF_YARD: Final = frozenset({3, 4, 5, 6})
_MOST_UNLABELLED: Final = 500
"""Pictures of one collection that the teachers are asked about, spread over it."""

_FIGHT_FRAMES, _ROOM_FRAMES = 9, 2

# The table's scenes are recordings, not places. A comparison of backgrounds, checked by eye, found
# that these show the place of a held-out scene, or (watched ones) of a learnt one.
_PLACES_HELD = frozenset({2, 5, 18, 61, 62, 67, 77, 78, 95, 105, 114, 116, 118, 119})
_PLACES_LEARNT = frozenset({57, 73, 93, 101, 174})


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its collection, its file, the frame of a clip or -1, and its people.

    ``people`` are boxes x, y, w, h in px, None where nobody labelled; ``complete`` says that people
    without a box are an exception. Pictures of one ``place`` are all of one ``part``: learnt from,
    or watched to choose weights. ``mark`` is its difference hash.
    """

    collection: str
    file: str
    frame: int = -1
    place: str = ""
    part: Part = "learn"
    complete: bool = False
    people: list[list[float]] | None = None
    mark: int = 0

    @property
    def key(self) -> str:
        """A name that stays."""
        return hashlib.sha256(f"{self.file}#{self.frame}".encode()).hexdigest()[:16]

    def read(self) -> NDArray[np.uint8] | None:
        """Return the picture, uint8 (H, W, 3) BGR; None where it cannot be read."""
        if self.frame < 0:
            bgr = cv2.imread(self.file)
            return None if bgr is None else np.asarray(bgr, np.uint8)
        clip = cv2.VideoCapture(self.file)
        for _ in range(self.frame):
            if not clip.grab():
                return None
        good, bgr = clip.read()
        return np.asarray(bgr, np.uint8) if good else None


def pictures(folder: Path, data: Path) -> Iterator[Picture]:
    """Yield every picture that may be learnt from, in no order.

    ``folder`` holds the collections, ``data`` is the folder above action/. Raises AnalyzerError
    where one is missing.
    """
    for name, part, complete, kinds in (
        ("home", "Capston2-11", True, None),
        ("shop", "Person-1", True, None),
        ("yard", ".", True, _PEOPLE_OF_YARD),
    ):  # fmt: skip
        yield from _yolo(name, folder / name / part, complete, kinds)
    for name in ("Crowd-Detection-2", "Who's-Loitering-2", "shoplifting-9"):
        yield from _unlabelled(name.lower(), folder / "shop" / name)
    yield from _unlabelled("fight pictures", folder / "violence" / "violence")
    yield from _unlabelled("street", folder / "street" / "JPEGImages", "street")
    yield from _clips(data)


def _images(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        raise AnalyzerError(f"{folder}: no such folder; models/detector/CARD.md says what it holds")
    yield from sorted(folder.iterdir())


def _parts(folder: Path) -> list[Path]:
    found = [folder / part / "images" for part in _PARTS if (folder / part).is_dir()]
    # The tests of this collection judge the detector: they are never learnt from.
    return [p for p in found if folder.name != "Capston2-11" or p.parent.name != "test"] or [folder]


def _yolo(
    name: str, folder: Path, complete: bool, kinds: frozenset[int] | None
) -> Iterator[Picture]:
    for images in _parts(folder):
        for file in _images(images):
            labels = images.parent / "labels" / f"{file.stem}.txt"
            bgr = cv2.imread(str(file), cv2.IMREAD_REDUCED_GRAYSCALE_2)
            if bgr is not None and labels.is_file():
                boxes = read_yolo(labels, 2 * bgr.shape[1], 2 * bgr.shape[0], kinds)
                yield Picture(name, str(file), complete=complete, people=boxes)


def _unlabelled(name: str, folder: Path, place: str = "") -> Iterator[Picture]:
    files = [file for images in _parts(folder) for file in _images(images)]
    step = max(-(-len(files) // _MOST_UNLABELLED), 1)
    yield from (Picture(name, str(file), place=place) for file in files[::step])


def read_yolo(
    file: Path, width: int, height: int, kinds: frozenset[int] | None = None
) -> list[list[float]]:
    """Return the boxes of a YOLO label file as x, y, w, h in px; polygons as their frames.

    ``width`` × ``height`` is the picture's size in px; of ``kinds`` alone where they are given.
    """
    boxes = []
    for line in file.read_text().splitlines():
        values = [float(value) for value in line.split()]
        if not values or (kinds is not None and int(values[0]) not in kinds):
            continue
        if len(values) == 5:
            x, y, w, h = values[1:]
            boxes.append([(x - w / 2) * width, (y - h / 2) * height, w * width, h * height])
        else:
            xs, ys = np.array(values[1::2]) * width, np.array(values[2::2]) * height
            boxes.append([xs.min(), ys.min(), np.ptp(xs), np.ptp(ys)])
    return boxes


def part_of_fight(scene: str) -> Part | None:
    """Return the part of a fight scene; None for a held-out fifth and all of its places."""
    number = int(scene.removeprefix("scene"))
    fifth = int(hashlib.sha256(scene.encode()).hexdigest()[:8], 16) % 5
    if number in _PLACES_HELD or fifth == 0:
        return None
    return "watch" if fifth == 1 and number not in _PLACES_LEARNT else "learn"


def _clips(data: Path) -> Iterator[Picture]:
    """Yield frames of the clips below ``data``, never of a held-out place, person or camera."""
    table = data / "action" / "labels.csv"
    if not table.is_file():
        raise AnalyzerError(f"{table}: no such table of clips; --data is the folder above action/")
    with table.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        fight = row["path"].startswith("fights/")
        part = part_of_fight(row["scene"]) if fight else "learn"
        if part is None or row["camera"] == "cam2" or row["subject"] == "gmd-subject2":
            continue
        path = data / "action" / row["path"]
        length = int(cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT))
        count, name = (_FIGHT_FRAMES, "fights") if fight else (_ROOM_FRAMES, "rooms")
        for number in sorted({int((n + 0.5) * length / count) for n in range(count)}):
            yield Picture(name, str(path), number, f"{name} {row['scene']}", part)
