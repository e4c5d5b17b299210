"""Action model: a temporal network of one person, and a logistic regression for fights.

Both run as plain numpy on arrays of one .npz file: the networks are so small that calling an
inference runtime (0.5 ms) would take longer than they do.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.person_features import MEASURES, STEPS
from analyzer.models import shipped
from analyzer.models.weights import ModelRecord
from analyzer.types import ACTIONS

FORMAT = 1
"""Version of model.json that this code reads."""

PERSON_ACTIONS = ("standing", "walking", "running", "sitting", "lying", "falling")
"""Classes of the network of one person; fighting is detected in the scene."""

Floats = NDArray[np.float32]
Arrays = Mapping[str, Floats]

_LOG_SCALE = 0.3
_FARTHEST = 4.0


class ActionModel:
    """Weights of models/action, loaded once per process."""

    def __init__(self, arrays: Arrays, about: dict[str, Any]) -> None:
        """Keep the arrays, named as ``lab.action.train`` writes them; ``about`` is model.json."""
        self.about = about
        self._arrays = arrays
        self._names: tuple[str, ...] = tuple(about["scene_features"])
        self._of_pairs: tuple[str, ...] = tuple(about.get("pair_features", ()))

    @classmethod
    def load(cls, folder: Path) -> ActionModel:
        """Load a model folder; raises ModelError when a file is missing or of the wrong hash."""
        about = shipped.read_about(folder, FORMAT, PERSON_ACTIONS)
        data = shipped.read_file(folder, about, "weights")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return cls({name: file[name] for name in file.files}, about)

    @property
    def name(self) -> str:
        """Name of the model with the first digits of its weights' hash."""
        return shipped.name_of(self.about, "weights")

    @property
    def sequence_shape(self) -> tuple[int, int]:
        """Steps and columns of the input of ``person``."""
        return STEPS, len(MEASURES)

    def person(self, sequences: Floats) -> Floats:
        """Return float32 (N, 8) in the order of ACTIONS for sequences (N, STEPS, columns).

        Classes that the network does not have (fighting, unknown) are 0.
        """
        if sequences.shape[1:] != self.sequence_shape:
            raise ValueError(f"expected (N, *{self.sequence_shape}), got {sequences.shape}")
        x = (sequences - self._arrays["person_mean"]) / self._arrays["person_scale"]
        votes = [
            network(x, [self._arrays[f"person{member}_{i}"] for i in range(6)])
            for member in range(int(self.about["members"]))
        ]
        logits = np.mean(votes, axis=0)
        raised = np.exp(logits - logits.max(1, keepdims=True))
        result = np.zeros((len(sequences), len(ACTIONS)), np.float32)
        columns = [ACTIONS.index(action) for action in PERSON_ACTIONS]
        result[:, columns] = raised / raised.sum(1, keepdims=True)
        return result

    def scene(self, features: Mapping[str, float]) -> float:
        """Return the probability of a fight for the quantities of ``scene.scene_features``.

        Raises ValueError if a quantity is missing that the model was trained on.
        """
        missing = [name for name in self._names if name not in features]
        if missing:
            raise ValueError(f"expected the quantity {missing[0]} among the features")
        weighed = signed_log(np.array([features[name] for name in self._names]))
        x = (weighed - self._arrays["scene_mean"]) / self._arrays["scene_scale"]
        return _probability(x @ self._arrays["scene_weights"] + self._arrays["scene_bias"][0])

    @property
    def tells_pairs(self) -> bool:
        """Whether the model tells fights between two people."""
        return bool(self._of_pairs)

    def pair(self, features: Mapping[str, float]) -> float:
        """Return the probability of a fight for the quantities of ``pairs.measured_pairs``.

        A quantity that is missing, as what two do to each other is of one, counts as usual.
        """
        values = np.array([features.get(name, np.nan) for name in self._of_pairs])
        x = standardised(values, self._arrays["pair_mean"], self._arrays["pair_scale"])
        return _probability(x @ self._arrays["pair_weights"] + self._arrays["pair_bias"][0])


def _probability(logit: np.floating) -> float:
    return float(1 / (1 + np.exp(-max(min(float(logit), 50.0), -50.0))))


def standardised(
    values: NDArray[np.floating], mean: NDArray[np.floating], scale: NDArray[np.floating]
) -> NDArray[np.floating]:
    """Return values (…, F) in standard deviations from the mean, at most four; NaN as 0."""
    return np.asarray(np.nan_to_num(np.clip((values - mean) / scale, -_FARTHEST, _FARTHEST)))


def signed_log(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return values on a signed log scale, so that strong fights do not dominate."""
    return np.asarray(np.sign(values) * np.log1p(np.abs(values) * _LOG_SCALE))


def network(x: Floats, weights: list[Floats]) -> Floats:
    """Return the logits (N, 6) of the temporal network for standardised sequences (N, T, D).

    ``weights`` are in the order of Keras: two convolutions of width 3 over time with their biases,
    then a dense layer over the mean and the maximum over time.
    """
    for kernel, bias in ((weights[0], weights[1]), (weights[2], weights[3])):
        padded = np.pad(x, ((0, 0), (1, 1), (0, 0)))
        steps = x.shape[1]
        x = sum(padded[:, i : i + steps] @ kernel[i] for i in range(3)) + bias
        x = np.maximum(x, 0)
    pooled = np.concatenate([x.mean(axis=1), x.max(axis=1)], axis=1)
    return np.asarray(pooled @ weights[4] + weights[5])


def model_record(folder: Path) -> ModelRecord:
    """Return what a run records about the model in ``folder``."""
    return shipped.model_record(
        "actions", shipped.read_about(folder, FORMAT, PERSON_ACTIONS), "weights"
    )
