"""A day of video with two thousand tracks still makes a light page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.config import ReportSettings
from analyzer.report.case_page import blocks, render_case
from analyzer.report.media import VideoMedia
from analyzer.report.model import EmotionSeries
from analyzer.report.pages import Context, render_video, script_json
from analyzer.report.people import people
from analyzer.report.people_list import people_values
from analyzer.report.series import Span
from analyzer.report.video_page import parts, video_data
from tests.report.reading import load_case
from tests.report.report_case import LOBBY

pytestmark = pytest.mark.slow

DAY_S = 86_400.0


@pytest.fixture(scope="module")
def context(case_folder: Path) -> Context:
    """The lobby as a day: 2,000 tracks, one of them in view for all of it."""
    case = load_case(case_folder)
    lobby = case.video(LOBBY)
    assert lobby is not None
    model = lobby.tracks[1]
    tracks = []
    for number in range(1, 2001):
        start = (number * 43.1) % (DAY_S - 60)
        span = (Span(start, start + 24.0),)
        tracks.append(
            replace(
                model, number=number, id=f"x:T{number}", t_start=start, t_end=start + 24.0,
                presence=span, face_presence=span,
            )
        )  # fmt: skip
    rng = np.random.default_rng(1)
    t = np.arange(0, DAY_S, 0.2)
    p = rng.dirichlet(np.ones(7), len(t))
    p[123_456] = [0, 0, 1, 0, 0, 0, 0]
    long = EmotionSeries(t, p, ("",) * len(t), np.ones(len(t)))
    spans = tuple(Span(float(s), float(s) + 0.3) for s in np.arange(0, DAY_S, 5))
    tracks[0] = replace(tracks[0], emotions=long, raw_emotions=long, presence=spans)
    day = replace(lobby, duration_s=DAY_S, tracks=tuple(tracks))
    return Context(replace(case, videos=(day,)), {}, ReportSettings(), "2026-03-02")


def test_the_page_weighs_less_than_fifteen_megabytes(context: Context) -> None:
    video = context.case.videos[0]
    text = render_video(context, video, video_data(context, video, VideoMedia()))
    plotly_bytes = 5_000_000
    assert len(text.encode()) + plotly_bytes < 15_000_000
    assert len(text.encode()) < 4_000_000


def test_the_list_of_people_weighs_little_and_stands_apart_from_the_page(context: Context) -> None:
    values = people_values(context, people(context.case))
    assert len(values["rows"]) == 2000
    assert len(script_json(values).encode()) < 2_000_000
    page = render_case(context, people(context.case), blocks(context))
    assert len(page.encode()) < 200_000


def test_no_trace_has_more_points_than_set_and_peaks_stay(
    context: Context, case_folder: Path
) -> None:
    video = context.case.videos[0]
    _, tracks = next(parts(context, case_folder, video, VideoMedia()))
    series = tracks[video.tracks[0].name]
    for kind in ("smooth", "raw"):
        assert len(series[kind]["t"]) <= 2000
        assert max(series[kind]["p"][2]) == 1.0, "the one certain moment of a day is kept"
