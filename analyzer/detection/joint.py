"""The joint detector: people and faces from one pass of one network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_network import JointNetwork
from analyzer.types import Box, Detection, Kind

_LYING_ASPECT = 1.1
"""A box at least this wide for its height shows a person who lies."""

_LYING, _SURE, _FAINT = 0.5, 0.6, 0.4
"""Scores of a person who lies, of any sure person, and of what may be a part of one."""

_PART = 0.7
"""Two boxes may show one person if at least this share of the smaller lies in the other."""


class JointDetector:
    """The kinds that are asked for, each from its own least score on."""

    def __init__(self, network: JointNetwork, min_score: Mapping[Kind, float]) -> None:
        """Ask ``network`` for the kinds of ``min_score``."""
        self._network = network
        self._min_score = min_score

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return people and faces on the whole of ``bgr``, uint8 (H, W, 3)."""
        found = [d for d in self._network.look(bgr) if d.score >= self._least(d.kind)]
        people = without_parts([d for d in found if d.kind == "person"])
        return people + [d for d in found if d.kind == "face"]

    def _least(self, kind: Kind) -> float:
        return self._min_score.get(kind, float("inf"))


def without_parts(people: Sequence[Detection]) -> list[Detection]:
    """Return ``people`` without parts of people that the network takes for whole ones.

    These are legs, arms and trunks of people who lie, and faint boxes around or inside a sure one.
    A sure box inside that of a person who stands is kept: it may be a person further back.
    """
    return [d for d in people if not any(_is_part(d, other) for other in people)]


def _is_part(found: Detection, other: Detection) -> bool:
    box, whole = found.box, other.box
    if box.inside(whole) < _PART:
        return False
    lies = whole.w > _LYING_ASPECT * whole.h and other.score >= _LYING
    smaller = 1.2 * box.area < whole.area
    return (lies and smaller) or (found.score < _FAINT and other.score >= _SURE)
