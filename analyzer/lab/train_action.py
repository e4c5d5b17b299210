"""Train the action model: the temporal network of one person and the fight regression."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from analyzer.actions.model import FORMAT, PERSON_ACTIONS, project, squeeze
from analyzer.actions.posture import PARTS
from analyzer.lab.action_networks import temporal
from analyzer.lab.action_samples import Samples

MEMBERS = 3
EPOCHS = 25
"""With 60 the network told a camera that it had not seen worse (60 % of windows against 63 %)."""

PENALTY = 5.0
"""Weight of the squared coefficients of the regression: 354 quantities, some 270 windows."""

WEIGHTS_FILE, ABOUT_FILE = "weights.npz", "model.json"

Arrays = dict[str, NDArray[np.float32]]
Log = Callable[[str], None]


def fit(samples: Samples, log: Log, seed: int = 1) -> Arrays:
    """Return all arrays of a model, as ``actions.model`` reads them."""
    return fit_person(samples, log, seed) | fit_scene(samples.scene, samples.fights)


def fit_person(samples: Samples, log: Log, seed: int = 1, members: int = MEMBERS) -> Arrays:
    """Return the posture axes and the ensemble of temporal networks."""
    arrays = _posture_axes(samples.postures)
    x = sequences(samples, arrays)
    flat = x.reshape(-1, x.shape[2])
    arrays["person_mean"] = flat.mean(0).astype(np.float32)
    arrays["person_scale"] = np.maximum(flat.std(0), 0.05).astype(np.float32)
    x = (x - arrays["person_mean"]) / arrays["person_scale"]
    weights = balance(samples.actions, samples.sources)
    for member in range(members):
        keras.utils.set_random_seed(seed + member)
        network = temporal()
        network.compile(
            keras.optimizers.AdamW(3e-3, weight_decay=0.02),
            keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        )
        history = network.fit(
            x, samples.actions, batch_size=64, epochs=EPOCHS, sample_weight=weights, verbose=0
        )
        log(f"network {member + 1}: loss {history.history['loss'][-1]:.3f}")
        for index, values in enumerate(network.get_weights()):
            arrays[f"person{member}_{index}"] = values.astype(np.float32)
    return arrays


def sequences(samples: Samples, arrays: Arrays) -> NDArray[np.float32]:
    """Return the sequences (N, STEPS, columns) that the network sees; unseen steps are 0."""
    count, steps, length = samples.postures.shape
    parts = project(samples.postures.reshape(-1, length), arrays).reshape(count, steps, PARTS)
    parts[~samples.postures.any(2)] = 0
    return np.concatenate([samples.measures, parts], axis=2)


def balance(actions: NDArray[np.int64], sources: NDArray[np.str_]) -> NDArray[np.float32]:
    """Return weights of mean 1 by which every pair of action and source counts by its root.

    Without them one subject who stood for a minute would outweigh all falls.
    """
    keys = np.array([f"{source}:{action}" for source, action in zip(sources, actions, strict=True)])
    _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
    weights = 1 / np.sqrt(counts[which])
    return (weights / weights.mean()).astype(np.float32)


def _posture_axes(postures: NDArray[np.float32]) -> Arrays:
    """Principal components of all postures that were seen."""
    seen = postures[postures.any(2)]
    mean = seen.mean(0)
    _, _, axes = np.linalg.svd(seen[:: max(len(seen) // 4000, 1)] - mean, full_matrices=False)
    # The sign of an axis is the solver's whim: make the largest part positive.
    signs = np.sign(axes[np.arange(PARTS), np.abs(axes[:PARTS]).argmax(1)])
    return {
        "posture_mean": mean.astype(np.float32),
        "posture_axes": (axes[:PARTS] * signs[:, None]).astype(np.float32),
    }


def fit_scene(
    features: NDArray[np.float64], fights: NDArray[np.int64], penalty: float = PENALTY
) -> Arrays:
    """Return a logistic regression with squared penalty on standardised, squeezed quantities."""
    x = squeeze(features)
    mean, scale = x.mean(0), np.maximum(x.std(0), 1e-6)
    x, sign = (x - mean) / scale, 2.0 * fights - 1

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (x @ w[:-1] + w[-1])
        pull = -sign / (1 + np.exp(margin))
        value = np.logaddexp(0, -margin).sum() + penalty / 2 * (w[:-1] @ w[:-1])
        return float(value), np.append(x.T @ pull + penalty * w[:-1], pull.sum())

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B")
    values = {"mean": mean, "scale": scale, "weights": found.x[:-1], "bias": found.x[-1:]}
    return {f"scene_{name}": value.astype(np.float32) for name, value in values.items()}


def write(
    folder: Path, name: str, arrays: Arrays, samples: Samples, figures: dict[str, Any]
) -> dict[str, Any]:
    """Write the model folder and return its model.json; ``figures`` are kept in it."""
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
        "files": {
            "weights": {
                "path": WEIGHTS_FILE,
                "sha256": hashlib.sha256(data).hexdigest(),
                "bytes": len(data),
            }
        },
        "training": {"person_windows": len(samples.actions), "scene_windows": len(samples.fights)},
        "held_back": figures,
    }
    (folder / WEIGHTS_FILE).write_bytes(data)
    (folder / ABOUT_FILE).write_text(json.dumps(about, indent=1) + "\n")
    return about


def folds(groups: NDArray[np.str_], count: int, seed: int = 0) -> list[NDArray[np.bool_]]:
    """Return for each fold which rows are held back; a group is held back as a whole."""
    names = np.unique(groups)
    order = np.random.default_rng(seed).permutation(len(names))
    parts: Sequence[NDArray[np.str_]] = np.array_split(names[order], min(count, len(names)))
    return [np.isin(groups, part) for part in parts]
