"""Figures of the action networks on groups (subjects, scenes) that they did not learn from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.model import PERSON_ACTIONS, ActionModel
from analyzer.lab import metrics
from analyzer.lab.action_samples import Samples
from analyzer.lab.train_action import Log, fit_person, fit_scene, folds, sequences

FOLDS = 8


def cross_validate(samples: Samples, log: Log) -> dict[str, Any]:
    """Return the figures of both parts with 95 % intervals, all of them on held-back groups."""
    return {"fighting": fights(samples), "people": people(samples, log)}


def fights(samples: Samples, rounds: int = 3) -> dict[str, Any]:
    """Accuracy and area under the curve per clip over ``rounds`` splits by scene."""
    clips, which = np.unique(samples.scene_clips, return_inverse=True)
    truth = np.array([samples.fights[which == i][0] for i in range(len(clips))])
    scores = np.zeros(len(clips))
    for seed in range(rounds):
        told = np.zeros(len(samples.fights))
        for held in folds(samples.scene_groups, FOLDS, seed):
            arrays = fit_scene(samples.scene[~held], samples.fights[~held])
            model = ActionModel(arrays, {"scene_features": samples.scene_names.tolist()})
            told[held] = [
                model.scene(dict(zip(samples.scene_names.tolist(), row, strict=True)))
                for row in samples.scene[held]
            ]
        scores += np.bincount(which, told) / np.bincount(which) / rounds
    return metrics.binary(scores, truth)


def people(samples: Samples, log: Log) -> dict[str, Any]:
    """Share of tracked windows told right when a whole group was held back, per source."""
    told = np.zeros(len(samples.actions), np.int64)
    for held in folds(samples.groups, FOLDS):
        log(f"held back: {', '.join(np.unique(samples.groups[held]))}")
        arrays = fit_person(_rows(samples, ~held), lambda _: None, members=1)
        model = ActionModel(arrays, {"scene_features": [], "members": 1})
        told[held] = answers(model, _rows(samples, held), arrays)
    right = told == samples.actions
    return {
        "n": len(right),
        "accuracy": float(right.mean()),
        "ci95": metrics.bootstrap(lambda i: float(right[i].mean()), len(right)),
        "per_source": {
            str(source): {
                "n": int((samples.sources == source).sum()),
                "accuracy": float(right[samples.sources == source].mean()),
            }
            for source in np.unique(samples.sources)
        },
    }


def answers(
    model: ActionModel, samples: Samples, arrays: dict[str, NDArray[np.float32]]
) -> NDArray[np.int64]:
    """Return the most probable action of each row, as an index into PERSON_ACTIONS."""
    return model.person(sequences(samples, arrays))[:, : len(PERSON_ACTIONS)].argmax(1)


def _rows(samples: Samples, which: NDArray[np.bool_]) -> Samples:
    names = ("measures", "postures", "actions", "sources", "groups")
    return replace(samples, **{name: getattr(samples, name)[which] for name in names})
