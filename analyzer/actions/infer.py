"""Action probabilities per window of a track."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.features import measure
from analyzer.actions.flow import Pair
from analyzer.actions.model import ActionModel
from analyzer.actions.person_features import sequence
from analyzer.config import ActionSettings
from analyzer.tracking.merge import WINDOW_T
from analyzer.types import ACTIONS, ActionWindow, Observation

_MIN_COVERED = 0.45
"""Share of a window between its first and last observation: less than a second of two shows no
gait."""

_MIN_SEEN = 3


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """What a person's windows are judged by besides the boxes.

    ``picture`` is the displayed width and height; ``flows`` the flow that ends at a pts;
    ``postures`` the person's own by pts, as ``describe_posture`` gives them.
    """

    picture: tuple[float, float]
    flows: Mapping[int, Pair]
    postures: Mapping[int, NDArray[np.float32]]


def person_windows(
    observations: Sequence[Observation],
    around: Surroundings,
    model: ActionModel,
    settings: ActionSettings,
) -> tuple[ActionWindow, ...]:
    """Return the windows of one tracklet (observations ordered in time), by time.

    Windows in which somebody was seen for less than a second, or fewer than three times, are
    *unknown*. ``features`` are the quantities of ``measure``.
    """
    cut = list(windows_of(observations, settings.window_s, settings.step_s))
    if not cut:
        return ()
    postures = {pts: model.posture(described) for pts, described in around.postures.items()}
    told = model.person(
        np.stack(
            [
                sequence(inside, begins, settings.window_s, around.picture, around.flows, postures)
                for begins, inside in cut
            ]
        )
    )
    return tuple(
        ActionWindow(
            inside[0].moment,
            inside[-1].moment,
            probabilities if _enough(inside, settings.window_s) else _unknown(),
            measure(inside, around.picture) | {WINDOW_T: begins},
        )
        for (begins, inside), probabilities in zip(cut, told, strict=True)
    )


def _enough(inside: Sequence[Observation], window_s: float) -> bool:
    covered = inside[-1].moment.t - inside[0].moment.t
    return len(inside) >= _MIN_SEEN and covered >= _MIN_COVERED * window_s


def _unknown() -> NDArray[np.float32]:
    probabilities = np.zeros(len(ACTIONS), dtype=np.float32)
    probabilities[ACTIONS.index("unknown")] = 1
    return probabilities


def windows_of(
    observations: Sequence[Observation], window_s: float, step_s: float
) -> Iterator[tuple[float, list[Observation]]]:
    """Yield the beginning in seconds and the observations of every window of a track.

    Windows begin at multiples of ``step_s`` from 0, so that they do not depend on where a track or
    a segment begins. A window counts where its middle lies in the track, or within half a step of
    it, and something was seen in it; one that holds the same observations as the one before (in a
    very short track) says nothing new and is left out.
    """
    if not observations:
        return
    first, last = observations[0].moment.t, observations[-1].moment.t
    k = math.ceil((first - step_s / 2 - window_s / 2) / step_s - 1e-9)
    at = np.array([o.moment.t for o in observations])
    former = (0, 0)
    while (begins := k * step_s) + window_s / 2 <= last + step_s / 2 + 1e-9:
        k += 1
        # A frame exactly at the end of a window belongs to the next; times carry rounding errors.
        a, b = np.searchsorted(at, (begins - 1e-6, begins + window_s - 1e-6))
        if b > a and (a, b) != former:
            former = (a, b)
            yield begins, list(observations[a:b])
