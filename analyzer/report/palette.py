"""Colours and letters of expressions, actions and people, the same everywhere in a report."""

from __future__ import annotations

import zlib
from typing import Any

from analyzer.report import levels
from analyzer.report.series import Span
from analyzer.types import ACTIONS, EMOTIONS, LEVELS

# After Okabe and Ito, whose hues can be distinguished with any colour vision; in the order of
# analyzer.types.EMOTIONS. The same everywhere, so that a reader learns them once.
EMOTION_COLOURS = dict(
    zip(
        EMOTIONS,
        ("#D55E00", "#009E73", "#CC79A7", "#E69F00", "#8A8F98", "#0072B2", "#56B4E9"),
        strict=True,
    )
)

EFFORT = {"standing": "#A9BCD6", "walking": "#6C8EBF", "running": "#2F5597"}
OUTLINED = ("sitting", "lying")
EVENTFUL = ("falling", "fighting", "running")
"""Actions that look different where they are an event."""

LETTERS = {
    "standing": "St",
    "walking": "Wa",
    "running": "Ru",
    "sitting": "Si",
    "lying": "Ly",
    "falling": "Fa",
    "fighting": "Fi",
    "unknown": "?",
}

# Lanes of candidates; the hue follows from the name, so it is the same in every video.
_LANE_HUES = ("#B07AA1", "#4E79A7", "#59A14F", "#F28E2B", "#9C755F", "#76B7B2", "#EDC948")
LANE_UNKNOWN = "#8A8F98"


def lane_colour(person: str | None) -> str:
    """Return the colour of a person in presence lanes, the same for a name in every video."""
    if person is None:
        return LANE_UNKNOWN
    return _LANE_HUES[zlib.crc32(person.encode()) % len(_LANE_HUES)]


def look_index(span: Span) -> int:
    """Return the place of an action in `action_looks`."""
    if span.label in EVENTFUL:
        return len(ACTIONS) + len(LEVELS) * EVENTFUL.index(span.label) + LEVELS.index(span.level)
    return ACTIONS.index(span.label) if span.label in ACTIONS else len(ACTIONS) - 1


def colour_of(span: Span) -> str | None:
    """Return the colour that fills an action; None where it is outlined."""
    if span.label in EVENTFUL and not (span.level == "below" and span.label in EFFORT):
        return levels.COLOURS[span.level]
    return EFFORT.get(span.label)


def letter_of(span: Span) -> str:
    """Return what stands in an action where there is no room for its name."""
    mark = levels.MARKS[span.level] if span.label in EVENTFUL else ""
    return mark + LETTERS.get(span.label, "?")


def action_looks() -> list[dict[str, Any]]:
    """Return the looks of ACTIONS in their order, then those of ``EVENTFUL`` at each level."""
    spans = [Span(0, 0, name) for name in ACTIONS]
    spans += [Span(0, 0, name, level=level) for name in EVENTFUL for level in LEVELS]
    return [
        {
            "name": span.label,
            "letter": letter_of(span),
            "kind": "outline" if span.label in (*OUTLINED, "unknown") else "solid",
            "colour": colour_of(span) or "#5B7DB1",
        }
        for span in spans
    ]
