"""Page of strong apparent expressions: camera, place, date, time, track, how sure, quality."""

from __future__ import annotations

from typing import Final

from analyzer.report.expressions import strong_expressions
from analyzer.report.pages import Context

PAGE: Final = "expressions.html"
_MOST: Final = 2000
"""Largest number of rows on the page; all are in ``tables/expressions.csv``."""


def render_expressions(context: Context) -> str:
    """Return the page of strong expressions, by camera and time."""
    found = strong_expressions(context.case)
    return context.render(
        PAGE,
        found=found[:_MOST],
        more=len(found) - len(found[:_MOST]),
        rules=context.case.settings.events,
        off=context.switched_off.get("emotion"),
    )
