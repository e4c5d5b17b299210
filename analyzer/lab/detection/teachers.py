"""Teachers: what other detectors say about the training pictures, kept in a file.

The file has one line of JSON for each picture and look: ``key``, ``look`` and ``boxes`` as rows x,
y, w, h, score in px. It is appended to; a run that was stopped resumes. Answers of other detectors
than YOLOX-nano may be given in files of the same form.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.yolox import YoloxDetector
from analyzer.lab.detection.score import ScoredBoxes, scored_boxes
from analyzer.lab.detection.sources import Picture

LEAST_SCORE: Final = 0.08
_MOST_ENLARGED: Final = 2.0

Answers = dict[str, list[ScoredBoxes]]
"""By key of a picture the answers of all looks."""


@dataclass(frozen=True, slots=True)
class Look:
    """One way of asking: how long the longer side is in px, mirrored or not."""

    longest: int
    mirrored: bool = False

    @property
    def name(self) -> str:
        """As it stands in the file."""
        return f"yolox@{self.longest}{'m' if self.mirrored else ''}"


LOOKS: Final = (Look(640), Look(896, True))


def ask(teacher: YoloxDetector, bgr: NDArray[np.uint8], look: Look) -> ScoredBoxes:
    """Return what ``teacher`` says about ``bgr`` in one look, in pixels of ``bgr``."""
    factor = min(look.longest / max(bgr.shape[:2]), _MOST_ENLARGED)
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = cv2.resize(bgr, None, fx=factor, fy=factor, interpolation=way)
    shown = np.asarray(cv2.flip(small, 1) if look.mirrored else small, np.uint8)
    found = scored_boxes(teacher.detect(shown, ()), "person")
    boxes = found.boxes.copy()
    if look.mirrored:
        boxes[:, 0] = shown.shape[1] - boxes[:, 0] - boxes[:, 2]
    return ScoredBoxes(boxes / np.float32(factor), found.scores)


def ask_all(teacher: YoloxDetector, pictures: Iterable[Picture], path: Path) -> None:
    """Append to ``path`` what it does not hold yet about ``pictures``."""
    known = {(row["key"], row["look"]) for row in _rows(path)}
    with path.open("a") as out:
        for one in pictures:
            missing = [look for look in LOOKS if (one.key, look.name) not in known]
            bgr = one.read() if missing else None
            for look in missing if bgr is not None else ():
                assert bgr is not None
                found = ask(teacher, bgr, look)
                rows = np.concatenate((found.boxes, found.scores[:, None]), 1, dtype=np.float64)
                row = {"key": one.key, "look": look.name, "boxes": rows.round(3).tolist()}
                out.write(json.dumps(row) + "\n")
                known.add((one.key, look.name))
            out.flush()


def read(paths: Sequence[Path]) -> Answers:
    """Return what the files hold; a last line that was cut off is left out."""
    answers: Answers = defaultdict(list)
    for path in paths:
        for row in _rows(path):
            values = np.array(row["boxes"], np.float32).reshape(-1, 5)
            answers[row["key"]].append(ScoredBoxes(values[:, :4], values[:, 4]))
    return answers


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = []
    for line in path.read_text().splitlines() if path.is_file() else ():
        try:
            rows.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return rows
