"""Least scores of the levels of events, from events that are known to be right or wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from analyzer.events.levels import KINDS
from analyzer.lab.events.evaluate import judged_events
from analyzer.lab.events.judged import JudgedRecording

ALARM, TO_CHECK = 0.9, 0.5
"""Share of the events of a level that are right."""

_LEAST_ALARMS: Final = 8
"""Events that a level of alarms is measured on at least: a few that are right prove nothing."""

Scores = Sequence[tuple[float, bool]]


def levels_measured(recordings: Sequence[JudgedRecording]) -> dict[str, Any]:
    """Return what ``levels.json`` holds: by kind the levels, and what they were measured on.

    The events of ``recordings`` have to be told with every score.
    """
    return {"kinds": {kind: _of_kind(kind, recordings) for kind in KINDS}}


def write(levels: Mapping[str, Any], path: Path) -> None:
    """Write ``levels.json``."""
    path.write_text(json.dumps(levels, indent=2) + "\n", encoding="utf-8")


def least_score(scores: Scores, precision: float, events: int = 1) -> float | None:
    """Return the least score from which on events are right this often; None where none is.

    ``scores`` with whether they are right, the best first; at least ``events`` of them have to
    reach it. It lies halfway to the next lower score.
    """
    right, found = 0, None
    for place, (score, is_right) in enumerate(scores):
        right += is_right
        tied = place + 1 < len(scores) and scores[place + 1][0] == score
        if not tied and place + 1 >= events and right >= precision * (place + 1):
            below = scores[place + 1][0] if place + 1 < len(scores) else score
            found = (score + below) / 2
    return found


def _of_kind(kind: str, recordings: Sequence[JudgedRecording]) -> dict[str, Any]:
    judged = [one for one in recordings if kind in one.kinds]
    pairs = judged_events(kind, recordings, ("alarm", "to check"))
    scores = sorted(((event.score, right) for event, right in pairs), reverse=True)
    alarm = least_score(scores, ALARM, _LEAST_ALARMS)
    rest = scores if alarm is None else [pair for pair in scores if pair[0] < alarm]
    to_check = least_score(rest, TO_CHECK)
    if to_check is None:
        to_check = alarm
    return {
        "alarm": None if alarm is None else round(alarm, 3),
        "to_check": None if to_check is None else round(to_check, 3),
        "measured": {
            "incidents": sum(i.kind == kind for one in judged for i in one.incidents),
            "events": len(scores),
            "right": sum(is_right for _, is_right in scores),
            "hours": round(sum(one.seconds for one in judged) / 3600, 3),
            "places": len({one.place for one in judged}),
        },
    }
