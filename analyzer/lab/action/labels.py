"""Labelled clips of actions: the CSV, the mapping of its labels, and the labelled windows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from analyzer.errors import AnalyzerError
from analyzer.lab.labels_table import read_rows

LABELS = {
    "walk": "walking", "run": "running", "sit": "sitting", "stand": "standing",
    "lie": "lying", "fall": "falling", "fighting": "fighting",
    "walking": "walking", "running": "running", "sitting": "sitting", "standing": "standing",
    "lying": "lying", "falling": "falling",
}  # fmt: skip
"""Labels of the sources (of clips, then of intervals) and our classes; see docs/actions.md."""

NOT_FIGHTING = "none"
"""Label of a clip without a fight."""

COLUMNS = ("path", "label", "intervals", "subject", "scene", "camera")

_INTERVAL = re.compile(
    r"([A-Za-z_]+)[^\[]*\[\s*(\d+(?:\.\d+)?)\s*to\s*(\d+(?:\.\d+)?)\s*\]", re.IGNORECASE
)


@dataclass(frozen=True)
class Interval:
    """A labelled stretch of a clip in seconds; ``action`` is None if it is no class of ours."""

    action: str | None
    start: float
    end: float


@dataclass(frozen=True)
class Clip:
    """One row of the CSV; ``name`` is its path as written there."""

    path: Path
    name: str
    label: str
    intervals: tuple[Interval, ...]
    subject: str
    scene: str
    camera: str

    @property
    def source(self) -> str:
        """The first folder of the path."""
        return Path(self.name).parts[0]

    @property
    def group(self) -> str:
        """Group that a split must not divide: the subject, else the scene, else the clip."""
        return f"{self.source}:{self.subject or self.scene or self.name}"

    @property
    def action(self) -> str | None:
        """The label as one of our actions, or None."""
        return LABELS.get(self.label)

    @property
    def left_out(self) -> bool:
        """Whether the clip is not usable: its label is no class of ours."""
        told = any(interval.action is not None for interval in self.intervals)
        return self.action is None and self.label != NOT_FIGHTING and not told

    @property
    def of_scene(self) -> bool:
        """Whether the clip is labelled for fights only."""
        return self.label in ("fighting", NOT_FIGHTING)

    def truth(self, begins: float, window_s: float) -> str | None:
        """Return the action of a window, or None without a label.

        Without intervals the label holds for the whole clip. With intervals it is the class that
        covers most of the window, if that is at least half of it.
        """
        if not self.intervals:
            return self.action
        shared: dict[str, float] = {}
        for interval in self.intervals:
            if interval.action is not None:
                both = min(interval.end, begins + window_s) - max(interval.start, begins)
                shared[interval.action] = max(shared.get(interval.action, 0.0), both)
        best = max(shared, key=lambda action: shared[action], default=None)
        return best if best is not None and shared[best] >= window_s / 2 - 1e-6 else None


def read_clips(table: Path) -> list[Clip]:
    """Return the clips of a CSV; their paths are relative to it.

    Raises AnalyzerError for a file that is not such a table and for a missing clip.
    """
    rows = read_rows(table, COLUMNS)
    clips = [_clip(table.parent, row) for row in rows]
    absent = next((clip for clip in clips if not clip.path.is_file()), None)
    if absent is not None:
        raise AnalyzerError(f"{absent.path}: no such clip; paths are relative to {table}")
    return clips


def grid(duration_s: float, window_s: float, step_s: float) -> list[float]:
    """Return the starts of windows in seconds; the last may end half a step after the clip."""
    last = math.floor((duration_s + step_s / 2 - window_s) / step_s + 1e-9)
    return [k * step_s for k in range(last + 1)]


def _clip(folder: Path, row: dict[str, str]) -> Clip:
    name, label = row["path"].strip(), row["label"].strip().lower()
    rest = {key: (row[key] or "").strip() for key in COLUMNS[3:]}
    return Clip(folder / name, name, label, read_intervals(row["intervals"] or ""), **rest)


def read_intervals(text: str) -> tuple[Interval, ...]:
    """Return the intervals of a text such as ``Falling (BW)[0.4 to 4]; Standing[0 to 0.3]``."""
    return tuple(
        Interval(LABELS.get(word.lower()), float(start), float(end))
        for word, start, end in _INTERVAL.findall(text)
    )
