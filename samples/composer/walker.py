"""Walking person: position at a moment, sway of the body, and drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from composer.cutout import Cutout

Array = NDArray[np.float32]

STRIDE_M = 1.45  # two steps of an unhurried adult
MARGIN_PX = 24  # room around the photograph for the turning head and the swinging feet


@dataclass(frozen=True, slots=True)
class Mark:
    """Be at (x, z) metres at ``t`` seconds."""

    t: float
    x: float
    z: float


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a person is and how.

    ``stride`` in turns of two steps, ``effort`` from 0 standing to 1 walking, ``head`` in degrees
    of rotation in the picture plane.
    """

    x: float
    z: float
    stride: float
    effort: float
    head: float


@dataclass(frozen=True, slots=True, eq=False)
class Walker:
    """A cut-out person with a path; not there before the first mark and after the last."""

    cutout: Cutout
    path: tuple[Mark, ...]
    phase: float = 0.0

    def pose(self, t: float) -> Pose | None:
        """Return the pose at ``t`` seconds, None when the person is not in the scene."""
        if not self.path[0].t <= t < self.path[-1].t:
            return None
        times = [mark.t for mark in self.path]
        x = float(np.interp(t, times, [mark.x for mark in self.path]))
        z = float(np.interp(t, times, [mark.z for mark in self.path]))
        lengths = [
            math.hypot(b.x - a.x, b.z - a.z) for a, b in zip(self.path, self.path[1:], strict=False)
        ]
        walked = float(np.interp(t, times, np.concatenate(([0.0], np.cumsum(lengths)))))
        head = 3.0 * math.sin(1.3 * t + self.phase) + 1.5 * math.sin(2.9 * t + 2 * self.phase)
        return Pose(x, z, walked / STRIDE_M + self.phase, self._effort(t), head)

    def _effort(self, t: float) -> float:
        """Return how far the person walks rather than stands, eased over a third of a second."""
        pace = 0.0
        for shift in np.linspace(-0.17, 0.17, 5):
            for a, b in zip(self.path, self.path[1:], strict=False):
                if a.t <= t + shift < b.t and math.hypot(b.x - a.x, b.z - a.z) > 0.2 * (b.t - a.t):
                    pace += 0.2
        return min(pace, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A whole person drawn at the scale of the photograph.

    ``bgr`` is premultiplied by ``alpha``; ``face`` holds the corners of the face box and ``foot``
    the point on the floor between the feet, in pixels.
    """

    bgr: Array
    alpha: Array
    face: Array
    foot: tuple[float, float]
    px_per_metre: float


def draw_figure(cutout: Cutout, pose: Pose) -> Figure:
    """Return the person in ``pose``: photograph from head to hem, legs drawn below."""
    photo = cutout.photo
    floor = MARGIN_PX + photo.crown + photo.height * photo.px_per_metre
    size = (int(floor) + MARGIN_PX, cutout.alpha.shape[1] + 2 * MARGIN_PX)
    bgr, alpha = _legs(cutout, pose, size, floor)
    body, body_alpha = _place(cutout, size)
    body, body_alpha, face = _turn_head(cutout, pose.head, body, body_alpha)
    bgr = body * body_alpha[..., None] + bgr * (alpha * (1 - body_alpha))[..., None]
    alpha = body_alpha + alpha * (1 - body_alpha)
    centre = MARGIN_PX + photo.neck[0]
    return Figure(bgr, alpha, face, (centre, floor), photo.px_per_metre)


def _place(cutout: Cutout, size: tuple[int, int]) -> tuple[Array, Array]:
    """Return the photograph down to its hem on a larger canvas."""
    rows = cutout.photo.hem
    bgr = np.zeros((*size, 3), np.float32)
    alpha = np.zeros(size, np.float32)
    height, width = min(rows + 12, cutout.alpha.shape[0]), cutout.alpha.shape[1]
    inside = np.s_[MARGIN_PX : MARGIN_PX + height, MARGIN_PX : MARGIN_PX + width]
    bgr[inside] = cutout.bgr[:height]
    alpha[inside] = cutout.alpha[:height]
    return bgr, alpha


def _turn_head(
    cutout: Cutout, degrees: float, bgr: Array, alpha: Array
) -> tuple[Array, Array, Array]:
    """Turn what is above the collar about the neck, fading out towards the shoulders."""
    photo = cutout.photo
    centre_x, centre_y = photo.neck[0] + MARGIN_PX, photo.neck[1] + MARGIN_PX
    rows, columns = np.indices(alpha.shape, dtype=np.float32)
    # From full turn at the mouth to none at the collar: 45 px hid the bend best.
    angle = np.deg2rad(degrees) * np.clip((centre_y + 5 - rows) / 45, 0, 1)
    right, down = columns - centre_x, rows - centre_y
    from_x = (centre_x + np.cos(angle) * right + np.sin(angle) * down).astype(np.float32)
    from_y = (centre_y - np.sin(angle) * right + np.cos(angle) * down).astype(np.float32)
    turned = cv2.remap(bgr, from_x, from_y, cv2.INTER_LINEAR)
    turned_alpha = cv2.remap(alpha, from_x, from_y, cv2.INTER_LINEAR)
    x, y, w, h = photo.face
    corners = np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], np.float32) + MARGIN_PX
    around = np.deg2rad(degrees)
    turn = np.array([[np.cos(around), -np.sin(around)], [np.sin(around), np.cos(around)]])
    middle = np.array([centre_x, centre_y])
    face = (corners - middle) @ turn.T + middle
    return np.asarray(turned), np.asarray(turned_alpha), face.astype(np.float32)


def _legs(cutout: Cutout, pose: Pose, size: tuple[int, int], floor: float) -> tuple[Array, Array]:
    """Draw trousers and shoes in the colour of the jacket; the swinging foot leaves the floor."""
    photo = cutout.photo
    jacket = cutout.bgr[photo.hem - 120 : photo.hem - 20, photo.neck[0] - 40 : photo.neck[0] + 40]
    tone = jacket.reshape(-1, 3).mean(axis=0) + np.float32(0.02)
    bgr = np.zeros((*size, 3), np.float32)
    alpha = np.zeros(size, np.float32)
    for side in (-1, 1):
        swing = math.sin(2 * math.pi * pose.stride + (math.pi if side > 0 else 0))
        _leg(
            bgr,
            alpha,
            tone,
            photo.px_per_metre,
            floor,
            MARGIN_PX + photo.neck[0],
            side,
            swing * pose.effort,
        )
    return bgr, np.asarray(cv2.GaussianBlur(alpha, (0, 0), 1.0), np.float32)


def _leg(
    bgr: Array,
    alpha: Array,
    tone: NDArray[np.floating],
    scale: float,
    floor: float,
    centre: float,
    side: int,
    swing: float,
) -> None:
    """Draw one leg into ``bgr`` and ``alpha``; ``swing`` from -1 (behind) to 1 (in front)."""
    # Seen from the front a leg in front is longer and lower, one behind is bent and lifted.
    lift = (0.10 if swing < 0 else -0.02) * abs(swing) * scale
    hip = (centre + side * 0.11 * scale, floor - 0.95 * scale)
    knee = (centre + side * (0.12 + 0.015 * swing) * scale, floor - 0.48 * scale - 0.3 * lift)
    ankle = (centre + side * (0.13 - 0.03 * abs(swing)) * scale, floor - 0.07 * scale - lift)
    outline = _tapered((hip, knee, ankle), (0.105 * scale, 0.082 * scale, 0.062 * scale))
    shade = 1.15 if swing > 0 else 0.85
    cv2.fillPoly(alpha, [outline], 1.0)
    colour = tuple(float(v) * shade for v in tone)
    cv2.fillPoly(bgr, [outline], colour)
    crease = np.array([hip, knee, ankle]).round().astype(np.int32)
    cv2.polylines(bgr, [crease], False, tuple(v * 1.5 for v in colour), max(2, int(0.02 * scale)))
    shoe = (round(ankle[0] + side * 0.01 * scale), round(ankle[1] + 0.035 * scale))
    axes = (round(0.058 * scale), round((0.06 + 0.012 * max(swing, 0)) * scale))
    cv2.ellipse(alpha, shoe, axes, 0, 0, 360, 1.0, -1)
    cv2.ellipse(bgr, shoe, axes, 0, 0, 360, (0.035, 0.035, 0.04), -1)


def _tapered(
    joints: tuple[tuple[float, float], ...], widths: tuple[float, ...]
) -> NDArray[np.int32]:
    """Return the outline of a limb through ``joints`` with half widths ``widths``."""
    left = [(x - w, y) for (x, y), w in zip(joints, widths, strict=True)]
    right = [(x + w, y) for (x, y), w in zip(joints, widths, strict=True)]
    return np.array(left + right[::-1]).round().astype(np.int32)
