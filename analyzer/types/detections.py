"""Boxes on one frame: faces, bodies, and both of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["face", "person"]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels of the displayed picture, top-left origin."""

    x: float
    y: float
    w: float
    h: float

    @property
    def x2(self) -> float:
        """Right edge."""
        return self.x + self.w

    @property
    def y2(self) -> float:
        """Bottom edge."""
        return self.y + self.h

    @property
    def centre(self) -> tuple[float, float]:
        """Centre (x, y)."""
        return self.x + self.w / 2, self.y + self.h / 2

    @property
    def area(self) -> float:
        """Area in square pixels."""
        return self.w * self.h

    def scaled(self, factor: float) -> Box:
        """Return the box in a picture resized by ``factor``."""
        return Box(self.x * factor, self.y * factor, self.w * factor, self.h * factor)

    def clipped(self, width: float, height: float) -> Box:
        """Return the part of the box inside a picture of ``width`` × ``height``."""
        x, y = min(max(self.x, 0.0), width), min(max(self.y, 0.0), height)
        return Box(x, y, min(max(self.x2, x), width) - x, min(max(self.y2, y), height) - y)

    def union(self, other: Box) -> Box:
        """Return the smallest box that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.x2, other.x2) - x, max(self.y2, other.y2) - y)

    def shared(self, other: Box) -> float:
        """Return the area in square pixels that lies in ``other`` too."""
        w = min(self.x2, other.x2) - max(self.x, other.x)
        h = min(self.y2, other.y2) - max(self.y, other.y)
        return w * h if w > 0 and h > 0 else 0.0

    def iou(self, other: Box) -> float:
        """Return intersection over union with ``other``, in [0, 1]."""
        both = self.shared(other)
        return both / (self.area + other.area - both) if both > 0 else 0.0

    def inside(self, other: Box) -> float:
        """Return the shared area over that of the smaller box, in [0, 1]."""
        return self.shared(other) / max(min(self.area, other.area), 1e-9)


@dataclass(frozen=True, slots=True)
class Detection:
    """One box found on one frame.

    ``landmarks`` is float32 (5, 2) in pixels of the displayed picture for faces whose detector
    gives them (image-left eye, image-right eye, nose, image-left mouth corner, image-right mouth
    corner), else None.
    """

    box: Box
    score: float
    kind: Kind
    landmarks: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class PersonDetection:
    """What was seen of one person on one frame: a body, a face, or both.

    ``appearance`` is a unit-length float32 vector that a tracker may compare, or None.
    """

    face: Detection | None
    body: Detection | None
    appearance: NDArray[np.float32] | None = None

    def __post_init__(self) -> None:
        if self.face is None and self.body is None:
            raise ValueError("expected a face or a body in a sighting, got neither")
