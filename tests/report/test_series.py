from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from analyzer.report.figures import scene_mix_figure
from analyzer.report.series import (
    Span,
    complement,
    head_count,
    join_windows,
    keep_extremes,
    stretches,
    union,
)
from analyzer.types import EMOTIONS
from tests.report.reading import load_case
from tests.report.report_case import LOBBY


def test_decimation_keeps_every_peak_and_the_limit() -> None:
    values = np.random.default_rng(1).random((50_000, 7)) * 0.1
    for column in range(7):
        values[7_000 * column + 13, column] = 0.9
    rows = keep_extremes(values, 2000)
    assert len(rows) <= 2000
    assert (np.diff(rows) > 0).all()
    assert values[rows].max(axis=0).tolist() == [0.9] * 7
    assert rows[0] == 0 and rows[-1] == 49_999


def test_decimation_leaves_short_series_alone() -> None:
    assert keep_extremes(np.zeros((5, 7)), 2000).tolist() == [0, 1, 2, 3, 4]


def test_stretches_break_at_gaps_and_show_a_lone_sighting() -> None:
    spans = stretches(np.array([0.0, 1.0, 2.0, 9.0]), 2.0, 0.2)
    assert spans == [Span(0.0, 2.0), Span(9.0, 9.2)]
    assert stretches(np.empty(0), 2.0, 0.2) == []


def test_overlapping_windows_become_segments_that_touch() -> None:
    windows = [Span(t, t + 2, label, 0.8) for t, label in ((0.0, "a"), (0.5, "a"), (1.0, "b"))]
    assert join_windows(windows) == [Span(0.0, 1.75, "a", 0.8), Span(1.75, 3.0, "b", 0.8)]
    apart = [Span(0.0, 2.0, "a", 0.5), Span(10.0, 12.0, "a", 0.7)]
    assert join_windows(apart) == apart


def test_head_count_counts_people_in_view() -> None:
    times, counts = head_count([Span(1.0, 4.0), Span(2.0, 3.0)], 5.0)
    assert list(zip(times, counts, strict=True)) == [
        (0.0, 0), (1.0, 1), (2.0, 2), (3.0, 1), (4.0, 0), (5.0, 0),
    ]  # fmt: skip


def test_coverage_counts_overlapping_gaps_once() -> None:
    gaps = [Span(1.0, 3.0, "a"), Span(2.0, 4.0, "b"), Span(9.0, 99.0, "c")]
    assert union(gaps, 10.0) == [Span(1.0, 4.0, "a; b"), Span(9.0, 10.0, "c")]
    assert complement([Span(0.0, 4.0), Span(4.1, 8.0)], 10.0, "x", 0.5) == [Span(8.0, 10.0, "x")]


def test_the_mix_of_all_faces_fills_every_bin_in_which_a_face_was_assessed(
    case_folder: Path,
) -> None:
    video = next(v for v in load_case(case_folder).videos if v.sha256 == LOBBY)
    figure = scene_mix_figure(video)
    assert figure is not None
    assert [trace["name"] for trace in figure["data"]] == list(EMOTIONS)
    tops = np.add(figure["data"][-1]["base"], figure["data"][-1]["y"])
    assert len(tops) > 3
    np.testing.assert_allclose(tops, 1, atol=0.01)


def test_one_face_alone_has_no_mix(case_folder: Path) -> None:
    video = next(v for v in load_case(case_folder).videos if v.sha256 == LOBBY)
    assert scene_mix_figure(replace(video, tracks=video.tracks[:1])) is None


def test_words_tell_a_fall_only_where_it_is_an_event() -> None:
    assert not Span(0, 1, "falling").is_told and not Span(0, 1, "fighting").is_told
    assert Span(0, 1, "falling", level="to check").is_told
    assert Span(0, 1, "running").is_told, "a way to move, event or not"
