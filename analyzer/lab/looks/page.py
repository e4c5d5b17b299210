"""HTML page of a look evaluation: retrieval, error rates and calibration by height."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from analyzer.lab import pages


def write(result: dict[str, Any], path: Path) -> None:
    """Write the page of ``result`` from ``evaluate``."""
    pages.write("looks.html", path, [roc(result), by_height(result)], result=result)


def roc(result: dict[str, Any]) -> go.Figure:
    """Return the true-match rate over the false-match rate, on a logarithmic axis."""
    points = result["roc"]
    figure = go.Figure()
    figure.add_scatter(x=[x for x, _ in points], y=[y for _, y in points], mode="lines")
    figure.update_xaxes(type="log", title="false-match rate")
    figure.update_yaxes(range=[0, 1.02], title="true-match rate")
    return figure.update_layout(title="Pairs across cameras", height=480)


def by_height(result: dict[str, Any]) -> go.Figure:
    """Return rank-1 and mean average precision with intervals over the height of the crops."""
    figure = go.Figure()
    for key, name in (("rank1", "rank-1"), ("map", "mAP")):
        values = {px: row[key] for px, row in result["by_height"].items()}
        intervals = {px: row[f"{key}_ci95"] for px, row in result["by_height"].items()}
        pages.add_with_intervals(figure, name, values, intervals)
    figure.update_yaxes(range=[0, 1.02])
    return figure.update_layout(title="By height of the crop", xaxis_title="height, px")
