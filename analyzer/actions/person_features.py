"""Feature sequence of one person: one row per sample of a window.

Lengths are in body sizes: the 90th percentile over the window of the person box's longer side, so
that a fall does not change the unit. Times are in seconds. So the features depend little on the
camera. The position in the picture is not a feature.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.features import BORDER
from analyzer.actions.joint_features import JOINT_MEASURES, joint_measures
from analyzer.actions.optical_flow import CELL, HEIGHT, UNIT_S, WIDTH, Pair
from analyzer.joints.network import Joints
from analyzer.types import Box, Observation

STEPS = 10
"""Samples per window: every 0.2 s of 2 s; other rates are resampled by the nearest sample."""

FLOWS = (
    "flow", "flow_across", "flow_down", "flow_head", "flow_middle", "flow_legs", "flow_around",
    "flow_peak", "flow_jerk",
)  # fmt: skip
"""Columns of optical flow inside and around the box; see ``flow_inside``."""

MEASURES = (
    "seen", "body", "face", "held",
    "aspect", "tall", "wide", "face_size", "face_depth", "face_aside",
    "across", "down", "top_down", "bottom_down", "growth", "speed",
    "cut_top", "cut_bottom", "cut_side", *FLOWS, *JOINT_MEASURES,
)  # fmt: skip
"""Columns of ``sequence``."""

_POSTURE = slice(len(MEASURES) - len(JOINT_MEASURES), len(MEASURES))
_FLOWS = slice(_POSTURE.start - len(FLOWS), _POSTURE.start)

_COLUMN = {name: number for number, name in enumerate(MEASURES)}

_FASTEST = 5.0
"""Largest speed in body sizes per second; a faster box jumped and did not move."""

Floats = NDArray[np.float32]


def body_size(observations: Sequence[Observation]) -> float:
    """Return the size in px of a body: the 90th percentile of the longer sides of its boxes."""
    sides = [max(o.body.box.w, o.body.box.h) for o in observations if o.body is not None]
    if not sides:
        return 0.0
    # A person who is held because nothing moves fills hours with boxes of one size.
    return sides[0] if min(sides) == max(sides) else float(np.percentile(sides, 90))


def sequence(
    observations: Sequence[Observation],
    begins: float,
    window_s: float,
    picture: tuple[float, float],
    flows: Mapping[int, Floats],
    joints: Mapping[int, Joints],
) -> Floats:
    """Return float32 (STEPS, len(MEASURES)) of the window that begins at ``begins`` seconds.

    ``picture`` is the displayed width and height; ``flows`` are results of ``flow_inside`` by pts,
    ``joints`` those of the person by pts, which hold until the next ones. Steps without an
    observation are all 0.
    """
    result = np.zeros((STEPS, len(MEASURES)), np.float32)
    size = max(body_size(observations), 1e-6)
    before: Observation | None = None
    posture = np.zeros(len(JOINT_MEASURES), np.float32)
    for observation in observations:
        step = min(int((observation.moment.t - begins) / window_s * STEPS + 1e-6), STEPS - 1)
        row = _measured(observation, before, size, picture)
        if observation.body is not None:
            before = observation
        result[step] = 0.0
        for name, value in row.items():
            result[step, _COLUMN[name]] = value
        if observation.body is not None and observation.moment.pts in flows:
            result[step, _FLOWS] = flows[observation.moment.pts] / size
        if observation.moment.pts in joints:
            posture = joint_measures(joints[observation.moment.pts], size)
        result[step, _POSTURE] = posture
    return result


def _measured(
    now: Observation, before: Observation | None, size: float, picture: tuple[float, float]
) -> dict[str, float]:
    row = {
        "seen": 1.0,
        "body": float(now.body is not None),
        "face": float(now.face is not None),
        "held": float(now.seen == "held"),
    }
    if now.body is None:
        return row
    box = now.body.box
    row |= _shape(box, size, picture)
    if now.face is not None:
        face = now.face.box
        row["face_size"] = 5 * face.h / size
        row["face_depth"] = (face.centre[1] - box.y) / max(box.h, 1e-6)
        row["face_aside"] = abs(face.centre[0] - box.centre[0]) / max(box.w, 1e-6)
    if before is not None and before.body is not None:
        row |= _moved(before.body.box, box, now.moment.t - before.moment.t, size)
    return row


def _shape(box: Box, size: float, picture: tuple[float, float]) -> dict[str, float]:
    return {
        "aspect": math.log(max(box.w / max(box.h, 1e-6), 1e-3)),
        "tall": math.log(max(box.h / size, 1e-2)),
        "wide": math.log(max(box.w / size, 1e-2)),
        "cut_top": float(box.y < BORDER * picture[1]),
        "cut_bottom": float(box.y2 > (1 - BORDER) * picture[1]),
        "cut_side": float(box.x < BORDER * picture[0] or box.x2 > (1 - BORDER) * picture[0]),
    }


def _moved(before: Box, now: Box, dt: float, size: float) -> dict[str, float]:
    def rate(new: float, old: float) -> float:
        return max(min((new - old) / size / dt, _FASTEST), -_FASTEST)

    across = rate(now.centre[0], before.centre[0])
    down = rate(now.centre[1], before.centre[1])
    return {
        "across": abs(across),
        "down": down,
        "top_down": rate(now.y, before.y),
        "bottom_down": rate(now.y2, before.y2),
        "growth": rate(max(now.w, now.h), max(before.w, before.h)),
        "speed": math.hypot(across, down),
    }


def flow_inside(pair: Pair, box: Box, picture: tuple[float, float]) -> Floats:
    """Return float32 (9,), the columns FLOWS: mean motion in displayed px per second.

    They cover the whole box, across and down, its thirds from the top, the box with its
    surroundings, the strongest cell, and the change since the previous pair. ``pair`` is the flow
    that ends at the moment of the box.
    """
    across, down = picture[0] / WIDTH, picture[1] / HEIGHT
    unit = np.array([across, down], np.float32) / UNIT_S
    flow = pair.cells * unit
    length = np.hypot(flow[..., 0], flow[..., 1])
    x1, x2 = _cells(box.x, box.x2, across, length.shape[1])
    y1, y2 = _cells(box.y, box.y2, down, length.shape[0])
    inside = length[y1:y2, x1:x2]
    third, wide = max((y2 - y1) // 3, 1), max((x2 - x1) // 2, 1)
    middle = inside[third : 2 * third] if len(inside) > third else inside
    around = length[max(y1 - third, 0) : y2 + third, max(x1 - wide, 0) : x2 + wide]
    return np.array(
        [
            inside.mean(),
            abs(flow[y1:y2, x1:x2, 0].mean()),
            flow[y1:y2, x1:x2, 1].mean(),
            inside[:third].mean(),
            middle.mean(),
            inside[-third:].mean(),
            around.mean(),
            inside.max(),
            pair.acceleration[y1:y2, x1:x2].mean() * unit.mean(),
        ],
        np.float32,
    )


def _cells(low: float, high: float, scale: float, count: int) -> tuple[int, int]:
    """Return the range of cells from ``low`` to ``high`` displayed px, at least one cell."""
    first = min(max(int(low / scale / CELL), 0), count - 1)
    last = min(max(math.ceil(high / scale / CELL), first + 1), count)
    return first, last
