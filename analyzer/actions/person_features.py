"""What is measured of one person at every sample of a window, as a short sequence: pure.

Lengths are in body heights and times in seconds, so that a change of camera matters little; where
in the picture somebody stands is not told.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.flow import CELL, HEIGHT, UNIT_S, WIDTH, Pair
from analyzer.actions.posture import PARTS, body_box
from analyzer.types import Box, Observation

STEPS = 10
"""Samples a window: every 0.2 s of 2 s; other rates are brought to this by the nearest sample."""

MEASURES = (
    "seen", "body", "face", "held",
    "aspect", "face_size", "face_depth", "roll_sin", "roll_cos",
    "across", "down", "growth", "speed",
    "cut_top", "cut_bottom", "cut_side",
    "flow", "flow_across", "flow_down", "flow_head", "flow_middle", "flow_legs", "flow_around",
    "flow_peak", "flow_jerk",
)  # fmt: skip
"""Columns of ``sequence`` before the posture's."""

_BORDER = 0.01
Floats = NDArray[np.float32]


def sequence(
    observations: Sequence[Observation],
    begins: float,
    window_s: float,
    picture: tuple[float, float],
    flows: Mapping[int, Pair],
    postures: Mapping[int, Floats],
) -> Floats:
    """Return float32 (STEPS, len(MEASURES) + PARTS) of the window from ``begins`` seconds on.

    ``picture`` is the displayed width and height; ``flows`` and ``postures`` (each (PARTS,)) are
    known by pts, the flow that ends there. Steps without an observation are all 0. Where somebody
    was held the posture is that of the last detection in the window.
    """
    result = np.zeros((STEPS, len(MEASURES) + PARTS), np.float32)
    height = float(np.median([body_box(o).h for o in observations]))
    last = np.zeros(PARTS, np.float32)
    before: Observation | None = None
    for observation in observations:
        pts = observation.moment.pts
        last = postures.get(pts, last)
        step = min(int((observation.moment.t - begins) / window_s * STEPS + 1e-6), STEPS - 1)
        row = _measured(observation, before, height, picture)
        row |= _flow_inside(flows.get(pts), body_box(observation), picture, height)
        result[step] = np.concatenate([[row.get(name, 0.0) for name in MEASURES], last])
        before = observation
    return result


def _measured(
    now: Observation, before: Observation | None, height: float, picture: tuple[float, float]
) -> dict[str, float]:
    box = body_box(now)
    row = {
        "seen": 1.0,
        "body": float(now.body is not None),
        "face": float(now.face is not None),
        "held": float(now.seen == "held"),
        "cut_top": float(box.y < _BORDER * picture[1]),
        "cut_bottom": float(box.y2 > (1 - _BORDER) * picture[1]),
        "cut_side": float(box.x < _BORDER * picture[0] or box.x2 > (1 - _BORDER) * picture[0]),
    }
    if now.body is not None:
        row["aspect"] = math.log(max(box.w / max(box.h, 1e-6), 1e-3)) + 1.0
    if now.face is not None:
        row |= _of_face(now, box)
    if before is not None and (now.body is None) == (before.body is None):
        row |= _moved(body_box(before), box, now.moment.t - before.moment.t, height)
    return row


def _of_face(now: Observation, box: Box) -> dict[str, float]:
    assert now.face is not None
    face = now.face.box
    row = {}
    if now.body is not None:
        row["face_size"] = face.h / max(box.h, 1e-6)
        row["face_depth"] = (face.centre[1] - box.y) / max(box.h, 1e-6)
    if now.face.landmarks is not None:
        right, left = now.face.landmarks[0], now.face.landmarks[1]
        roll = math.atan2(float(left[1] - right[1]), float(left[0] - right[0]))
        row |= {"roll_sin": abs(math.sin(roll)), "roll_cos": math.cos(roll)}
    return row


def _moved(before: Box, now: Box, dt: float, height: float) -> dict[str, float]:
    across = (now.centre[0] - before.centre[0]) / height / dt
    down = (now.centre[1] - before.centre[1]) / height / dt
    growth = math.log(max(now.h, 1e-6) / max(before.h, 1e-6)) / dt
    limit = 5.0
    return {
        "across": min(abs(across), limit),
        "down": max(min(down, limit), -limit),
        "growth": max(min(growth, limit), -limit),
        "speed": min(math.hypot(across, down), limit),
    }


def _flow_inside(
    pair: Pair | None, box: Box, picture: tuple[float, float], height: float
) -> dict[str, float]:
    """Mean flow in the box in heights a second: whole, by thirds from the top, and around it."""
    if pair is None:
        return {}
    across, down = (picture[0] / WIDTH, picture[1] / HEIGHT)
    to_heights = np.array([across, down], np.float32) / (UNIT_S * max(height, 1e-6))
    flow = pair.cells * to_heights
    size = np.hypot(flow[..., 0], flow[..., 1])
    x1, x2 = _cells(box.x, box.x2, across, size.shape[1])
    y1, y2 = _cells(box.y, box.y2, down, size.shape[0])
    inside = size[y1:y2, x1:x2]
    third = max((y2 - y1) // 3, 1)
    wide = max((x2 - x1) // 2, 1)
    around = size[max(y1 - third, 0) : y2 + third, max(x1 - wide, 0) : x2 + wide]
    jerk = pair.acceleration[y1:y2, x1:x2] * float(to_heights.mean())
    return {
        "flow": float(inside.mean()),
        "flow_across": abs(float(flow[y1:y2, x1:x2, 0].mean())),
        "flow_down": float(flow[y1:y2, x1:x2, 1].mean()),
        "flow_head": float(inside[:third].mean()),
        "flow_middle": float(inside[third : max(2 * third, third + 1)].mean())
        if len(inside) > third
        else float(inside.mean()),
        "flow_legs": float(inside[-third:].mean()),
        "flow_around": float(around.mean()),
        "flow_peak": float(inside.max()),
        "flow_jerk": float(jerk.mean()),
    }


def _cells(low: float, high: float, scale: float, count: int) -> tuple[int, int]:
    """Return the cells from ``low`` to ``high`` displayed px, at least one and inside."""
    first = min(max(int(low / scale / CELL), 0), count - 1)
    last = min(max(math.ceil(high / scale / CELL), first + 1), count)
    return first, last
