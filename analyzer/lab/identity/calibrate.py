"""Calibration of an embedder's distances, for models/identity/NAME.json."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.stats import chi2

from analyzer.errors import AnalyzerError
from analyzer.faces.calibration import FORMAT
from analyzer.lab.identity import verification as v
from analyzer.lab.identity.faces import Measured
from analyzer.lab.identity.pairs import Pairs

RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
"""False-match rates of the table: from three pairs in 325,000 to one in ten."""

SAME_LIMIT = 0.995
"""Share of the genuine pairs within ``same_limit``."""

SAME_PICTURE = 0.9
"""Threshold of a duplicate picture, as a share of the least distance of two pictures."""

FOLDS = 10
_SEED = 5


def calibrate(pairs: Pairs, faces: Measured, embedder: str) -> dict[str, Any]:
    """Return the contents of a calibration file from all pairs of the pictures.

    All pairs of pictures are used, not only the listed ones: the listed pairs of two people are too
    few to measure a rate of 1 in 1,000. `cross_validated` is the accuracy of the equal-error
    threshold on listed pairs of held-out people. Raises AnalyzerError if there are too few pairs.
    """
    usable = faces.assessed
    embeddings, persons = faces.embeddings[usable], pairs.persons[usable]
    genuine = _genuine(embeddings, persons)
    others = v.strangers(embeddings, persons)
    people = int(pairs.persons.max()) + 1
    if len(genuine) < 2 * FOLDS or others.total < 1 / RATES[1]:
        raise AnalyzerError("too few pictures to calibrate: some hundred people are needed")
    return {
        "format": FORMAT,
        "embedder": embedder,
        "people": len(np.unique(persons)),
        "pictures": int(usable.sum()),
        "pairs_of_one_person": len(genuine),
        "pairs_of_two_people": others.total,
        "verification": round(v.equal_error(genuine.distances, others), 4),
        "same_limit": round(float(np.quantile(genuine.distances, SAME_LIMIT)), 4),
        "same_picture": round(SAME_PICTURE * float(genuine.distances.min()), 4),
        "false_match_rates": [_point(rate, others, people) for rate in RATES],
        "true_match_rates": [_true_point(rate, genuine, others) for rate in RATES],
        **_logistic(genuine, others, embeddings, persons),
        "cross_validated": _cross_validated(pairs, faces, people),
    }


def _genuine(embeddings: v.Floats, persons: v.Ints) -> v.Scored:
    left, right = np.triu_indices(len(persons), 1)
    one = persons[left] == persons[right]
    left, right = left[one], right[one]
    return v.Scored(v.distances(embeddings, left, right), persons[left], persons[right])


def _point(rate: float, others: v.Strangers, people: int) -> list[float]:
    """Return the distance, its false-match rate, and the upper end of the rate's interval."""
    distance = round(others.distance(rate), 4)
    _, upper = v.bootstrap(lambda drawn: others.rate(distance, drawn), people, 1000)
    # A bootstrap over few pairs is too narrow: never below the Poisson bound.
    least = chi2.ppf(0.975, 2 * (round(rate * others.total) + 1)) / 2 / others.total
    return [distance, rate, float(f"{max(upper, least):.3g}")]


def _true_point(rate: float, genuine: v.Scored, others: v.Strangers) -> float:
    return round(float((genuine.distances <= others.distance(rate)).mean()), 4)


def _logistic(
    genuine: v.Scored, others: v.Strangers, embeddings: v.Floats, persons: v.Ints
) -> dict[str, float]:
    """Return ``even`` and ``steepness`` of the maximum-likelihood logistic at equal priors."""
    everyone = v.strangers(embeddings, persons, share=1.0).nearest.distances
    step = max(len(everyone) // 20000, 1)
    far = everyone[::step]
    near = genuine.distances

    def loss(parameters: v.Floats) -> float:
        even, steepness = parameters
        return float(
            np.logaddexp(0, steepness * (near - even)).mean()
            + np.logaddexp(0, -steepness * (far - even)).mean()
        )

    start = np.array([v.equal_error(near, others), 40.0])
    even, steepness = minimize(loss, start, method="Nelder-Mead").x
    return {"even": round(float(even), 4), "steepness": round(float(steepness), 2)}


def _cross_validated(pairs: Pairs, faces: Measured, people: int) -> dict[str, Any]:
    """Return the accuracy on listed pairs of held-out people, over all folds."""
    part = np.random.default_rng(_SEED).permutation(people) % FOLDS
    one = part[pairs.persons[pairs.left]]
    usable = faces.assessed
    both = usable[pairs.left] & usable[pairs.right]
    apart = v.distances(faces.embeddings, pairs.left, pairs.right)
    right = np.zeros(len(apart), dtype=bool)
    places = []
    for fold in range(FOLDS):
        chosen = usable & (part[pairs.persons] != fold)
        vectors, persons = faces.embeddings[chosen], pairs.persons[chosen]
        place = v.equal_error(_genuine(vectors, persons).distances, v.strangers(vectors, persons))
        places.append(place)
        held = one == fold
        right[held] = both[held] & ((apart[held] <= place) == pairs.same[held])
    # The second person of an impostor pair may be in the training folds: one in hundreds.
    scored = v.Scored(apart, pairs.persons[pairs.left], pairs.persons[pairs.right])
    return {
        "pairs": len(right),
        "accuracy": round(float(right.mean()), 4),
        "ci95": [
            round(end, 4)
            for end in v.bootstrap(lambda d: v.share(right, scored.weights(d)), people)
        ],
        "thresholds": [round(min(places), 4), round(max(places), 4)],
    }
