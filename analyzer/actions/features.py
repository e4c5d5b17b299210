"""Motion and posture features of a person over a window, from boxes alone.

Lengths are in body heights (the height of the person box), so that they hold for other cameras.
Where only a face is known, a body counts as 7.5 face heights, as in figure drawing. A detector's
face box reaches about from brow to chin, so this is exact to 25 % at best.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box, Observation

BODY_IN_FACES = 7.5
MIN_BOXES = 4
"""Least number of boxes in a window: fewer do not determine a slope and its error."""

FIELD_OF_VIEW = 1.2
"""Focal length over picture height of a usual CCTV lens (45 degrees down). It converts growth of
the box into motion towards the camera, in body heights."""

BORDER = 0.01
"""Share of the picture's size within which a box counts as cut off by the border."""

Rows = NDArray[np.float64]


def measure(
    observations: Sequence[Observation], picture: tuple[float, float] | None
) -> dict[str, float]:
    """Return the quantities of the observations of one window, by name.

    ``picture`` is the width and height of the displayed picture in px, or None if unknown; motion
    in depth and cut-off boxes are then 0. Always present: ``face_only`` (1 if fewer than four
    bodies but four faces were seen). With four boxes or more:

    - ``speed``, ``vertical_speed`` (down positive): heights/s along the picture, Theil-Sen slopes;
    - ``depth_speed``: heights/s along the viewing direction, from growth beyond its error;
    - ``jitter``: heights, residual of the straight motion (rms);
    - ``aspect``: width over height; ``aspect_change``, ``height_change``: last third minus first
      third, the latter of log height;
    - ``still``: share of observations that were held because nothing moved;
    - ``border``: share of boxes that touch the picture's border.
    """
    bodies = [o for o in observations if o.body is not None]
    faces = [o for o in observations if o.face is not None]
    face_only = len(bodies) < MIN_BOXES <= len(faces)
    used = faces if face_only else bodies
    result = {"face_only": float(face_only)}
    boxes = [_box(observation, face_only) for observation in used]
    if len(boxes) < MIN_BOXES:
        return result
    t = np.array([o.moment.t for o in used])
    rows = np.array([(*box.centre, box.w, box.h) for box in boxes])
    still = bool((rows == rows[0]).all())
    return (
        result
        | (_no_motion(rows[0]) if still else _motion(t, rows, picture) | _posture(rows))
        | {
            "still": sum(o.seen == "held" for o in used) / len(used),
            "border": _border(boxes, picture),
        }
    )


def slope(t: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    """Return the Theil-Sen slope (median over all pairs), robust to 29 % of bad boxes."""
    i, j = np.triu_indices(len(t), 1)
    return float(np.median((values[j] - values[i]) / (t[j] - t[i])))


def _no_motion(row: Rows) -> dict[str, float]:
    """Return the result of ``_motion`` and ``_posture`` for equal rows, without computing it.

    A person who is held because nothing moves fills hours with such windows.
    """
    names = ("speed", "vertical_speed", "depth_speed", "jitter")
    _, _, w, h = (float(value) for value in row)
    changes = {"aspect_change": 0.0, "height_change": 0.0}
    return dict.fromkeys(names, 0.0) | {"height_px": h, "aspect": w / h} | changes


def _motion(t: Rows, rows: Rows, picture: tuple[float, float] | None) -> dict[str, float]:
    x, y, _, h = rows.T
    height = float(np.median(h))
    across, down, growth = slope(t, x), slope(t, y), slope(t, np.log(h))
    left = np.hypot(_residual(t, x, across), _residual(t, y, down)) / height
    spread = float(np.sqrt(np.sum((t - t.mean()) ** 2)))
    error = float(np.std(_residual(t, np.log(h), growth))) / spread
    sure = max(abs(growth) - 2 * error, 0.0)
    distance = 0.0 if picture is None else FIELD_OF_VIEW * picture[1] / height
    return {
        "speed": float(np.hypot(across, down)) / height,
        "vertical_speed": down / height,
        "depth_speed": sure * distance,
        "jitter": float(np.sqrt(np.mean(left**2))),
    }


def _posture(rows: Rows) -> dict[str, float]:
    w, h = rows[:, 2], rows[:, 3]
    third = max(len(rows) // 3, 1)
    aspect = w / h
    first, last = slice(None, third), slice(-third, None)
    return {
        "height_px": float(np.median(h)),
        "aspect": float(np.median(aspect)),
        "aspect_change": float(np.median(aspect[last]) - np.median(aspect[first])),
        "height_change": float(np.log(np.median(h[last]) / np.median(h[first]))),
    }


def _residual(t: Rows, values: Rows, rate: float) -> Rows:
    level = values - rate * t
    return level - np.median(level)


def _box(observation: Observation, face_only: bool) -> Box:
    """Return the body box, or a box at the face of a body's height (its shape has no meaning)."""
    if not face_only and observation.body is not None:
        return observation.body.box
    if observation.face is None:
        raise ValueError("expected an observation with a box of the kind that was counted")
    face = observation.face.box
    return Box(face.x, face.y, face.w, face.h * BODY_IN_FACES)


def _border(boxes: Sequence[Box], picture: tuple[float, float] | None) -> float:
    if picture is None:
        return 0.0
    dx, dy = BORDER * picture[0], BORDER * picture[1]
    cut = [
        box.x < dx or box.y < dy or box.x2 > picture[0] - dx or box.y2 > picture[1] - dy
        for box in boxes
    ]
    return sum(cut) / len(cut)
