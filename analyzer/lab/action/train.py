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
from analyzer.lab.action.pair_training import Bags, fit_bags, margins_of, platt
from analyzer.lab.action.samples import Samples
from analyzer.lab.model_folder import file_record, write_about

MEMBERS = 3
EPOCHS = 12
SEED = 3
SIMULATED = 8000
"""Number of simulated people, about ten seconds each."""

PENALTY = 20.0
"""L2 penalty of the regression: about 570 quantities, 300 clips."""

FOLDS = 8
"""Parts into which the scenes are split for what is held back."""

WEIGHTS_FILE = "weights.npz"

Arrays = dict[str, NDArray[np.float32]]
Simulated = tuple[NDArray[np.float32], NDArray[np.int64]]
Log = Callable[[str], None]


def fit(samples: Samples, simulated: Simulated, log: Log, seed: int = 1) -> Arrays:
    """Return all arrays of a model, as ``actions.model`` reads them."""
    return fit_person(simulated, log, seed) | calibrated_scene(samples) | calibrated_pairs(samples)


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
    scale, shift = platt(held_back_margins(samples), samples.fights, weights)
    return calibrated(fit_scene(samples.scene, samples.fights, weights), "scene", scale, shift)


def held_back_margins(samples: Samples, seed: int = 0) -> NDArray[np.float64]:
    """Return the margins (K,) of the scene's windows, each of a model without its scene."""
    margins = np.zeros(len(samples.fights))
    for held in folds(samples.scene_groups, FOLDS, seed):
        part = fit_scene(samples.scene[~held], samples.fights[~held], samples.scene_weights[~held])
        margins[held] = margin(samples.scene[held], part)
    return margins


def calibrated(arrays: Arrays, part: str, scale: float, shift: float) -> Arrays:
    """Return the regression of ``part`` with its log odds scaled and shifted."""
    weights, bias = arrays[f"{part}_weights"] * scale, arrays[f"{part}_bias"] * scale + shift
    changed = {f"{part}_weights": weights, f"{part}_bias": bias}
    return arrays | {name: value.astype(np.float32) for name, value in changed.items()}


def bags_of(samples: Samples, margins: NDArray[np.float64]) -> Bags:
    """Return the groups of people of all windows; ``margins`` of ``held_back_margins``."""
    scale, shift = platt(margins, samples.fights, samples.scene_weights)
    return Bags(
        samples.groups,
        tuple(samples.group_names.tolist()),
        samples.group_windows,
        samples.fights,
        samples.scene_weights,
        samples.scene_groups,
        scale * margins + shift,
    )


def calibrated_pairs(samples: Samples) -> Arrays:
    """Return the regression of people near each other, its odds scaled on held-out scenes."""
    bags = bags_of(samples, held_back_margins(samples))
    margins = held_back_pairs(bags)
    told = np.isfinite(margins)
    scale, shift = platt(margins[told], bags.fights[told], bags.weights[told])
    return calibrated(fit_bags(bags, np.ones(len(told), bool)), "pair", scale, shift)


def held_back_pairs(bags: Bags, seed: int = 0) -> NDArray[np.float64]:
    """Return the log odds (K,) of windows, each of a model without its scene; NaN of nobody."""
    margins = np.full(len(bags.fights), np.nan)
    for held in folds(bags.places, FOLDS, seed):
        margins[held] = margins_of(bags, fit_bags(bags, ~held))[held]
    return margins


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
        "pair_features": samples.group_names.tolist(),
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
