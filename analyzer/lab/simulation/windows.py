"""Windows of simulated people, each with the action that it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.abstention import abstention_reason
from analyzer.actions.model import PERSON_ACTIONS
from analyzer.actions.person_features import sequence
from analyzer.actions.windows import windows_of
from analyzer.config import ActionSettings
from analyzer.lab.simulation.people import simulate

_LEAST_FALL = 3
"""Least number of samples of falling in a window of a fall; with fewer it is left out."""

_MOSTLY = 0.6


def simulated_windows(
    people: int, seed: int, settings: ActionSettings
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return sequences (N, STEPS, M) and actions (N,) of ``people`` simulated tracklets."""
    rows, actions = [], []
    for one in simulate(people, seed):
        told = {o.moment.pts: label for o, label in zip(one.observations, one.labels, strict=True)}
        flows = {o.moment.pts: f for o, f in zip(one.observations, one.flow, strict=True)}
        joints = {
            o.moment.pts: answer
            for o, answer in zip(one.observations, one.joints, strict=True)
            if answer is not None
        }
        for begins, inside in windows_of(one.observations, settings.window_s, settings.step_s):
            action = shown([told[o.moment.pts] for o in inside])
            if (
                action is None
                or abstention_reason(inside, settings.window_s, one.picture, joints) is not None
            ):
                continue
            rows.append(sequence(inside, begins, settings.window_s, one.picture, flows, joints))
            actions.append(PERSON_ACTIONS.index(action))
    return np.stack(rows), np.array(actions)


def shown(labels: Sequence[str]) -> str | None:
    """Return the action of a window of sampled labels, or None if it is ambiguous."""
    falling = sum(label == "falling" for label in labels)
    if falling:
        return "falling" if falling >= _LEAST_FALL else None
    label, count = Counter(labels).most_common(1)[0]
    return label if label in PERSON_ACTIONS and count >= _MOSTLY * len(labels) else None
