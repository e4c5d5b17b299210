"""Synthetic scenes with known truth: who is where, what a detector would say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box, Detection, Moment, PersonDetection

Path = Callable[[float], Box | None]
"""Where a person's body box is at t seconds, or None where hidden."""

TIME_BASE = 90_000


def moment(t: float) -> Moment:
    """Return the moment at ``t`` seconds in a 90 kHz stream."""
    return Moment(round(t * TIME_BASE), t)


def times(start: float, end: float, step: float = 0.2) -> list[float]:
    """Return the sampled times in [start, end)."""
    return [round(start + i * step, 6) for i in range(round((end - start) / step))]


def look(person: int) -> NDArray[np.float32]:
    """Return the appearance of one of several people, unlike one another."""
    vector = np.full(16, 0.1, dtype=np.float32)
    vector[person % 16] = 1.0
    return (vector / np.linalg.norm(vector)).astype(np.float32)


def walker(x: float, y: float, speed: float, height: float = 100.0) -> Path:
    """Return somebody who walks sideways at ``speed`` px/s from ``x`` at t = 0."""
    return lambda t: Box(x + speed * t, y, 0.4 * height, height)


def hidden(path: Path, start: float, end: float) -> Path:
    """Return ``path``, unseen in [start, end)."""
    return lambda t: None if start <= t < end else path(t)


def body(box: Box, score: float = 0.9) -> Detection:
    """Return a body detection."""
    return Detection(box, score, "person")


def face(box: Box, score: float = 0.9) -> Detection:
    """Return a face detection."""
    return Detection(box, score, "face")


def face_of(box: Box) -> Box:
    """Return where the face of an upright person with body ``box`` is."""
    height = box.h / 7.5
    return Box(box.x + box.w / 2 - 0.4 * height, box.y + 0.2 * height, 0.8 * height, height)


def detections(
    paths: Sequence[Path], t: float, rng: np.random.Generator, jitter: float = 1.0
) -> tuple[list[PersonDetection], list[int]]:
    """Return what a jittery detector sees at ``t``, in random order, and who each one is."""
    seen: list[tuple[int, PersonDetection]] = []
    for person, path in enumerate(paths):
        box = path(t)
        if box is not None:
            dx, dy, dw, dh = rng.normal(0, jitter, 4)
            noisy = Box(box.x + dx, box.y + dy, box.w + dw, box.h + dh)
            seen.append((person, PersonDetection(None, body(noisy), look(person))))
    rng.shuffle(seen)  # type: ignore[arg-type]
    return [s for _, s in seen], [person for person, _ in seen]
