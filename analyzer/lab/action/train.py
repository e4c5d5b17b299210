"""Training of the action model: the temporal network of one person and the fight regression."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyzer.actions.model import FORMAT, PERSON_ACTIONS, signed_log
from analyzer.lab.action.networks import temporal
from analyzer.lab.action.samples import Samples
from analyzer.lab.model_folder import file_record, write_about

MEMBERS = 3
EPOCHS = 6
SEED = 3
SIMULATED = 2500
"""Number of simulated people, about ten seconds each."""

PENALTY = 20.0
"""L2 penalty of the regression: about 570 quantities, 300 clips."""

WEIGHTS_FILE = "weights.npz"

Arrays = dict[str, NDArray[np.float32]]
Simulated = tuple[NDArray[np.float32], NDArray[np.int64]]
Log = Callable[[str], None]


def fit(samples: Samples, simulated: Simulated, log: Log, seed: int = 1) -> Arrays:
    """Return all arrays of a model, as ``actions.model`` reads them."""
    return fit_person(simulated, log, seed) | calibrated_scene(samples)


def fit_person(simulated: Simulated, log: Log, seed: int = 1) -> Arrays:
    """Return the ensemble of temporal networks, trained on simulated windows only.

    Adding real windows, at 0.3 of the weight, was no better on held-out cameras (72.5 % of windows
    against 74.4 %): they come from few rooms and people.
    """
    x, y = simulated
    flat = x.reshape(-1, x.shape[2])
    arrays = {
        "person_mean": flat.mean(0).astype(np.float32),
        "person_scale": np.maximum(flat.std(0), 0.05).astype(np.float32),
    }
    x = (x - arrays["person_mean"]) / arrays["person_scale"]
    weights = balance(y)
    for member in range(MEMBERS):
        keras.utils.set_random_seed(seed + member)
        network = temporal()
        network.compile(
            keras.optimizers.AdamW(3e-3, weight_decay=0.01),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        history = network.fit(x, y, batch_size=256, epochs=EPOCHS, sample_weight=weights, verbose=0)
        log(f"network {member + 1}: loss {history.history['loss'][-1]:.3f}")
        for index, values in enumerate(network.get_weights()):
            arrays[f"person{member}_{index}"] = values.astype(np.float32)
    return arrays


def balance(actions: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return weights of mean 1: each action counts by the square root of its frequency."""
    _, which, counts = np.unique(actions, return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(counts[which])
    return (weights / weights.mean()).astype(np.float32)


def calibrated_scene(samples: Samples) -> Arrays:
    """Return the fight regression with calibrated probabilities.

    Its margin is scaled and shifted (Platt 1999), fitted on margins of held-out scenes.
    """
    weights = samples.scene_weights
    margins = np.zeros(len(samples.fights))
    for held in folds(samples.scene_groups, 8):
        part = fit_scene(samples.scene[~held], samples.fights[~held], weights[~held])
        margins[held] = margin(samples.scene[held], part)
    sign = 2.0 * samples.fights - 1

    def loss(values: NDArray[np.float64]) -> float:
        return float((weights * np.logaddexp(0, -sign * (values[0] * margins + values[1]))).sum())

    scale, shift = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead").x
    arrays = fit_scene(samples.scene, samples.fights, weights)
    arrays["scene_weights"] = (arrays["scene_weights"] * scale).astype(np.float32)
    arrays["scene_bias"] = (arrays["scene_bias"] * scale + shift).astype(np.float32)
    return arrays


def margin(features: NDArray[np.float64], arrays: Arrays) -> NDArray[np.float64]:
    """Return the log odds of a fight (N,) for quantities (N, F)."""
    x = (signed_log(features) - arrays["scene_mean"]) / arrays["scene_scale"]
    return np.asarray(x @ arrays["scene_weights"] + arrays["scene_bias"][0])


def fit_scene(
    features: NDArray[np.float64], fights: NDArray[np.int64], weights: NDArray[np.float64]
) -> Arrays:
    """Return an L2-penalised logistic regression on standardised, signed-log quantities."""
    x = signed_log(features)
    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-6)
    x, sign = (x - mean) / scale, 2.0 * fights - 1

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = sign * (x @ w[:-1] + w[-1])
        pull = -weights * sign / (1 + np.exp(margins))
        value = (weights * np.logaddexp(0, -margins)).sum() + PENALTY / 2 * (w[:-1] @ w[:-1])
        return float(value), np.append(x.T @ pull + PENALTY * w[:-1], pull.sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B")
    values = {"mean": mean, "scale": scale, "weights": found.x[:-1], "bias": found.x[-1:]}
    return {f"scene_{name}": value.astype(np.float32) for name, value in values.items()}


def write(
    folder: Path, name: str, arrays: Arrays, samples: Samples, figures: dict[str, Any]
) -> dict[str, Any]:
    """Write the model folder and return its model.json, which holds ``figures``."""
    folder.mkdir(parents=True, exist_ok=True)
    memory = io.BytesIO()
    named: dict[str, Any] = dict(sorted(arrays.items()))
    np.savez(memory, **named)
    data = memory.getvalue()
    about = {
        "format": FORMAT,
        "name": name,
        "classes": list(PERSON_ACTIONS),
        "members": sum(key.endswith("_0") and key.startswith("person") for key in arrays),
        "scene_features": samples.scene_names.tolist(),
        "files": {"weights": file_record(WEIGHTS_FILE, data)},
        "training": {"simulated_people": SIMULATED, "scene_windows": len(samples.fights)},
        "held_back": figures,
    }
    (folder / WEIGHTS_FILE).write_bytes(data)
    write_about(folder, about)
    return about


def folds(groups: NDArray[np.str_], count: int, seed: int = 0) -> list[NDArray[np.bool_]]:
    """Return for each fold which rows are held out; a group is held out as a whole."""
    names = np.unique(groups)
    order = np.random.default_rng(seed).permutation(len(names))
    parts: Sequence[NDArray[np.str_]] = np.array_split(names[order], min(count, len(names)))
    return [np.isin(groups, part) for part in parts]
