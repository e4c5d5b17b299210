"""HTML page of an action evaluation, offline and in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analyzer.lab import pages
from analyzer.types import ACTIONS


def write(result: dict[str, Any], path: Path) -> None:
    """Write the page of ``result`` from ``evaluate.evaluate``; classes without a case are left out.

    ``result`` may lack windows of people or clips of fights.
    """
    windows = result["windows"]
    figures = [pages.confusion("Confusion", windows["confusion"], ACTIONS)] if windows else []
    per_class = windows["per_class"] if windows else {}
    shown = {action: row for action, row in per_class.items() if row["support"]}
    pages.write("action.html", path, figures, result=result, shown=shown)
