"""Evaluation of a look network on labelled body crops: retrieval, error rates, calibration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.lab.looks import retrieval
from analyzer.lab.looks.calibrate import calibration_error
from analyzer.lab.looks.measure import HEIGHTS, Labelled, looks_of
from analyzer.lab.metrics import median_ms
from analyzer.lab.pictures import read_picture
from analyzer.looks.calibration import LookCalibration
from analyzer.looks.network import LookNetwork

RATES: Final = {"1e-2": 1e-2, "1e-3": 1e-3}
_ROUNDS: Final = 300
_SINGLE_ROUNDS: Final = 20
_ROC_POINTS: Final = 60


def evaluate(
    data: Labelled,
    network: LookNetwork,
    calibration: LookCalibration,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Return all figures, with the keys of docs/appearance.md; intervals are over people.

    Every picture asks once among all pictures of other cameras. `single_shot` has one picture of
    each person in the gallery, drawn at random. `by_height`: questions and answers shrunk to it.
    """
    looks = looks_of(network, data.paths, HEIGHTS, progress)
    whole = _figures(looks[0], data, calibration, None)
    heights = {str(px): _figures(looks[px], data, calibration, px) for px in HEIGHTS}
    crops = [read_picture(path) for path in data.paths[:16]]
    return {
        "model": network.name,
        "pictures": len(data.paths),
        "people": len(set(data.people.tolist())),
        "cameras": len(set(data.cameras.tolist())),
        **whole,
        "single_shot_rank1": single_shot(looks[0], data),
        "by_camera": by_camera(looks[0], data),
        "by_height": heights,
        "roc": roc(looks[0], data),
        "ms_per_crop": median_ms(lambda: network.embed(crops), 5) / len(crops),
    }


def _figures(
    looks: NDArray[np.float32], data: Labelled, calibration: LookCalibration, height: int | None
) -> dict[str, Any]:
    found = retrieval.retrieve(looks, data.people, data.cameras)
    tall = float("inf") if height is None else float(height)
    means = retrieval.means(looks, data.people, data.cameras)
    return {
        "rank1": found.rank1,
        "rank1_ci95": over_people(found.asker, found.first.astype(np.float64)),
        "map": found.mean_precision,
        "map_ci95": over_people(found.asker, found.precision),
        "n": len(found.first),
        **_of_pairs(*retrieval.pairs(looks, data.people, data.cameras), calibration, tall),
        "means": _of_pairs(*retrieval.pairs(*means), calibration, tall),
        "assessed": calibration.reason(tall) is None,
    }


def _of_pairs(
    similar: NDArray[np.float64],
    same: NDArray[np.bool_],
    calibration: LookCalibration,
    height_px: float,
) -> dict[str, Any]:
    """Return error rates and calibration error of pairs (P,), of which ``same`` are one person."""
    told = np.array([calibration.probability(float(one), height_px) for one in similar])
    threshold = calibration.threshold_for(RATES["1e-2"], height_px)
    return {
        "tmr_at_fmr": {
            name: retrieval.true_match_rate(similar, same, rate) for name, rate in RATES.items()
        },
        "at_threshold": {
            "similarity": threshold,
            "true_match_rate": _share(similar[same] >= threshold),
            "false_match_rate": _share(similar[~same] >= threshold),
        },
        "ece": calibration_error(told, same),
    }


def _share(passed: NDArray[np.bool_]) -> float | None:
    return float(passed.mean()) if len(passed) else None


def over_people(people: NDArray[np.integer], values: NDArray[np.floating]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean of ``values`` (N,), drawn by person (N,)."""
    who = np.unique(people, return_inverse=True)[1]
    sums, counts = np.bincount(who, values), np.bincount(who)
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(sums), (_ROUNDS, len(sums)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def single_shot(looks: NDArray[np.float32], data: Labelled) -> float:
    """Return rank-1 with one picture of each person and camera, the mean over random draws.

    The older protocol of CUHK03 (Li et al. 2014), harder than a gallery of all pictures.
    """
    rng = np.random.default_rng(0)
    keys = data.people * (int(data.cameras.max()) + 1) + data.cameras
    found = []
    for _ in range(_SINGLE_ROUNDS):
        order = rng.permutation(len(keys))
        chosen = order[np.unique(keys[order], return_index=True)[1]]
        one = retrieval.retrieve(looks[chosen], data.people[chosen], data.cameras[chosen])
        found.append(one.rank1)
    return float(np.mean(found))


def by_camera(looks: NDArray[np.float32], data: Labelled) -> list[list[float | None]]:
    """Return rank-1 by camera that asks (rows) and camera that answers (columns)."""
    cameras = range(int(data.cameras.max()) + 1)
    table: list[list[float | None]] = [[None for _ in cameras] for _ in cameras]
    for asks in cameras:
        for answers in cameras:
            if asks == answers:
                continue
            kept = np.flatnonzero(np.isin(data.cameras, (asks, answers)))
            found = retrieval.retrieve(
                looks[kept], data.people[kept], data.cameras[kept], data.cameras[kept] == asks
            )
            table[asks][answers] = found.rank1 if len(found.first) else None
    return table


def roc(looks: NDArray[np.float32], data: Labelled) -> list[tuple[float, float]]:
    """Return (false-match rate, true-match rate) from one in a thousand to one."""
    similar, same = retrieval.pairs(looks, data.people, data.cameras)
    points = []
    for rate in np.geomspace(1e-3, 1, _ROC_POINTS):
        passed = retrieval.true_match_rate(similar, same, float(rate))
        if passed is not None:
            points.append((float(rate), passed))
    return points
