"""HTML pages of the evaluations: their templates, and the figures that several pages share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from analyzer.report.environment import make_environment


def write(template: str, path: Path, figures: Sequence[go.Figure], **values: Any) -> None:
    """Write ``template`` filled with ``values``, and ``figures`` below; it needs no network."""
    environment = make_environment("analyzer.lab")
    environment.filters["fixed"] = "{:.3f}".format
    environment.filters["percent"] = lambda share: f"{100 * share:.1f} %"
    # The script of the figures is written once, with the first of them.
    drawn = [
        figure.to_html(full_html=False, include_plotlyjs=number == 0)
        for number, figure in enumerate(figures)
    ]
    page = environment.get_template(template).render(values, figures=drawn)
    path.write_text(page, encoding="utf-8")


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


def add_with_intervals(
    figure: go.Figure,
    name: str,
    values: dict[str, float],
    intervals: dict[str, tuple[float, float]],
) -> None:
    """Add a line of ``values``, with error bars up to the ends of their ``intervals``.

    The keys of both are the numbers of the x axis.
    """
    bars = {
        "array": [intervals[key][1] - value for key, value in values.items()],
        "arrayminus": [value - intervals[key][0] for key, value in values.items()],
    }
    figure.add_scatter(x=list(map(float, values)), y=list(values.values()), name=name, error_y=bars)
