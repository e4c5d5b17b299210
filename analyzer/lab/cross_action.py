"""Figures of the action networks on groups (cameras, scenes) that they did not learn from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.model import PERSON_ACTIONS, ActionModel
from analyzer.lab import metrics
from analyzer.lab.action_samples import Samples
from analyzer.lab.train_action import (
    Log,
    Simulated,
    fit_person,
    fit_scene,
    folds,
    margin,
    scene_weights,
)

FOLDS = 8


def cross_validate(samples: Samples, simulated: Simulated, log: Log) -> dict[str, Any]:
    """Return the figures of both parts with 95 % intervals, all of them on held-back groups."""
    return {"fighting": fights(samples), "people": people(samples, simulated, log)}


def fights(samples: Samples, rounds: int = 3) -> dict[str, Any]:
    """Accuracy and area under the curve per labelled clip over ``rounds`` splits by scene.

    ``others`` is the share of windows of the clips that are not labelled for fights in which one
    was told, each clip held back.
    """
    told = np.zeros(len(samples.fights))
    weights = scene_weights(samples)
    for seed in range(rounds):
        for held in folds(samples.scene_groups, FOLDS, seed):
            arrays = fit_scene(samples.scene[~held], samples.fights[~held], weights[~held])
            told[held] += 1 / (1 + np.exp(-margin(samples.scene[held], arrays))) / rounds
    labelled = samples.scene_labelled
    clips, which = np.unique(samples.scene_clips[labelled], return_inverse=True)
    truth = np.array([samples.fights[labelled][which == i][0] for i in range(len(clips))])
    scores = np.bincount(which, told[labelled]) / np.bincount(which)
    others = told[~labelled] > 0.5
    return metrics.binary(scores, truth) | {"others": float(others.mean()) if len(others) else None}


def people(samples: Samples, simulated: Simulated, log: Log) -> dict[str, Any]:
    """Share of taught windows told right when their camera was held back, per camera.

    ``simulated_only`` is the share of a network that saw no real window at all.
    """
    told = np.zeros(len(samples.actions), np.int64)
    for camera in np.unique(samples.cameras):
        held = samples.cameras == camera
        log(f"held back: {camera}")
        told[held] = _answers(samples, ~held, held, simulated)
    nothing = np.zeros(len(told), bool)
    unseen = _answers(samples, nothing, ~nothing, simulated) == samples.actions
    right = told == samples.actions
    return {
        "n": len(right),
        "accuracy": float(right.mean()),
        "ci95": metrics.bootstrap(lambda i: float(right[i].mean()), len(right)),
        "simulated_only": float(unseen.mean()),
        "per_camera": {
            str(camera): {
                "n": int((samples.cameras == camera).sum()),
                "accuracy": float(right[samples.cameras == camera].mean()),
            }
            for camera in np.unique(samples.cameras)
        },
    }


def _answers(
    samples: Samples, taught: NDArray[np.bool_], asked: NDArray[np.bool_], simulated: Simulated
) -> NDArray[np.int64]:
    """Return the most probable action of the rows ``asked``, as indices into PERSON_ACTIONS."""
    arrays = fit_person(
        samples.sequences[taught], samples.actions[taught], samples.groups[taught], simulated,
        lambda _: None, members=1,
    )  # fmt: skip
    model = ActionModel(arrays, {"scene_features": [], "members": 1})
    told = model.person(samples.sequences[asked])
    return np.asarray(told[:, : len(PERSON_ACTIONS)].argmax(1))
