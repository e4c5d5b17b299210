"""State of one live track: Kalman filters, appearance, and the observations so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import hypot

import numpy as np
from numpy.typing import NDArray

from analyzer.tracking.kalman import BoxMotion
from analyzer.types import Box, Detection, Kind, Looks, Moment, Observation, PersonDetection, Seen

_APPEARANCE_WEIGHT = 0.2
"""EMA weight of the newest appearance: a memory of about five detections, one second at the default
rate. Turning around is followed; one bad crop is not."""

_LOOKS = 10
"""Number of first and of last detections whose mean appearance is the look of a tracklet: two
seconds at the default rate, which the lead of the next segment repeats."""

_RESTING: dict[Kind, float] = {"person": 0.2, "face": 1.0}
_REST_HISTORY = 25
"""Movement within a second, in heights of the box, up to which somebody rests: a body by a quarter
of a walk, a face by as much. A second has no more than so many observations that matter."""


class LiveTrack:
    """Estimated state of one tracked person, and the observations so far."""

    def __init__(self, number: int, moment: Moment, detection: PersonDetection) -> None:
        """Start with one detection."""
        self.number = number
        self.observations: list[Observation] = []
        self.appearance: NDArray[np.float32] | None = None
        self._first_looks: list[NDArray[np.float32]] = []
        self._last_looks: deque[NDArray[np.float32]] = deque(maxlen=_LOOKS)
        self.unseen_s = 0.0
        self.hits = 0
        self._last_t = moment.t
        self._motions: dict[Kind, BoxMotion] = {}
        self._last: dict[Kind, Detection] = {}
        self._kind_unseen_s: dict[Kind, float] = {}
        self.see(moment, detection)

    @property
    def resting(self) -> bool:
        """Whether the boxes of the last second hardly moved.

        Whoever walks and is no longer found has gone on, whatever moves where the box was.
        """
        now = self.observations[-1]
        before = [o for o in self.observations[-_REST_HISTORY:] if o.moment.t >= now.moment.t - 1]
        return all(
            hypot(*(a - b for a, b in zip(old.box.centre, new.box.centre, strict=True)))
            <= _RESTING[new.kind] * new.box.h
            for o in before
            for old, new in ((o.body, now.body), (o.face, now.face))
            if old is not None and new is not None
        )

    def predict(self, t: float) -> None:
        """Predict the state at ``t`` seconds; the track ages until it is detected again."""
        dt, self._last_t = t - self._last_t, t
        self.unseen_s += dt
        for kind, motion in self._motions.items():
            motion.predict(t)
            self._kind_unseen_s[kind] += dt

    def see(self, moment: Moment, detection: PersonDetection) -> None:
        """Update with a detection at the moment of the last ``predict``."""
        for found in (detection.body, detection.face):
            if found is not None:
                self._see_kind(moment, found)
        self._update_appearance(detection.appearance)
        self.unseen_s = 0.0
        self.hits += 1
        self._note(moment, detection.face, detection.body, "detected")

    def hold(self, moment: Moment) -> None:
        """Repeat the last observation: nothing moved here."""
        self._last_t = moment.t
        for kind, motion in self._motions.items():
            if self.unseen_s == 0.0 and self._kind_unseen_s[kind] == 0.0:
                motion.reset(self._last[kind].box, moment.t)
            else:
                # Nothing moved, so a hidden person is still at the predicted position.
                motion.reset(motion.box, moment.t)
        if self.unseen_s == 0.0:
            last = self.observations[-1]
            self._note(moment, last.face, last.body, "held")

    def undo_aging(self, moment: Moment, dt: float) -> None:
        """Undo the aging of the last ``predict`` by ``dt`` seconds, and hold instead."""
        self.unseen_s = max(self.unseen_s - dt, 0.0)
        if self.unseen_s < 1e-9:
            self.unseen_s = 0.0
        for kind in self._kind_unseen_s:
            spared = max(self._kind_unseen_s[kind] - dt, 0.0)
            self._kind_unseen_s[kind] = 0.0 if spared < 1e-9 else spared
        self.hold(moment)

    @property
    def looks(self) -> Looks:
        """The mean appearance of the first and of the last detections."""
        return Looks(_mean(self._first_looks), _mean(self._last_looks))

    def box(self, kind: Kind) -> Box | None:
        """Return the estimated box of ``kind``, None if it is not known."""
        motion = self._motions.get(kind)
        return None if motion is None else motion.box

    def spread(self, kind: Kind) -> tuple[float, float]:
        """Return the standard deviation in px, across and down, of the next detection."""
        return self._motions[kind].spread

    def forget_stale(self, limit_s: float) -> None:
        """Drop a kind of box that was not seen for ``limit_s`` while the other kind was."""
        fresh = min(self._kind_unseen_s.values())
        for kind, unseen_s in list(self._kind_unseen_s.items()):
            if unseen_s > limit_s and fresh < unseen_s:
                del self._motions[kind], self._last[kind], self._kind_unseen_s[kind]

    def _see_kind(self, moment: Moment, found: Detection) -> None:
        motion = self._motions.get(found.kind)
        if motion is None:
            other = next(iter(self._motions.values()), None)
            speed = None if other is None else other.speed
            self._motions[found.kind] = BoxMotion(found.box, found.kind, moment.t, speed)
        else:
            motion.update(found.box)
        self._last[found.kind] = found
        self._kind_unseen_s[found.kind] = 0.0

    def _update_appearance(self, appearance: NDArray[np.float32] | None) -> None:
        if appearance is None:
            return
        if len(self._first_looks) < _LOOKS:
            self._first_looks.append(appearance)
        self._last_looks.append(appearance)
        if self.appearance is None:
            self.appearance = appearance
            return
        mixed = (1 - _APPEARANCE_WEIGHT) * self.appearance + _APPEARANCE_WEIGHT * appearance
        self.appearance = (mixed / max(float(np.linalg.norm(mixed)), 1e-9)).astype(np.float32)

    def _note(
        self, moment: Moment, face: Detection | None, body: Detection | None, seen: Seen
    ) -> None:
        self.observations.append(Observation(moment, face, body, seen))


def _mean(looks: Sequence[NDArray[np.float32]]) -> NDArray[np.float32] | None:
    """Return the mean of unit vectors as a unit vector, None of none."""
    if not looks:
        return None
    total: NDArray[np.float64] = np.sum(np.stack(looks), axis=0, dtype=np.float64)
    return np.asarray(total / max(float(np.linalg.norm(total)), 1e-9), np.float32)
