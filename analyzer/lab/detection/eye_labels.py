"""Ground-truth boxes on frames of clips, or on pictures, that were never trained on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.detection.score import Truth
from analyzer.lab.detection.sources import read_yolo
from analyzer.types import Kind

COLUMNS = ("path", "frame", "width", "height", "scene", "kind", "x", "y", "w", "h")

_KINDS = {"person", "face", "ignore_person", "ignore_face", "none"}


_PICTURES = {".jpg", ".jpeg", ".png", ".bmp", ".webp"}


@dataclass(frozen=True, slots=True)
class LabelledFrame:
    """One frame of a clip, or a picture, and the boxes drawn on it, by kind."""

    path: Path
    frame: int
    scene: str
    boxes: dict[str, NDArray[np.float32]]

    def truth(self, kind: Kind) -> Truth:
        """Return the ground truth of ``kind``: boxes to be found, and ignored ones."""
        empty = np.zeros((0, 4), np.float32)
        return Truth(
            self.scene, self.boxes.get(kind, empty), self.boxes.get(f"ignore_{kind}", empty)
        )


def read_labels(table: Path, data: Path) -> list[LabelledFrame]:
    """Read the table of boxes; a frame without people has one row of kind `none`.

    Raises AnalyzerError for a table of other columns or kinds.
    """
    rows = pd.read_csv(table, dtype={"path": str, "scene": str}, keep_default_na=False)
    if tuple(rows.columns) != COLUMNS or not set(rows["kind"]) <= _KINDS:
        kinds = ", ".join(sorted(_KINDS))
        raise AnalyzerError(f"{table}: expected columns {','.join(COLUMNS)} and kinds {kinds}")
    frames = []
    for _, own in rows.groupby(["path", "frame"]):
        first = own.iloc[0]
        by_kind = own[own["kind"] != "none"].groupby("kind")
        boxes = {str(kind): part[list("xywh")].to_numpy(np.float32) for kind, part in by_kind}
        frames.append(
            LabelledFrame(data / first["path"], int(first["frame"]), first["scene"], boxes)
        )
    return frames


def read_yolo_folder(folder: Path) -> list[LabelledFrame]:
    """Return the pictures of `images/` with the boxes of `labels/` (YOLO text), all of people.

    A picture without a file of labels shows nobody. Raises AnalyzerError without pictures, and for
    one that cannot be read.
    """
    files = sorted(p for p in (folder / "images").glob("*") if p.suffix.lower() in _PICTURES)
    if not files:
        raise AnalyzerError(f"{folder}: no pictures in images/; --yolo is a folder that holds it")
    frames = []
    for file in files:
        picture = cv2.imread(str(file))
        if picture is None:
            raise AnalyzerError(f"{file}: not a readable picture; remove it")
        labels = folder / "labels" / f"{file.stem}.txt"
        height, width = picture.shape[:2]
        rows = read_yolo(labels, width, height) if labels.is_file() else []
        boxes = {"person": np.array(rows, np.float32).reshape(-1, 4)}
        frames.append(LabelledFrame(file, 0, file.stem, boxes))
    return frames


def read_before(
    path: Path, number: int, seconds: float, fps: float
) -> list[tuple[float, NDArray[np.uint8]]]:
    """Return frame ``number`` of a clip and the frames sampled over the ``seconds`` before it.

    They are (t, uint8 (H, W, 3)) in order; a picture is alone. Raises AnalyzerError if the frame
    cannot be read.
    """
    if path.suffix.lower() in _PICTURES:
        return [(0.0, np.asarray(cv2.imread(str(path)), np.uint8))]
    clip = cv2.VideoCapture(str(path))
    rate = clip.get(cv2.CAP_PROP_FPS) or 25.0
    step = max(round(rate / fps), 1)
    chosen = {number - back for back in range(0, round(seconds * rate) + 1, step)}
    frames = []
    for place in range(number + 1):
        if not clip.grab():
            raise AnalyzerError(f"{path}: frame {number} cannot be read")
        if place in chosen:
            frames.append((place / rate, np.asarray(clip.retrieve()[1], np.uint8)))
    return frames
