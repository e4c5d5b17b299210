"""HTML page of an embedder evaluation: operating points, ROC, small faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from analyzer.lab import pages


def write(result: dict[str, Any], path: Path) -> None:
    """Write the page of ``result`` from ``evaluate.evaluate``."""
    pages.write("identity.html", path, [roc(result), by_size(result)], result=result)


def roc(result: dict[str, Any]) -> go.Figure:
    """Return true-match rate over false-match rate, with the operating point of names."""
    rates, matched, places = zip(*result["roc"], strict=True)
    figure = go.Figure()
    figure.add_scatter(
        x=rates, y=matched, text=[f"{place:.3f}" for place in places], name="pairs",
        hovertemplate="false %{x:.2e}, true %{y:.3f}, distance %{text}",
    )  # fmt: skip
    naming = result["naming"]
    figure.add_scatter(
        x=[naming["false_match_rate"]], y=[naming["true_match_rate"]], mode="markers",
        marker_size=12, name="a name is shown",
    )  # fmt: skip
    figure.update_xaxes(type="log", title="false-match rate", exponentformat="power")
    return figure.update_layout(title="ROC", yaxis_title="true-match rate")


def by_size(result: dict[str, Any]) -> go.Figure:
    """Return accuracy and true-match rate over the width of the face."""
    figure = go.Figure()
    pages.add_with_intervals(figure, "accuracy", result["by_size"], result["by_size_ci95"])
    matches = [part["true_match_rate"] for part in result["by_size_naming"].values()]
    figure.add_scatter(x=list(map(float, result["by_size"])), y=matches, name="true matches")
    return figure.update_layout(title="Small faces", xaxis_title="face width, px")
