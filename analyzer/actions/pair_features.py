"""Motion of one or two people over a window: where they are to each other, and how they move.

Two people who grapple are often found as one box, so a fight can have the place of one track.

Lengths are in body heights: the size of the one, or the geometric mean of two. Times are in
seconds. Flows are divided by the body height in px of the same small picture, so that a fight far
away reads as one nearby. The position in the picture is not a feature.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.features import BORDER
from analyzer.actions.flow_map import QUANTITIES, covered
from analyzer.actions.optical_flow import HEIGHT
from analyzer.actions.person_features import body_size
from analyzer.types import Box, Moment, Observation

MIN_SEEN = 3
"""Least number of moments of a window at which the one, or both, are seen."""

NEAR = 0.5
"""Largest gap between the boxes of two people near each other, in body heights, at its least."""

_OF_ONE_SIZE = 2.0
"""Largest ratio of the sizes of two people who can touch: others are at different distances."""

_AROUND = 0.1
"""Share of the pair's box by which it is widened for its flow: arms reach out of boxes."""

_FASTEST = 6.0
_EPSILON = 0.02

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Group:
    """One person, or two near each other, in one window; ``start`` to ``end`` both are seen.

    ``boxes`` (K, N, 4) x, y, w, h of the K people at the N moments ``t`` in s at which all are
    seen; ``sizes`` (K,) the body height of each in px, ``size`` their geometric mean; ``seen`` in
    how many moments each was.
    """

    start: Moment
    end: Moment
    t: Floats
    boxes: Floats
    sizes: Floats
    seen: tuple[int, ...]

    @property
    def size(self) -> float:
        """The geometric mean of the sizes."""
        return float(np.exp(np.log(self.sizes).mean()))

    @property
    def place(self) -> Box:
        """The box around all over the window, without its rarest tenth."""
        rare = len(self.t) // 10
        low = np.sort(self.boxes[..., :2].min(0), axis=0)[rare]
        high = np.sort((self.boxes[..., :2] + self.boxes[..., 2:]).max(0), axis=0)[-1 - rare]
        return Box(float(low[0]), float(low[1]), *(float(v) for v in high - low))


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """The bodies of one person in one window: (t, x, y, w, h) by pts, and the body height in px."""

    bodies: dict[int, tuple[float, ...]]
    size: float


def seen_of(observations: Sequence[Observation]) -> Seen:
    """Return the bodies among the observations of one person in one window."""
    return Seen(_bodies(observations), body_size(observations))


def group_of(*people: Seen) -> Group | None:
    """Return one or two people in one window as a group.

    None if one of them is seen too rarely, or if two are not near each other.
    """
    bodies = [one.bodies for one in people]
    seen = tuple(len(one) for one in bodies)
    at_once = sorted(set.intersection(*(set(one) for one in bodies)))
    if len(at_once) < MIN_SEEN:
        return None
    rows = np.array([[one[pts] for pts in at_once] for one in bodies])
    start, end = (Moment(pts, bodies[0][pts][0]) for pts in (at_once[0], at_once[-1]))
    sizes = np.array([one.size for one in people])
    group = Group(start, end, rows[0, :, 0], rows[..., 1:], sizes, seen)
    return group if len(people) == 1 or _near(group) else None


def may_be_near(people: Sequence[Seen]) -> list[tuple[int, int]]:
    """Return the pairs of places in ``people`` that `group_of` need be asked about, in order.

    Those whose boxes over the whole window lie further apart are never near each other.
    """
    seen = [one for one in people if one.bodies]
    places = [place for place, one in enumerate(people) if one.bodies]
    if len(seen) < 2:
        return []
    boxes = [np.array(list(one.bodies.values()))[:, 1:] for one in seen]
    low = np.array([rows[:, :2].min(0) for rows in boxes])
    high = np.array([(rows[:, :2] + rows[:, 2:]).max(0) for rows in boxes])
    sizes = np.array([one.size for one in seen])
    apart = np.maximum(np.maximum(low[:, None] - high[None], low[None] - high[:, None]), 0)
    reach = NEAR * np.maximum(sizes[:, None], sizes[None])
    close = np.hypot(apart[..., 0], apart[..., 1]) <= reach
    return [(places[i], places[j]) for i, j in zip(*np.nonzero(np.triu(close, 1)), strict=True)]


