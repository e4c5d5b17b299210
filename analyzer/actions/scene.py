"""Fight detection in the whole scene: windows of optical flow, and their probability."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.flow_map import flow_planes, packed
from analyzer.actions.model import ActionModel
from analyzer.actions.optical_flow import FlowMeter, Pair, shrink
from analyzer.actions.scene_features import window_features
from analyzer.actions.scene_places import place_features
from analyzer.config import ActionSettings
from analyzer.types import Frame, Moment, SceneWindow

FINE_FPS, COARSE_FPS = 10.0, 5.0
"""Pictures per second of the two rates of flow: blows are fast, shoving is slow. Both rates
together detect fights better than either alone (area under the curve 0.90 against 0.89 and
0.86)."""

_EARLY_S = 0.0005
"""Tolerance for a picture before its time: stored times are rounded to ticks."""

_MIN_MOVED = 5
"""Least number of pairs of a window with motion; a fight of two seconds has twenty."""

_MIN_COVERED = 0.45
"""Least share of a window between its first and last picture."""

SHOWN = (
    "fine.strength.mean", "fine.p98.mean", "fine.area.mean", "fine.acceleration.mean",
    "fine.disorder.mean", "coarse.turns1", "coarse.overlaps1", "coarse.unity5.mean",
)  # fmt: skip
"""Quantities stored with the probability: strength, peak, moving share of the picture, suddenness,
disorder, change of direction, staying in place, common motion."""


def flow_fps(fps: float) -> float:
    """Return the rate to decode at: the least multiple of ``fps`` that is enough for flow."""
    return fps * max(1, math.ceil(FINE_FPS / fps - 1e-9))


@dataclass(frozen=True, slots=True)
class Measured:
    """Quantities of one window of the scene, by name; it begins at ``begins`` seconds.

    ``flow`` is its map of the fine flow, see ``flow_map``.
    """

    begins: float
    start: Moment
    end: Moment
    features: dict[str, float]
    flow: bytes = b""


class SceneFlow:
    """Streaming optical flow at both rates; holds at most one window of it.

    Windows begin at multiples of the step from 0, whatever the first picture. A window with the
    same pictures as the one before, in a stuttering recording, is left out. ``latest`` is the
    coarse flow that ends at the last picture, or None.
    """

    def __init__(self, settings: ActionSettings) -> None:
        """Start without a picture."""
        self._settings = settings
        self._meters = (FlowMeter(), FlowMeter())
        self._pairs: tuple[deque[Pair], deque[Pair]] = (deque(), deque())
        self._bin: int | None = None
        self._next: int | None = None
        self._former: tuple[int, int] | None = None
        self.latest: Pair | None = None

    def update(self, frame: Frame) -> list[Measured]:
        """Update with a picture, in order of time at ``flow_fps``; return the completed windows."""
        return self.take(frame.moment, shrink(frame.luma))

    def take(self, moment: Moment, small: NDArray[np.uint8]) -> list[Measured]:
        """Update with a picture as ``shrink`` returns it; see ``update``."""
        t = moment.t
        if self._next is None:
            half = self._settings.window_s / 2
            self._next = max(math.ceil((t - half) / self._settings.step_s - 1e-9), 0)
        done = list(self._completed(t))
        self._keep(0, self._meters[0].update(moment, small))
        now = math.floor((t + _EARLY_S) * COARSE_FPS)
        self.latest = None
        if now != self._bin:
            self._bin = now
            self.latest = self._meters[1].update(moment, small)
            self._keep(1, self.latest)
        return done

    def finish(self) -> list[Measured]:
        """Return the windows left open by the last picture, if at least half of them was seen."""
        fine = self._pairs[0]
        if not fine:
            return []
        return list(self._completed(fine[-1].end.t + self._settings.window_s / 2 + 1e-6))

    def _keep(self, rate: int, pair: Pair | None) -> None:
        if pair is not None:
            self._pairs[rate].append(pair)

    def _completed(self, t: float) -> Iterator[Measured]:
        """Yield the windows that end up to ``t`` seconds; drop the flow before the next window."""
        assert self._next is not None
        while (begins := self._next * self._settings.step_s) + self._settings.window_s <= t + 1e-6:
            self._next += 1
            fine, coarse = (self._inside(pairs, begins) for pairs in self._pairs)
            if self._enough(fine, coarse) and (held := _held(fine)) != self._former:
                self._former = held
                features = scene_features(fine, coarse)
                flow = packed(flow_planes(fine))
                yield Measured(begins, fine[0].start, fine[-1].end, features, flow)
        for pairs in self._pairs:
            while pairs and pairs[0].start.t < begins - 1e-6:
                pairs.popleft()

    def _inside(self, pairs: Sequence[Pair], begins: float) -> list[Pair]:
        """Return the pairs with both pictures in the window; times have rounding errors."""
        ends = begins + self._settings.window_s - 1e-6
        return [p for p in pairs if p.start.t >= begins - 1e-6 and p.end.t < ends]

    def _enough(self, fine: Sequence[Pair], coarse: Sequence[Pair]) -> bool:
        if len(coarse) < 2 or sum(pair.moved for pair in fine) < _MIN_MOVED:
            return False
        return fine[-1].end.t - fine[0].start.t >= _MIN_COVERED * self._settings.window_s


def _held(fine: Sequence[Pair]) -> tuple[int, int]:
    """Return the first and the last picture of a window, in pts."""
    return fine[0].start.pts, fine[-1].end.pts


def scene_features(fine: Sequence[Pair], coarse: Sequence[Pair]) -> dict[str, float]:
    """Return the quantities of both rates, by name."""
    return {
        f"{rate}.{name}": value
        for rate, pairs in (("fine", fine), ("coarse", coarse))
        for name, value in (window_features(pairs) | place_features(pairs)).items()
    }


def judge(measured: Measured, model: ActionModel) -> SceneWindow:
    """Return the probability that a window shows a fight, with a few of its quantities."""
    shown = {name: measured.features[name] for name in SHOWN}
    fighting = model.scene(measured.features)
    ends = measured.start, measured.end
    return SceneWindow(*ends, fighting, shown, measured.begins, measured.flow)
