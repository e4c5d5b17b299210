"""HTML page of an expression evaluation: confusion, figures per class, size and compression."""

from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from analyzer.lab import pages
from analyzer.types import EMOTIONS

_NAMES = {"ferplus": "FER+ plurality", "fer2013": "FER2013 labels", "labels": "Labels"}


def write(result: dict[str, Any], history: list[dict[str, Any]], path: Path) -> None:
    """Write the page of `result` from `evaluate`; `history` holds a training's rows or is []."""
    figures = [
        pages.confusion(f"Confusion: {name}", result[key]["confusion"], EMOTIONS)
        for key, name in _NAMES.items()
        if result[key]
    ]
    figures.append(by_degradation(result, "by_size", "face width, px"))
    figures.append(by_degradation(result, "by_jpeg", "JPEG quality"))
    figures += [training(history)] if history else []
    pages.write("emotion.html", path, figures, result=result, names=_NAMES)


def by_degradation(result: dict[str, Any], key: str, title: str) -> go.Figure:
    """Return accuracy with its interval over face size or JPEG quality."""
    figure = go.Figure()
    for name in next(iter(result[key].values())):
        values = {x: row[name] for x, row in result[key].items()}
        intervals = {x: row[name] for x, row in result[f"{key}_ci95"].items()}
        pages.add_with_intervals(figure, _NAMES[name], values, intervals)
    return figure.update_layout(title=f"Accuracy by {title}", xaxis_title=title)


def training(history: list[dict[str, Any]]) -> go.Figure:
    """Return losses and accuracies over the epochs of a training."""
    figure = go.Figure()
    epochs = [row["epoch"] for row in history]
    for name in history[0]:
        if name.endswith(("loss", "accuracy")):
            figure.add_scatter(x=epochs, y=[row[name] for row in history], name=name)
    return figure.update_layout(title="Training", xaxis_title="epoch")
