"""HTML page of an embedder evaluation: operating points, ROC, small faces."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from analyzer.lab.pages import document


def write(result: dict[str, Any], path: Path) -> None:
    """Write the page of ``result`` from ``evaluate.evaluate``."""
    title = html.escape(f"Identity: {result['embedder']}")
    parts = [
        f"<h1>{title}</h1>",
        _summary(result),
        _points(result),
        _galleries(result),
        _sizes(result),
    ]
    document(title, parts, [roc(result), by_size(result)], path)


def _summary(result: dict[str, Any]) -> str:
    return (
        f"<p>{result['n']} pairs of {result['pictures']} pictures, {result['people']} people; "
        f"faces found by {html.escape(result['detector'])}. Accuracy {_share(result['accuracy'])} "
        f"({_interval(result['ci95'])}) at distance {result['threshold']:.3f}, where both errors "
        f"were equal when it was measured. {result['not_assessed']} pairs hold a face that a run "
        "would not compare; they count as errors.</p><p>False-match rates are over "
        f"{result['pairs_of_two_people']:,} pairs of two people, all that the pictures allow. "
        "Intervals are 95 %, by drawing people. These are press photographs: on CCTV both error "
        "rates are higher, and they differ between people.</p>"
    )


def _points(result: dict[str, Any]) -> str:
    naming = result["naming"]
    rows = [
        (
            "a name is shown (1 in 1,000)",
            naming["threshold"],
            f"{naming['false_match_rate']:.2e}",
            _share(naming["true_match_rate"]),
            _interval(naming["true_match_rate_ci95"]),
        )
    ]
    for rate, share in result["tmr_at_fmr"].items():
        if share is not None:
            place = result["threshold_at_fmr"][rate]
            spread = _interval(result["tmr_at_fmr_ci95"][rate])
            rows.append(("measured here", place, rate, _share(share), spread))
    heads = ("point", "distance", "false-match rate", "true-match rate", "95 % interval")
    return "<h2>Operating points</h2>" + _table(heads, rows)


def _galleries(result: dict[str, Any]) -> str:
    rows = [
        (
            size,
            part["threshold"],
            f"{100 * part['strangers_named']:.2f} %",
            _share(part["named"]),
            _share(part["rank_1"]),
        )
        for size, part in result["galleries"].items()
    ]
    heads = ("people", "distance", "strangers named", "known named", "known at rank 1")
    return (
        "<h2>Galleries</h2><p>Galleries drawn from these people, a picture each; every other "
        "picture asked for, at the default settings (distance and margin).</p>"
        + _table(heads, rows)
    )


def _sizes(result: dict[str, Any]) -> str:
    rows = [
        (
            f"{px} px",
            _share(accuracy),
            _interval(result["by_size_ci95"][px]),
            _share(result["by_size_naming"][px]["true_match_rate"]),
            f"{result['by_size_naming'][px]['false_match_rate']:.2e}",
            str(result["by_size_not_assessed"][px]),
        )
        for px, accuracy in result["by_size"].items()
    ]
    heads = ("face width", "accuracy", "95 % interval", "true matches", "false matches", "aside")
    return (
        "<h2>Small faces</h2><p>Accuracy at the distance above and matches at the distance that "
        "names, every face counted; <i>aside</i>: pairs that a run would not assess.</p>"
        + _table(heads, rows)
    )


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    head = "".join(f"<th>{text}</th>" for text in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{_cell(value)}</td>" for value in row) + "</tr>" for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else html.escape(str(value))


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _interval(ends: tuple[float, float]) -> str:
    return f"{100 * ends[0]:.1f} to {100 * ends[1]:.1f}"


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
    sizes = [float(px) for px in result["by_size"]]
    accuracy = list(result["by_size"].values())
    ends = list(result["by_size_ci95"].values())
    matches = result["by_size_naming"].values()
    figure = go.Figure()
    figure.add_scatter(
        x=sizes, y=accuracy, name="accuracy",
        error_y={
            "array": [high - value for value, (_, high) in zip(accuracy, ends, strict=True)],
            "arrayminus": [value - low for value, (low, _) in zip(accuracy, ends, strict=True)],
        },
    )  # fmt: skip
    figure.add_scatter(x=sizes, y=[m["true_match_rate"] for m in matches], name="true matches")
    return figure.update_layout(title="Small faces", xaxis_title="face width, px")