def _near(group: Group) -> bool:
    of_one_size = group.sizes.max() <= _OF_ONE_SIZE * group.sizes.min()
    return bool(of_one_size and _gaps(group.boxes).min() <= NEAR * group.size)


def _bodies(observations: Sequence[Observation]) -> dict[int, tuple[float, ...]]:
    """Return (t, x, y, w, h) of every body by pts."""
    return {
        o.moment.pts: (o.moment.t, o.body.box.x, o.body.box.y, o.body.box.w, o.body.box.h)
        for o in observations
        if o.body is not None
    }


def _gaps(boxes: Floats) -> Floats:
    """Return (N,) the distance in px between the two boxes of (2, N, 4), 0 where they touch."""
    low, high = boxes[..., :2], boxes[..., :2] + boxes[..., 2:]
    apart = np.maximum(np.maximum(low[0] - high[1], low[1] - high[0]), 0)
    return np.asarray(np.hypot(apart[:, 0], apart[:, 1]))


def motion_of(group: Group, window_s: float, picture: tuple[float, float]) -> dict[str, float]:
    """Return the quantities of the boxes of a group, by name; ``picture`` is displayed w, h."""
    boxes, size = group.boxes, group.size
    centres = (boxes[..., :2] + boxes[..., 2:] / 2) / size
    found = {
        "seen_s": float(group.t[-1] - group.t[0]) / window_s,
        "size": math.log(max(size / picture[1], 1e-3)),
        "border": _border(boxes, picture),
    }
    found |= _motion(group.t, centres) | _shape(boxes, group.sizes)
    return found | _mutual(group, centres) if len(boxes) > 1 else found


def _mutual(group: Group, centres: Floats) -> dict[str, float]:
    """Return where two people are to each other."""
    apart = np.hypot(*(centres[0] - centres[1]).T)
    overlap = _overlaps(group.boxes)
    step = _steps(group.t, centres)
    return {
        "apart.mean": float(apart.mean()),
        "apart.min": float(apart.min()),
        "apart.change": float(apart[-1] - apart[0]),
        "apart.std": float(apart.std()),
        "gap.mean": float(_gaps(group.boxes).mean()) / group.size,
        "overlap.mean": float(overlap.mean()),
        "overlap.max": float(overlap.max()),
        "overlap.std": float(overlap.std()),
        "of_one_size": float(abs(np.diff(np.log(group.sizes))[0])),
        "seen.least": min(group.seen) / max(group.seen),
        "seen.both": len(group.t) / max(group.seen),
        "to_each_other": float(np.hypot(*(step[0] - step[1]).T).mean()),
        "as_one": float(np.hypot(*step.mean(0).T).mean()),
        "as_one.net": float(np.hypot(*step.mean((0, 1)))),
    }


def _overlaps(boxes: Floats) -> Floats:
    """Return (N,) the shared area of the two boxes over that of the smaller."""
    low, high = boxes[..., :2], boxes[..., :2] + boxes[..., 2:]
    shared = np.clip(np.minimum(high[0], high[1]) - np.maximum(low[0], low[1]), 0, None).prod(-1)
    return np.asarray(shared / np.maximum(boxes[..., 2:].prod(-1).min(0), 1e-6))


def _steps(t: Floats, centres: Floats) -> Floats:
    """Return (K, N - 1, 2) the velocities in body heights per second."""
    dt = np.maximum(np.diff(t), 1e-3)[:, None]
    return np.asarray(np.clip(np.diff(centres, axis=1) / dt, -_FASTEST, _FASTEST))


def _motion(t: Floats, centres: Floats) -> dict[str, float]:
    """Return how fast and how suddenly each moves, and how far motion stays in its place."""
    step = _steps(t, centres)
    speed = np.hypot(step[..., 0], step[..., 1])
    jerk = np.abs(np.diff(step, axis=1)).sum(-1)
    walked = (speed * np.diff(t)).sum(1)
    net = np.hypot(*np.moveaxis(centres[:, -1] - centres[:, 0], -1, 0))
    return {
        "speed.most": float(speed.mean(1).max()),
        "speed.least": float(speed.mean(1).min()),
        "jerk.most": float(jerk.mean(1).max()),
        "jerk.least": float(jerk.mean(1).min()),
        "jerk.peak": float(jerk.max()),
        "walked": float(walked.mean()),
        "net.most": float(net.max()),
        "net.least": float(net.min()),
        "stays": float((walked.sum() - net.sum()) / (walked.sum() + 0.1)),
    }


