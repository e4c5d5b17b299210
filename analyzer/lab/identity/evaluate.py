"""Evaluation of an embedder on labelled pairs: error rates at the shipped thresholds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analyzer.config import IdentitySettings
from analyzer.errors import AnalyzerError
from analyzer.faces.calibration import Calibration
from analyzer.lab.identity import verification as v
from analyzer.lab.identity.faces import Instruments, Measured, measure
from analyzer.lab.identity.open_set import galleries
from analyzer.lab.identity.pairs import Pairs
from analyzer.lab.identity.simulated_tracks import tracks

SIZES = (48, 32, 24, 16)
RATES = {"1e-2": 1e-2, "1e-3": 1e-3, "1e-4": 1e-4}

TRACK_PX = 32
"""Width of the faces in simulated tracks, as in footage."""

ROC_POINTS = 60


@dataclass(frozen=True, slots=True)
class _Judge:
    """Metrics of the pairs of one set at the thresholds of a calibration."""

    pairs: Pairs
    calibration: Calibration
    naming: float

    @property
    def _people(self) -> int:
        return int(self.pairs.persons.max()) + 1

    def accuracy(self, faces: Measured, usable: v.Bools) -> dict[str, Any]:
        """Return the accuracy over all pairs at the verification threshold.

        ``usable`` (N,) are the assessed pictures; a pair with any other is an error.
        """
        pairs = self.pairs
        apart = v.distances(faces.embeddings, pairs.left, pairs.right)
        assessed = usable[pairs.left] & usable[pairs.right]
        right = assessed & ((apart <= self.calibration.verification) == pairs.same)
        scored = v.Scored(apart, pairs.persons[pairs.left], pairs.persons[pairs.right])
        return {
            "accuracy": float(right.mean()),
            "ci95": v.bootstrap(lambda drawn: v.share(right, scored.weights(drawn)), self._people),
            "not_assessed": int((~assessed).sum()),
            "accuracy_of_assessed": float(right[assessed].mean()) if assessed.any() else None,
        }

    def rates(self, faces: Measured) -> dict[str, Any]:
        """Return true-match rates at false-match rates, over detected faces."""
        found, pairs = faces.found, self.pairs
        both = pairs.same & found[pairs.left] & found[pairs.right]
        people = pairs.persons[pairs.left][both]
        apart = v.distances(faces.embeddings, pairs.left[both], pairs.right[both])
        genuine = v.Scored(apart, people, people)
        others = v.strangers(faces.embeddings[found], pairs.persons[found])
        if not len(genuine) or not others.total:
            raise AnalyzerError("the pairs hold no two people, or no two pictures of one person")
        return {
            "pairs_of_two_people": others.total,
            "equal_error_rate": 1 - _matched(genuine, v.equal_error(apart, others)),
            "at_rate": {name: self._at(rate, genuine, others) for name, rate in RATES.items()},
            "naming": self._naming(genuine, others),
            "roc": _roc(genuine, others),
        }

    def _at(self, rate: float, genuine: v.Scored, others: v.Strangers) -> dict[str, Any] | None:
        """Return the true-match rate at a false-match ``rate``; None for too few pairs."""
        if rate * others.total < 1:
            return None

        def passed(drawn: v.Ints) -> float:
            return _matched(genuine, others.distance(rate, drawn), drawn)

        distance = others.distance(rate)
        return {
            "true_match_rate": _matched(genuine, distance),
            "ci95": v.bootstrap(passed, self._people),
            "threshold": distance,
        }

    def _naming(self, genuine: v.Scored, others: v.Strangers) -> dict[str, Any]:
        """Return both rates at the naming threshold of a run."""
        return {
            "threshold": self.naming,
            "false_match_rate": others.rate(self.naming),
            "false_match_rate_ci95": v.bootstrap(
                lambda drawn: others.rate(self.naming, drawn), self._people
            ),
            "true_match_rate": _matched(genuine, self.naming),
            "true_match_rate_ci95": v.bootstrap(
                lambda drawn: _matched(genuine, self.naming, drawn), self._people
            ),
        }


def _matched(genuine: v.Scored, distance: float, drawn: v.Ints | None = None) -> float:
    within = genuine.distances <= distance
    weights = np.ones(len(genuine)) if drawn is None else genuine.weights(drawn)
    return v.share(within, weights)


def _roc(genuine: v.Scored, others: v.Strangers) -> list[tuple[float, float, float]]:
    """Return (false-match rate, true-match rate, distance), up to a rate of one in ten."""
    rates = np.geomspace(max(1 / others.total, 1e-6), 0.1, ROC_POINTS)
    places = [others.distance(float(rate)) for rate in rates]
    return [(float(r), _matched(genuine, d), d) for r, d in zip(rates, places, strict=True)]


def evaluate(
    pairs: Pairs,
    tools: Instruments,
    calibration: Calibration,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Return all metrics of an embedder on ``pairs``, with the keys of docs/identity.md.

    `accuracy` is over all pairs at the verification threshold; a pair with a face that is not
    assessed is an error. In `by_size` every detected face counts, also below the floors, which are
    chosen by it; `by_size_not_assessed` counts the pairs that a run would not assess. Raises
    AnalyzerError for pairs of one kind only.
    """
    faces = measure(pairs.pictures, SIZES, tools, progress)
    judge = _Judge(pairs, calibration, calibration.threshold)
    whole = judge.accuracy(faces[0], faces[0].assessed)
    rates = judge.rates(faces[0])
    sizes = {str(px): judge.accuracy(faces[px], faces[px].found) for px in SIZES}
    small = {str(px): judge.rates(faces[px]) for px in SIZES}
    at_rate, found = rates["at_rate"], faces[0].found

    def by_rate(key: str) -> dict[str, Any]:
        return {rate: part and part[key] for rate, part in at_rate.items()}

    embeddings, persons = faces[0].embeddings[found], pairs.persons[found]
    track_faces = faces[TRACK_PX].embeddings[found]
    return {
        "embedder": tools.embedder.name,
        "detector": tools.detector.name,
        "n": len(pairs.same),
        "people": int(pairs.persons.max()) + 1,
        "pictures": len(pairs.pictures),
        "pairs_of_two_people": rates["pairs_of_two_people"],
        **whole,
        "threshold": calibration.verification,
        "equal_error_rate": rates["equal_error_rate"],
        "tmr_at_fmr": by_rate("true_match_rate"),
        "tmr_at_fmr_ci95": by_rate("ci95"),
        "threshold_at_fmr": by_rate("threshold"),
        "naming": rates["naming"],
        "by_size": {px: part["accuracy"] for px, part in sizes.items()},
        "by_size_ci95": {px: part["ci95"] for px, part in sizes.items()},
        "by_size_not_assessed": {
            str(px): judge.accuracy(faces[px], faces[px].assessed)["not_assessed"] for px in SIZES
        },
        "by_size_naming": {px: part["naming"] for px, part in small.items()},
        "by_size_tmr_at_fmr": {
            px: {k: p and p["true_match_rate"] for k, p in part["at_rate"].items()}
            for px, part in small.items()
        },
        "galleries": galleries(embeddings, persons, calibration, IdentitySettings()),
        "tracks": tracks(track_faces, embeddings, persons, calibration.threshold),
        "roc": rates["roc"],
        "reasons": dict(sorted(Counter(filter(None, faces[0].reasons)).items())),
    }
