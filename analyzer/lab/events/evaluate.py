"""Figures of events: recall of incidents, false alarms an hour, precision of each level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.events.levels import KINDS
from analyzer.lab import metrics
from analyzer.lab.events.judged import JudgedRecording
from analyzer.types import Event, Level

BEST: Final = 10
"""Events that somebody looks at before giving up on a kind."""


def figures(recordings: Sequence[JudgedRecording]) -> dict[str, Any]:
    """Return the figures of every kind, with intervals over places.

    What is told at the levels *alarm* and *to check* counts. ``hours_normal`` are those of the
    recordings in which nothing happened: false alarms an hour are counted there, of a kind in those
    in which it is known not to have happened.
    """
    ordinary = [one for one in recordings if one.ordinary]
    return {
        "recordings": len(recordings),
        "places": len({one.place for one in recordings}),
        "hours_normal": sum(one.seconds for one in ordinary) / 3600,
        "kinds": {kind: _of_kind(kind, recordings, ordinary) for kind in KINDS},
    }


def _of_kind(
    kind: str, recordings: Sequence[JudgedRecording], ordinary: Sequence[JudgedRecording]
) -> dict[str, Any]:
    judged = [one for one in recordings if kind in one.kinds]
    alarms, to_check = (
        judged_events(kind, recordings, (level,)) for level in ("alarm", "to check")
    )
    both = judged_events(kind, recordings, ("alarm", "to check"))
    best = sorted(both, key=lambda pair: -pair[0].score)[:BEST]
    found = _by_place([(one.place, *_found(kind, one)) for one in judged])
    false = _by_place([(one.place, _false_alarms(kind, one), one.seconds / 3600)
                       for one in ordinary if kind in one.kinds])  # fmt: skip
    incidents, told = (int(total) for total in found.sum(axis=0))
    wrong, hours = (float(total) for total in false.sum(axis=0))
    return {
        "incidents": incidents,
        "found": told,
        "recall": told / incidents if incidents else None,
        "recall_ci95": metrics.ratio_interval(found, 1, 0),
        "alarms": len(alarms),
        "to_check": len(to_check),
        "precision_alarm": _right(alarms),
        "precision_to_check": _right(to_check),
        f"precision_of_best_{BEST}": _right(best),
        "hours_normal": hours,
        "false_alarms_per_hour": wrong / hours if hours else None,
        "false_alarms_per_hour_ci95": metrics.ratio_interval(false, 0, 1),
    }


def judged_events(
    kind: str, recordings: Sequence[JudgedRecording], levels: Sequence[Level]
) -> list[tuple[Event, bool]]:
    """Return the events of ``levels`` of which is known whether they are right, and that."""
    pairs = ((event, one.right(event)) for one in recordings for event in one.events)
    return [
        (event, right)
        for event, right in pairs
        if event.kind == kind and event.level in levels and right is not None
    ]


def _found(kind: str, one: JudgedRecording) -> tuple[int, int]:
    """Return how many incidents there are, and how many were told."""
    incidents = [incident for incident in one.incidents if incident.kind == kind]
    return len(incidents), sum(any(i.told_by(event) for event in one.told) for i in incidents)


def _false_alarms(kind: str, one: JudgedRecording) -> int:
    return sum(event.kind == kind and event.level == "alarm" for event in one.events)


def _right(told: Sequence[tuple[Event, bool]]) -> float | None:
    return float(np.mean([is_right for _, is_right in told])) if told else None


def _by_place(counted: Sequence[tuple[str, float, float]]) -> NDArray[np.float64]:
    """Return float64 (places, 2): the sums of both counts of each place."""
    rows: dict[str, NDArray[np.float64]] = {}
    for place, *counts in counted:
        rows[place] = rows.get(place, np.zeros(2)) + np.array(counts, np.float64)
    return np.stack(list(rows.values())) if rows else np.zeros((0, 2))