def _shape(boxes: Floats, sizes: Floats) -> dict[str, float]:
    """Return how wide and tall the two are, and how much that changes."""
    aspect = np.log(np.maximum(boxes[..., 2] / np.maximum(boxes[..., 3], 1e-6), 1e-3))
    tall = boxes[..., 3] / sizes[:, None]
    change = np.abs(np.diff(np.log(np.maximum(boxes[..., 2:], 1e-3)), axis=1)).sum(-1)
    return {
        "aspect.most": float(aspect.mean(1).max()),
        "aspect.least": float(aspect.mean(1).min()),
        "aspect.std": float(aspect.std(1).max()),
        "aspect.std.least": float(aspect.std(1).min()),
        "tall.least": float(tall.min()),
        "tall.mean": float(tall.mean()),
        "change.most": float(change.mean(1).max()),
        "change.least": float(change.mean(1).min()),
    }


def _border(boxes: Floats, picture: tuple[float, float]) -> float:
    size = np.array(picture)
    low, high = boxes[..., :2], boxes[..., :2] + boxes[..., 2:]
    cut = (low < BORDER * size).any(-1) | (high > (1 - BORDER) * size).any(-1)
    return float(cut.mean())


def flow_of(
    planes: NDArray[np.float32], group: Group, picture: tuple[float, float]
) -> dict[str, float]:
    """Return what moves in the place of a group, by name; ``planes`` (7, 24, 32) of ``flow_map``.

    Inside the place, between the two, and beside the place, in body heights; and ratios of the
    inside to the beside and to the flow itself.
    """
    body = max(group.size / picture[1] * HEIGHT, 1.0)
    inside = covered(_widened(group.place), picture)
    between = covered(_between(group), picture)
    weights = np.stack([inside, between, 1 - inside]).reshape(3, -1)
    flat = planes.reshape(len(planes), -1)
    means = flat @ (weights / np.maximum(weights.sum(1, keepdims=True), 1e-6)).T
    top = _top(flat, weights[0])
    units = [100.0 if name == "moving" else body for name in QUANTITIES]
    found: dict[str, float] = {}
    for name, mean, strongest, unit in zip(QUANTITIES, means, top, units, strict=True):
        found[f"in.{name}"], found[f"between.{name}"] = float(mean[0] / unit), float(mean[1] / unit)
        found[f"top.{name}"], found[f"beside.{name}"] = (
            float(strongest / unit),
            float(mean[2] / unit),
        )
    for name in ("strength", "jerk"):
        found[f"focus.{name}"] = math.log(
            (found[f"in.{name}"] + _EPSILON) / (found[f"beside.{name}"] + _EPSILON)
        )
    strength = float(means[QUANTITIES.index("strength"), 0]) + 0.1
    for name in ("jerk", "turns", "disorder", "drift", "peak"):
        found[f"kind.{name}"] = float(means[QUANTITIES.index(name), 0]) / strength
    return found


def _top(planes: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (7,) the mean of the strongest fifth of the cells inside, of planes (7, cells)."""
    inside = planes[:, weights >= min(0.5, float(weights.max()))]
    count = max(inside.shape[1] // 5, 1)
    return np.asarray(np.sort(inside, axis=1)[:, -count:].mean(1))


def _widened(box: Box) -> Box:
    dx, dy = _AROUND * box.w, _AROUND * box.h
    return Box(box.x - dx, box.y - dy, box.w + 2 * dx, box.h + 2 * dy)


def _between(group: Group) -> Box:
    """Return the box between the middles of the people, as high as both; of one, its middle."""
    boxes = np.sort(group.boxes, axis=1)[:, len(group.t) // 2]
    x = boxes[:, 0] + boxes[:, 2] / 2
    y1, y2 = boxes[:, 1].min(), (boxes[:, 1] + boxes[:, 3]).max()
    wide = max(float(x.max() - x.min()), 0.25 * group.size)
    return Box(float(x.min() + x.max() - wide) / 2, float(y1), wide, float(y2 - y1))
