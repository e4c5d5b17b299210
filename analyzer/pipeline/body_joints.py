"""Joints of the people followed in one segment, asked for a few times a second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from analyzer.actions.abstention import MIN_SIZE_PX
from analyzer.joints.network import JointNetwork, Joints
from analyzer.types import Box, Frame

EVERY_S: Final = 0.4
"""Seconds between two looks at one person: five a window, for postures last longer."""

_SLACK_S: Final = 0.05
"""By how much a picture may be early, so that every second one of five a second is taken."""


@dataclass(slots=True)
class BodyJoints:
    """The joints of every tracklet by pts; nothing where ``network`` is None."""

    network: JointNetwork | None
    _known: dict[int, dict[int, Joints]] = field(default_factory=lambda: defaultdict(dict))
    _last: dict[int, float] = field(default_factory=dict)

    def consider(self, number: int, frame: Frame, body: Box) -> None:
        """Look at tracklet ``number`` if it is due and no smaller than what actions are told of."""
        due = self._last.get(number, -EVERY_S) + EVERY_S - _SLACK_S
        if self.network is None or frame.moment.t < due or max(body.w, body.h) < MIN_SIZE_PX:
            return
        self._last[number] = frame.moment.t
        self._known[number][frame.moment.pts] = self.network.find(frame.bgr, [body])[0]

    def of(self, number: int) -> Mapping[int, Joints]:
        """Return the joints of one tracklet, by pts."""
        return self._known[number]
