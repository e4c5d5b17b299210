"""Cross-validation of the action networks over groups (cameras, scenes)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from analyzer.actions.model import PERSON_ACTIONS, ActionModel
from analyzer.lab import metrics
from analyzer.lab.action.pair_training import platt
from analyzer.lab.action.samples import Samples
from analyzer.lab.action.train import (
    FOLDS,
    MEMBERS,
    Log,
    Simulated,
    bags_of,
    fit_person,
    fit_scene,
    folds,
    held_back_margins,
    held_back_pairs,
    margin,
)


def cross_validate(samples: Samples, simulated: Simulated, log: Log) -> dict[str, Any]:
    """Return the metrics of all parts with 95 % intervals, all on held-out groups."""
    return {
        "fighting": fights(samples),
        "pairs": pairs(samples),
        "people": people(samples, simulated, log),
    }


def fights(samples: Samples, rounds: int = 3) -> dict[str, Any]:
    """Return accuracy and area under the curve per labelled clip over ``rounds`` splits by scene.

    ``others`` is the false-positive rate on windows of held-out clips that are not labelled for
    fights, and of shaken copies.
    """
    predicted = np.zeros(len(samples.fights))
    weights = samples.scene_weights
    for seed in range(rounds):
        for held in folds(samples.scene_groups, FOLDS, seed):
            arrays = fit_scene(samples.scene[~held], samples.fights[~held], weights[~held])
            predicted[held] += expit(margin(samples.scene[held], arrays)) / rounds
    return _of_clips(samples, predicted)


def pairs(samples: Samples, rounds: int = 3) -> dict[str, Any]:
    """Return ``fights`` by the likeliest people of a window, by the scene where nobody is seen."""
    predicted = np.zeros(len(samples.fights))
    for seed in range(rounds):
        bags = bags_of(samples, held_back_margins(samples, seed))
        margins = held_back_pairs(bags, seed)
        told = np.isfinite(margins)
        scale, shift = platt(margins[told], bags.fights[told], bags.weights[told])
        by_scene, of_people = expit(bags.scene), expit(scale * margins + shift)
        predicted += np.where(told, (of_people + by_scene) / 2, by_scene) / rounds
    return _of_clips(samples, predicted)


def _of_clips(samples: Samples, predicted: NDArray[np.float64]) -> dict[str, Any]:
    labelled = samples.scene_labelled
    clips, which = np.unique(samples.scene_clips[labelled], return_inverse=True)
    truth = np.array([samples.fights[labelled][which == i][0] for i in range(len(clips))])
    scores = np.bincount(which, predicted[labelled]) / np.bincount(which)
    others = predicted[~labelled & (samples.fights == 0)] > 0.5
    return metrics.binary(scores, truth) | {"others": float(others.mean()) if len(others) else None}


def people(samples: Samples, simulated: Simulated, log: Log) -> dict[str, Any]:
    """Return the accuracy on real windows of networks trained on simulated ones, per camera."""
    model = ActionModel(fit_person(simulated, log), {"scene_features": [], "members": MEMBERS})
    predicted = model.person(samples.sequences)[:, : len(PERSON_ACTIONS)].argmax(1)
    right = predicted == samples.actions
    return metrics.share(right) | {
        "per_camera": {
            str(camera): {
                "n": int((samples.cameras == camera).sum()),
                "accuracy": float(right[samples.cameras == camera].mean()),
            }
            for camera in np.unique(samples.cameras)
        }
    }
