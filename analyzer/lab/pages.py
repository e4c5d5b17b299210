"""HTML page of an evaluation: confusion, figures per class, size and compression."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from analyzer.types import EMOTIONS

_NAMES = {"ferplus": "FER+ plurality", "fer2013": "FER2013 labels", "labels": "Labels"}
_STYLE = "body{font:15px sans-serif;max-width:1000px;margin:2em auto}td,th{padding:.2em .8em}"


def write(result: dict[str, Any], history: list[dict[str, Any]], path: Path) -> None:
    """Write the page of `result` from `evaluate`; `history` holds a training's rows or is []."""
    parts = [f"<h1>{html.escape(result['model'])}</h1>"]
    figures = []
    for key, name in _NAMES.items():
        if result[key]:
            parts.append(_summary(name, result[key]))
            figures.append(confusion(f"Confusion: {name}", result[key]["confusion"], EMOTIONS))
    figures += [by_degradation(result, "by_size", "face width, px")]
    figures += [by_degradation(result, "by_jpeg", "JPEG quality")]
    figures += [training(history)] if history else []
    document("Evaluation", parts, figures, path)


def document(title: str, parts: list[str], figures: list[go.Figure], path: Path) -> None:
    """Write a page of HTML ``parts`` and then ``figures``; it needs no network."""
    script: bool | str = True
    for figure in figures:
        parts.append(figure.to_html(full_html=False, include_plotlyjs=script))
        script = False
    head = f"<meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>"
    page = f"<!doctype html><html><head>{head}</head><body>{''.join(parts)}</body></html>"
    path.write_text(page, encoding="utf-8")


def _summary(name: str, part: dict[str, Any]) -> str:
    low, high = part["ci95"]
    rows = "".join(
        f"<tr><td>{emotion}</td>"
        + "".join(f"<td>{row[key]:.3f}</td>" for key in ("precision", "recall", "f1"))
        + f"<td>{row['support']}</td></tr>"
        for emotion, row in part["per_class"].items()
    )
    return (
        f"<h2>{name}</h2><p>{part['n']} faces; accuracy {part['accuracy']:.3f} "
        f"(95 %: {low:.3f} to {high:.3f}), macro F1 {part['macro_f1']:.3f}, "
        f"expected calibration error {part['ece']:.3f}</p><table><tr><th>class</th>"
        f"<th>precision</th><th>recall</th><th>F1</th><th>faces</th></tr>{rows}</table>"
    )


def confusion(title: str, counts: list[list[int]], classes: Sequence[str]) -> go.Figure:
    """Return a heat map with the shares of each true class that occurs, and the counts."""
    kept = [(name, row) for name, row in zip(classes, counts, strict=True) if sum(row)]
    figure = go.Figure(
        go.Heatmap(
            z=[[count / sum(row) for count in row] for _, row in kept], x=classes,
            y=[name for name, _ in kept], text=[row for _, row in kept],
            texttemplate="%{text}", colorscale="Blues", zmin=0, zmax=1,
        )
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", title="truth")
    return figure.update_layout(title=title, xaxis_title="answer", height=520)


def by_degradation(result: dict[str, Any], key: str, title: str) -> go.Figure:
    """Return accuracy with its interval over face size or JPEG quality."""
    figure = go.Figure()
    values = result[key]
    for name in next(iter(values.values())):
        middle = [row[name] for row in values.values()]
        ends = [row[name] for row in result[f"{key}_ci95"].values()]
        figure.add_scatter(
            x=[float(value) for value in values], y=middle, name=_NAMES[name],
            error_y={
                "array": [high - m for m, (_, high) in zip(middle, ends, strict=True)],
                "arrayminus": [m - low for m, (low, _) in zip(middle, ends, strict=True)],
            },
        )  # fmt: skip
    return figure.update_layout(title=f"Accuracy by {title}", xaxis_title=title)


def training(history: list[dict[str, Any]]) -> go.Figure:
    """Return losses and accuracies over the epochs of a training."""
    figure = go.Figure()
    epochs = [row["epoch"] for row in history]
    for name in history[0]:
        if name.endswith(("loss", "accuracy")):
            figure.add_scatter(x=epochs, y=[row[name] for row in history], name=name)
    return figure.update_layout(title="Training", xaxis_title="epoch")
