"""Best pictures of the body of every tracklet, collected while a segment is read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.bodies.crops import BodyCrop, body_crop
from analyzer.bodies.quality import assess, view_of
from analyzer.clothing.light import scene_light
from analyzer.clothing.measure import measure
from analyzer.config_appearance import BodySettings
from analyzer.looks.network import LookNetwork
from analyzer.pipeline.best_of_stretches import BestOfStretches
from analyzer.types import (
    BodyQuality,
    BodySample,
    Box,
    Frame,
    Moment,
    Observation,
    PersonDetection,
    Tracklet,
)

STRETCH_S = 0.5
MOST_STRETCHES = 6
"""Stretches of a tracklet's time that hold their best picture; they grow so as to stay this few."""

_THUMBNAIL = (6, 12)
_SAME_SIDE = 0.5
"""Difference of two thumbnails from which on they count as different sides of a person."""

_FIT = 0.5
"""Share of the best score that another picture of the same person needs to be worth keeping."""


_MEMORY = 0.3
"""Weight of the newest height in the usual height of a tracklet: a memory of about a second."""
_STEADY, _ODD, _LEAST_USUAL = 0.06, 0.25, 0.4
"""Change of the logarithm of the height from the usual one that scores 1, and least: people do not
grow, so such a box holds two of them, or a half."""
_AROUND_S = 1.5
"""Time before and after a picture whose median height is the usual one, once all is known."""


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A picture held until the segment ends; ``box`` is in pixels of the frame.

    ``light`` is what the whole frame tells of its light, None where no colours are asked for.
    """

    moment: Moment
    box: Box
    quality: BodyQuality
    crop: BodyCrop
    light: NDArray[np.float32] | None

    def sample(self, crops: bool, looks: LookNetwork | None) -> BodySample:
        """Return what is stored of it, measured now: most of what was held is never stored."""
        clothes = None
        if self.light is not None:
            clothes = measure(self.crop.bgr, self.crop.box, self.light)
        jpeg = self.crop.jpeg() if crops else b""
        look = None if looks is None else looks.embed([self.crop.body])[0]
        return BodySample(self.moment, self.box, self.quality, jpeg, clothes, look)


@dataclass(slots=True)
class BestBodies:
    """The best picture of each stretch of a tracklet's time, of which ``samples`` chooses a few.

    Whatever its length, a tracklet holds at most ``MOST_STRETCHES`` pictures of 256 px.
    """

    _stretches: BestOfStretches[_Kept] = field(
        default_factory=lambda: BestOfStretches(STRETCH_S, MOST_STRETCHES)
    )
    _usual: float | None = None

    def consider(
        self,
        frame: Frame,
        person: PersonDetection,
        everybody: Sequence[PersonDetection],
        light: Callable[[Frame], NDArray[np.float32] | None],
    ) -> None:
        """Hold the picture of ``person``, one of ``everybody`` in ``frame``, if it is better.

        Pixels are looked at only where the boxes promise enough, and copied only if it wins;
        ``light`` tells of the whole frame, and is asked only then.
        """
        held = self._stretches.at(frame.moment.t)
        view = view_of(person, everybody, frame.width, frame.height)
        if person.body is not None:
            view = replace(view, promise=view.promise * self._steadiness(person.body.box.h))
        if view.box.w < 1 or view.box.h < 1 or (held and view.promise <= held.quality.score):
            return
        quality = assess(view, frame.luma)
        if held is None or quality.score > held.quality.score:
            crop = body_crop(frame.bgr, view.box)
            self._stretches.put(_Kept(frame.moment, view.box, quality, crop, light(frame)))

    def _steadiness(self, height: float) -> float:
        """Return 1 for a box about as high as those before it, less for one that is not."""
        now = float(np.log(max(height, 1.0)))
        change = 0.0 if self._usual is None else now - self._usual
        self._usual = now - (1 - _MEMORY) * change
        return _steady_score(change)

    def samples(
        self,
        observations: Sequence[Observation],
        asked: BodySettings,
        looks: LookNetwork | None = None,
    ) -> tuple[BodySample, ...]:
        """Return up to ``asked.keep`` pictures in time order, with what ``looks`` makes of them.

        ``observations`` are all of the tracklet: at its beginning nobody knew how high is usual.
        """
        held = [_judged_again(kept, observations) for kept in self._stretches.pictures()]
        chosen = sorted(self._chosen(held, asked.keep), key=lambda kept: kept.moment.t)
        return tuple(kept.sample(asked.crops, looks) for kept in chosen)

    @staticmethod
    def _chosen(held: Sequence[_Kept], keep: int) -> list[_Kept]:
        """Return the best picture, then good ones that show the person from other sides."""
        ordered = sorted(held, key=lambda k: (-k.quality.score, k.moment.t))
        left = [(kept, _thumbnail(kept.crop.body)) for kept in ordered]
        chosen: list[_Kept] = []
        seen: list[NDArray[np.float32]] = []
        while left and len(chosen) < keep:
            worth = [kept.quality.score * _novelty(thumbnail, seen) for kept, thumbnail in left]
            best, thumbnail = left.pop(int(np.argmax(worth)))
            if chosen and best.quality.score < _FIT * chosen[0].quality.score:
                break
            chosen.append(best)
            seen.append(thumbnail)
        return chosen


def _judged_again(kept: _Kept, observations: Sequence[Observation]) -> _Kept:
    """Return ``kept`` with a lower score if the box is not as high as most before and after it."""
    heights = {o.moment: o.body.box.h for o in observations if o.body and o.seen == "detected"}
    own = heights.pop(kept.moment, None)
    around = [h for at, h in heights.items() if abs(at.t - kept.moment.t) <= _AROUND_S]
    if own is None or not around:
        return kept
    change = float(np.log(max(own, 1.0)) - np.log(max(float(np.median(around)), 1.0)))
    score = kept.quality.score * _steady_score(change)
    return replace(kept, quality=replace(kept.quality, score=score))


def _steady_score(change: float) -> float:
    return float(np.interp(abs(change), (_STEADY, _ODD), (1, _LEAST_USUAL)))


def _thumbnail(body: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return a unit-length float32 vector of mean 0 that tells what is where in ``body``."""
    small = cv2.resize(body, _THUMBNAIL, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    small -= small.mean()
    return np.asarray(small / max(float(np.linalg.norm(small)), 1e-6), np.float32)


def _novelty(thumbnail: NDArray[np.float32], seen: Sequence[NDArray[np.float32]]) -> float:
    """Return 1 for a picture unlike those ``seen``, down to 0.5 for one of them again."""
    if not seen:
        return 1.0
    nearest = max(float(thumbnail @ other) for other in seen)
    return 0.5 + 0.5 * min((1 - nearest) / _SAME_SIDE, 1.0)


@dataclass(slots=True)
class BodyPictures:
    """The best bodies of all tracklets of one segment, which owns the time from ``start_pts``.

    What was seen before its own time is the business of the segment before, and is taken for a
    tracklet only where there is nothing else. ``colours`` says whether those of clothes are wanted.
    """

    start_pts: int
    colours: bool = True
    _light: tuple[int, NDArray[np.float32]] | None = None
    _own: dict[int, BestBodies] = field(default_factory=lambda: defaultdict(BestBodies))
    _before: dict[int, BestBodies] = field(default_factory=lambda: defaultdict(BestBodies))

    def consider(
        self,
        number: int,
        frame: Frame,
        person: PersonDetection,
        everybody: Sequence[PersonDetection],
    ) -> None:
        """Take in where tracklet ``number`` is seen in ``frame``, as ``person``."""
        best = self._own if frame.moment.pts >= self.start_pts else self._before
        best[number].consider(frame, person, everybody, self._light_of)

    def _light_of(self, frame: Frame) -> NDArray[np.float32] | None:
        """Return what a picture of the same second tells of its light: light changes slowly."""
        if not self.colours:
            return None
        second = int(frame.moment.t)
        if self._light is None or self._light[0] != second:
            self._light = (second, scene_light(frame.bgr))
        return self._light[1]

    def samples(
        self, tracklet: Tracklet, asked: BodySettings, looks: LookNetwork | None = None
    ) -> tuple[BodySample, ...]:
        """Return the best pictures of ``tracklet`` in time order; see BestBodies."""
        best = self._own if tracklet.number in self._own else self._before
        return best[tracklet.number].samples(tracklet.observations, asked, looks)
