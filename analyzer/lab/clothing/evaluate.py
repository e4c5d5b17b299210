"""Figures of the description of clothes: share told, share right where told, by light."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.clothing.naming import TERMS
from analyzer.errors import AnalyzerError
from analyzer.lab import metrics

UNKNOWN: Final = "unknown"

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """One part of the clothes of one track: what is right, what was told, None where nothing was.

    ``right`` is empty where the person who labelled could not tell either.
    """

    video: str
    part: str
    daylight: bool
    right: frozenset[Words]
    told: Words | None
    probability: float | None


def alternatives(text: str, origin: str) -> frozenset[Words]:
    """Return the answers that count as right, such as "red|red and white", without ``unknown``.

    Raises AnalyzerError, naming ``origin``, for a word that is no basic colour term.
    """
    found = set()
    for one in text.split("|"):
        words = words_of(one.strip())
        if words == {UNKNOWN}:
            continue
        wrong = sorted(words - set(TERMS))
        if wrong:
            raise AnalyzerError(
                f"{origin}: {wrong[0]!r} is no colour; use {', '.join(TERMS)} or {UNKNOWN}"
            )
        found.add(words)
    return frozenset(found)


def words_of(text: str) -> Words:
    """Return the terms of "red and white", in no order."""
    return frozenset(text.split(" and "))


def figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the figures of all answers, by part and by light; intervals are over videos."""
    groups = {
        "all": answers,
        "upper": [a for a in answers if a.part == "upper"],
        "lower": [a for a in answers if a.part == "lower"],
        "daylight": [a for a in answers if a.daylight],
        "other light": [a for a in answers if not a.daylight],
    }
    return {name: _of_group(group) for name, group in groups.items()}


def _of_group(answers: Sequence[Answer]) -> dict[str, Any]:
    known = [a for a in answers if a.right]
    told = [a for a in known if a.told is not None]
    rows = _by_video(known)
    error = [(a.probability or 0.0) - (a.told in a.right) for a in told]
    return {
        "n": len(known),
        "told": len(told),
        "share_told": len(told) / len(known) if known else None,
        "share_told_ci95": metrics.ratio_interval(rows, 1, 0, least=2),
        "right": sum(a.told in a.right for a in told),
        "share_right": sum(a.told in a.right for a in told) / len(told) if told else None,
        "share_right_ci95": metrics.ratio_interval(rows, 2, 1, least=2),
        "told_less_right": float(np.mean(error)) if error else None,
        "told_though_unknown": sum(a.told is not None for a in answers if not a.right),
    }


def _by_video(known: Sequence[Answer]) -> NDArray[np.float64]:
    """Return float64 (videos, 3): answers known, those told, those right."""
    rows: dict[str, NDArray[np.float64]] = {}
    for a in known:
        row = np.array((1, a.told is not None, a.told in a.right), np.float64)
        rows[a.video] = rows.get(a.video, np.zeros(3)) + row
    return np.stack(list(rows.values())) if rows else np.zeros((0, 3))
