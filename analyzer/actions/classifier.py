"""Action classifier: probabilities per window of a track."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.abstention import abstention_reason
from analyzer.actions.features import measure
from analyzer.actions.model import ActionModel
from analyzer.actions.person_features import sequence
from analyzer.actions.windows import windows_of
from analyzer.config import ActionSettings
from analyzer.joints.network import Joints
from analyzer.types import ACTIONS, ActionWindow, Observation

RUNS_FROM = 1.0
"""Body heights per second below which nobody runs: slow runners make 1.3, and boxes are inexact."""

_WALKING, _RUNNING = ACTIONS.index("walking"), ACTIONS.index("running")


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Inputs for the windows of one person besides the boxes.

    ``picture`` is the displayed width and height; ``flows`` what ``flow_inside`` measured of this
    person, by pts; ``joints`` those of this person, by pts.
    """

    picture: tuple[float, float]
    flows: Mapping[int, NDArray[np.float32]]
    joints: Mapping[int, Joints]


def person_windows(
    observations: Sequence[Observation],
    around: Surroundings,
    model: ActionModel,
    settings: ActionSettings,
) -> tuple[ActionWindow, ...]:
    """Return the windows of one tracklet (observations ordered in time), by time.

    Windows without an answer are *unknown* with a reason, see ``abstention``. ``features`` are the
    quantities of ``measure``.
    """
    cut = list(windows_of(observations, settings.window_s, settings.step_s))
    if not cut:
        return ()
    predicted = model.person(
        np.stack(
            [
                sequence(
                    inside, begins, settings.window_s, around.picture, around.flows, around.joints
                )
                for begins, inside in cut
            ]
        )
    )
    result = []
    for (begins, inside), probabilities in zip(cut, predicted, strict=True):
        reason = abstention_reason(inside, settings.window_s, around.picture, around.joints)
        features = measure(inside, around.picture)
        result.append(
            ActionWindow(
                inside[0].moment,
                inside[-1].moment,
                not_faster(probabilities, features) if reason is None else unknown(),
                features,
                begins,
                len(inside),
                reason,
            )
        )
    return tuple(result)


def not_faster(
    probabilities: NDArray[np.float32], features: Mapping[str, float]
) -> NDArray[np.float32]:
    """Return the probabilities (8,) of a window, running as walking where its speed is no run's.

    ``features`` are the quantities of ``measure``. Limbs of far walkers look like those of runners.
    """
    speed = math.hypot(features.get("speed", math.inf), features.get("depth_speed", 0.0))
    if speed >= RUNS_FROM:
        return probabilities
    result = probabilities.copy()
    result[_WALKING] += result[_RUNNING]
    result[_RUNNING] = 0
    return result


def unknown() -> NDArray[np.float32]:
    """Return float32 (8,) with all probability on *unknown*."""
    probabilities = np.zeros(len(ACTIONS), dtype=np.float32)
    probabilities[ACTIONS.index("unknown")] = 1
    return probabilities
