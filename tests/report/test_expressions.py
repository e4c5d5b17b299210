"""The page of strong expressions: one rule for every expression, and nothing of it on the wall."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np

from analyzer.report.expressions import strong_expressions
from tests.report.reading import load_case


def test_every_row_of_the_page_is_in_the_table_and_holds_the_rule(
    case_folder: Path, report_folder: Path
) -> None:
    case = load_case(case_folder)
    rules = case.settings.events
    found = strong_expressions(case)
    assert {strong.expression for strong in found} >= {"happy", "fear"}
    assert "neutral" not in {strong.expression for strong in found}
    for strong in found:
        assert strong.score >= rules.expression and 0 < strong.quality <= 1
        assert strong.t_end - strong.t_start >= rules.expression_s
    page = (report_folder / "expressions.html").read_text()
    rows = list(csv.DictReader((report_folder / "tables" / "expressions.csv").open()))
    assert len(rows) == len(found) == page.count('<td><span class="swatch"')
    for row in rows:
        assert row["track"] in page and (row["date"] or "clock unknown") in page
    assert [(row["camera"], row["date"], row["time"]) for row in rows] == sorted(
        (row["camera"], row["date"], row["time"]) for row in rows
    )
    assert 'href="expressions.html"' in (report_folder / "index.html").read_text()


def test_what_a_person_usually_shows_and_poor_faces_are_not_strong(case_folder: Path) -> None:
    case = load_case(case_folder)
    strong = strong_expressions(case)[0]
    series = strong.track.emotions
    poor = replace(series, quality=np.zeros_like(series.quality))
    tracks = tuple(
        replace(track, emotions=poor) if track.id == strong.track.id else track
        for track in strong.video.tracks
    )
    changed = replace(case, videos=(replace(strong.video, tracks=tracks),))
    assert strong.track.id not in {one.track.id for one in strong_expressions(changed)}
