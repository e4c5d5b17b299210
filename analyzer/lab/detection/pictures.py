"""Training pictures of the detector: frames of clips and portraits, with agreed boxes.

They are written once into a cache folder: `pictures/NNNNN.jpg`, `pictures.csv`, `boxes.csv`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.detection.pseudo_labels import PseudoLabel, PseudoLabeler

Part = Literal["learn", "watch", "held", "left out"]

# The table's scenes are recordings, not places. A comparison of backgrounds, checked by eye, found
# that these show the place of a held-out scene, or (validation ones) of a training scene.
_PLACES_HELD = frozenset(
    f"scene{number:03d}" for number in (2, 5, 18, 61, 62, 67, 77, 78, 95, 105, 114, 116, 118, 119)
)
_PLACES_LEARNT = frozenset(f"scene{number:03d}" for number in (57, 73, 93, 101, 174))

_WIDEST = 1280
_QUALITY = 95
_FRAMES_A_CLIP = {"fights": 10, "upfall_s1": 10, "gmdcsa24": 16, "sprint_hato72": 20}
_FRAMES_A_WATCHED_CLIP = 4
_POINTS = [f"{axis}{number}" for number in range(5) for axis in "xy"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One picture to use: a frame of a clip, or a picture file (frame 0), with its part."""

    path: Path
    frame: int
    scene: str
    part: Part


@dataclass(frozen=True, slots=True)
class TrainingPicture:
    """A picture of the cache as uint8 (H, W, 3) with its N pseudo-labels.

    ``boxes`` (N, 4) are x, y, w, h in px; ``faces`` (N,) is face or person; ``points`` (N, 5, 2) is
    NaN for people; ``best``, ``total`` and ``votes`` (N,) are those of ``PseudoLabel``.
    """

    bgr: NDArray[np.uint8]
    scene: str
    part: Part
    boxes: NDArray[np.float32]
    faces: NDArray[np.bool_]
    best: NDArray[np.float32]
    total: NDArray[np.float32]
    votes: NDArray[np.int64]
    points: NDArray[np.float32]


def part_of(scene: str) -> Part:
    """Return the part of a fight scene: a fifth is held out, a fifth is for validation."""
    if scene in _PLACES_HELD:
        return "left out"
    place = int(hashlib.sha256(scene.encode()).hexdigest()[:8], 16) % 5
    if place == 0:
        return "held"
    return "watch" if place == 1 and scene not in _PLACES_LEARNT else "learn"


def wanted(data: Path) -> Iterator[Wanted]:
    """Yield the pictures below ``data`` for training and validation; never a held-out one.

    Held out are the folder `footage`, a fifth of the fight scenes with every other scene of the
    same places, camera 2 of UP-Fall and subject 2 of GMDCSA24. Raises AnalyzerError if the table of
    clips is missing.
    """
    table = data / "action" / "labels.csv"
    if not table.is_file():
        raise AnalyzerError(f"{table}: no such table of clips; --data is the folder above action/")
    for row in pd.read_csv(table, dtype=str, keep_default_na=False).to_dict("records"):
        source = row["path"].split("/")[0]
        part: Part = part_of(row["scene"]) if source == "fights" else "learn"
        if (
            part in ("held", "left out")
            or row["camera"] == "cam2"
            or row["subject"] == "gmd-subject2"
        ):
            continue
        path = data / "action" / row["path"]
        count = _FRAMES_A_CLIP[source] if part == "learn" else _FRAMES_A_WATCHED_CLIP
        for frame in _spread(path, count):
            yield Wanted(path, frame, row["scene"], part)
    for path in sorted((data / "identity" / "lfw").rglob("*.jpg")):
        yield Wanted(path, 0, path.parent.name, "learn")


def _spread(path: Path, count: int) -> list[int]:
    frames = int(cv2.VideoCapture(str(path)).get(cv2.CAP_PROP_FRAME_COUNT))
    return sorted({int((place + 0.5) * frames / count) for place in range(count)})


