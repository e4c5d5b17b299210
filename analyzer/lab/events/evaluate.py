"""Figures of events: recall of incidents, false alarms an hour, precision of the best of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.lab import metrics
from analyzer.lab.events.judged import KINDS, JudgedRecording

BEST: Final = 10
"""Events that somebody looks at before giving up on a kind."""


@dataclass(frozen=True, slots=True)
class _Counted:
    """What one recording adds to the figures of one kind; ``scores`` are of right and wrong."""

    place: str
    hours: float
    incidents: int
    told: int
    scores: tuple[tuple[float, bool], ...]


def figures(recordings: Sequence[JudgedRecording]) -> dict[str, Any]:
    """Return the figures of every kind that has labels, with intervals over places."""
    return {
        "recordings": len(recordings),
        "places": len({one.place for one in recordings}),
        "kinds": {kind: _of_kind(kind, recordings) for kind in KINDS},
    }


def _of_kind(kind: str, recordings: Sequence[JudgedRecording]) -> dict[str, Any]:
    counted = [_counted(kind, one) for one in recordings if kind in one.kinds]
    rows = _by_place(counted)
    scores = sorted((score for one in counted for score in one.scores), reverse=True)
    right = [is_right for _, is_right in scores]
    incidents, told, false, hours = (float(total) for total in rows.sum(axis=0))
    return {
        "incidents": int(incidents),
        "told": int(told),
        "recall": told / incidents if incidents else None,
        "recall_ci95": metrics.ratio_interval(rows, 1, 0),
        "hours": hours,
        "false": int(false),
        "false_per_hour": false / hours if hours else None,
        "false_per_hour_ci95": metrics.ratio_interval(rows, 2, 3),
        "precision": float(np.mean(right)) if right else None,
        f"precision_of_best_{BEST}": float(np.mean(right[:BEST])) if right else None,
        "least_score_at_precision_0.9": _least_score(scores, 0.9),
    }


def _counted(kind: str, one: JudgedRecording) -> _Counted:
    incidents = [incident for incident in one.incidents if incident.kind == kind]
    events = [event for event in one.events if event.kind == kind]
    return _Counted(
        one.place,
        one.seconds / 3600,
        len(incidents),
        sum(any(incident.told_by(event) for event in events) for incident in incidents),
        tuple((e.score, any(incident.told_by(e) for incident in incidents)) for e in events),
    )


def _by_place(counted: Sequence[_Counted]) -> NDArray[np.float64]:
    """Return float64 (places, 4): incidents, those told, false events, hours."""
    rows: dict[str, NDArray[np.float64]] = {}
    for one in counted:
        false = sum(not right for _, right in one.scores)
        row = np.array((one.incidents, one.told, false, one.hours), np.float64)
        rows[one.place] = rows.get(one.place, np.zeros(4)) + row
    return np.stack(list(rows.values())) if rows else np.zeros((0, 4))


def _least_score(scores: Sequence[tuple[float, bool]], precision: float) -> float | None:
    """Return the least score from which on events are right this often; None where none is.

    ``scores`` are sorted, the best first.
    """
    right = np.cumsum([is_right for _, is_right in scores])
    good = [i for i in range(len(scores)) if right[i] >= precision * (i + 1)]
    return scores[good[-1]][0] if good else None
