"""HTML page of an action evaluation, offline and in one file."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from analyzer.lab.pages import confusion, document
from analyzer.types import ACTIONS


def write(result: dict[str, Any], path: Path) -> None:
    """Write the page of ``result`` from ``evaluate.evaluate``."""
    detector = html.escape(result["people_detector"])
    parts = [
        f"<h1>{html.escape(result['model'])}</h1>",
        f"<p>People found by the detector <i>{detector}</i>; {result['left_out']} clips left out; "
        f"{result['ms_per_window']} ms per window of one person.</p>",
    ]
    if result["windows"]:
        parts += [_windows(result["windows"]), _falls(result["falls"])]
    if result["fighting"]:
        parts.append(_fights(result["fighting"]))
    parts.append(_sources(result["per_source"]))
    windows = result["windows"]
    figures = [confusion("Confusion", windows["confusion"], ACTIONS)] if windows else []
    document("Evaluation", parts, figures, path)


def _windows(part: dict[str, Any]) -> str:
    where = part["accuracy_where_answered"]
    answered = f"An answer was given in {_percent(part['answered'])}"
    answered += "" if where is None else f", and {_percent(where)} of these are right"
    keys = ("precision", "recall", "f1")
    rows = "".join(
        _row([action, *(f"{row[key]:.3f}" for key in keys), str(row["support"])])
        for action, row in part["per_class"].items()
        if row["support"]
    )
    head = _row(["class", "precision", "recall", "F1", "windows"], "th")
    return (
        f"<h2>One person</h2><p>{part['n']} windows; accuracy {_with_interval(part)}, macro F1 "
        f"{part['macro_f1']:.3f}. In {part['not_tracked']} no person was tracked: they count as "
        f"<i>unknown</i>, which is wrong. {answered}.</p><table>{head}{rows}</table>"
    )


def _falls(part: dict[str, int]) -> str:
    return (
        f"<p>A fall was detected in {part['found']} of {part['clips']} clips that show one, and in "
        f"{part['false']} of {part['other_clips']} that show none.</p>"
    )


def _fights(part: dict[str, Any]) -> str:
    text = f"<h2>Fights</h2><p>{part['n']} clips; accuracy {_with_interval(part)}"
    if part["auc"] is not None:
        low, high = part["auc_ci95"]
        text += f", area under the curve {part['auc']:.3f} (95 %: {low:.3f} to {high:.3f})"
    return text + ".</p>"


def _sources(parts: dict[str, Any]) -> str:
    rows = "".join(
        _row([html.escape(source), str(part["n"]), _with_interval(part)])
        for source, part in parts.items()
    )
    return f"<h2>By source</h2><table>{_row(['source', 'cases', 'accuracy'], 'th')}{rows}</table>"


def _row(values: list[str], tag: str = "td") -> str:
    return "<tr>" + "".join(f"<{tag}>{value}</{tag}>" for value in values) + "</tr>"


def _with_interval(part: dict[str, Any]) -> str:
    low, high = part["ci95"]
    return f"{_percent(part['accuracy'])} (95 %: {_percent(low)} to {_percent(high)})"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