def make_cache(data: Path, models: Path, cache: Path, workers: int) -> None:
    """Read the pictures, make their pseudo-labels, write the cache folder."""
    (cache / "pictures").mkdir(parents=True, exist_ok=True)
    groups: dict[Path, list[Wanted]] = {}
    for one in wanted(data):
        groups.setdefault(one.path, []).append(one)
    pictures: list[dict[str, Any]] = []
    boxes: list[dict[str, Any]] = []
    with ProcessPoolExecutor(workers) as pool:
        for made in pool.map(_label_file, groups.values(), [models] * len(groups)):
            for one, jpeg, size, found in made:
                number = len(pictures)
                (cache / "pictures" / f"{number:05d}.jpg").write_bytes(jpeg)
                relative = one.path.relative_to(data)
                pictures.append(
                    {"path": relative, "frame": one.frame, "scene": one.scene, "part": one.part}
                    | {"width": size[0], "height": size[1]}
                )
                boxes.extend({"picture": number} | _row(box) for box in found)
    pd.DataFrame(boxes).to_csv(cache / "boxes.csv", index=False, float_format="%.4g")
    pd.DataFrame(pictures).to_csv(cache / "pictures.csv", index_label="picture")


def _row(found: PseudoLabel) -> dict[str, Any]:
    box = found.box
    row = {"kind": found.kind, "x": box.x, "y": box.y, "w": box.w, "h": box.h}
    row |= {"best": found.best, "total": found.total, "votes": found.votes}
    return row | dict(zip(_POINTS, found.points.ravel().tolist(), strict=True))


@lru_cache(maxsize=1)
def _labeler(models: Path) -> PseudoLabeler:
    cv2.setNumThreads(1)
    return PseudoLabeler(models)


_Labelled = tuple[Wanted, bytes, tuple[int, int], list[PseudoLabel]]


def _label_file(group: list[Wanted], models: Path) -> list[_Labelled]:
    """Label the wanted frames of one file."""
    made: list[_Labelled] = []
    for one, bgr in zip(group, frames_of(group[0].path, [g.frame for g in group]), strict=True):
        jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
        size = (bgr.shape[1], bgr.shape[0])
        made.append((one, jpeg, size, _labeler(models).label(bgr)))
    return made


def frames_of(path: Path, wanted_frames: list[int]) -> Iterator[NDArray[np.uint8]]:
    """Yield the frames of the given ascending numbers, uint8 (H, W, 3), at most 1280 px wide.

    Raises AnalyzerError if a frame cannot be read.
    """
    if path.suffix == ".jpg":
        picture = cv2.imread(str(path))
        if picture is None:
            raise AnalyzerError(f"{path}: not a readable picture")
        yield np.asarray(picture, np.uint8)
        return
    clip = cv2.VideoCapture(str(path))
    at = -1
    for number in wanted_frames:
        while at < number and clip.grab():
            at += 1
        read, bgr = clip.retrieve()
        if not read or at != number:
            raise AnalyzerError(f"{path}: frame {number} cannot be read")
        factor = _WIDEST / bgr.shape[1]
        if factor < 1:
            bgr = cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
        yield np.asarray(bgr, np.uint8)


def load_cache(cache: Path) -> list[TrainingPicture]:
    """Read a cache folder into memory; raises AnalyzerError if there is none."""
    if not (cache / "pictures.csv").is_file():
        raise AnalyzerError(f"{cache}: no cache of pictures; run: analyzer train detector")
    table = pd.read_csv(cache / "pictures.csv")
    boxes = pd.read_csv(cache / "boxes.csv")
    groups = boxes.groupby("picture").indices
    pictures = []
    for number, scene, part in zip(table["picture"], table["scene"], table["part"], strict=True):
        bgr = cv2.imread(str(cache / "pictures" / f"{number:05d}.jpg"))
        own = boxes.iloc[groups.get(number, [])]
        pictures.append(picture_of(np.asarray(bgr, np.uint8), str(scene), part, own))
    return pictures


def picture_of(
    bgr: NDArray[np.uint8], scene: str, part: Part, boxes: pd.DataFrame
) -> TrainingPicture:
    """Return a picture with its pseudo-labels from a table with the columns of `boxes.csv`."""
    return TrainingPicture(
        bgr,
        scene,
        part,
        boxes[["x", "y", "w", "h"]].to_numpy(np.float32),
        (boxes["kind"] == "face").to_numpy(np.bool_),
        boxes["best"].to_numpy(np.float32),
        boxes["total"].to_numpy(np.float32),
        boxes["votes"].to_numpy(np.int64),
        boxes[_POINTS].to_numpy(np.float32).reshape(-1, 5, 2),
    )


def table_of(found: list[PseudoLabel]) -> pd.DataFrame:
    """Return pseudo-labels as a table with the columns of `boxes.csv`."""
    columns = ["kind", "x", "y", "w", "h", "best", "total", "votes", *_POINTS]
    return pd.DataFrame([_row(one) for one in found], columns=columns)
