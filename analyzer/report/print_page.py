"""Print version of the report: one page without scripts, vector charts, hashes in the footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from analyzer.report.case_page import totals
from analyzer.report.method import measured_errors
from analyzer.report.model import TrackView, VideoView
from analyzer.report.pages import Context, ordered
from analyzer.report.people import PersonRow
from analyzer.report.plan import draw_plan
from analyzer.report.route import Stop, stops_of
from analyzer.report.series import Span
from analyzer.report.summary import Chapter

_MOST_TRACKS = 30
"""Largest number of printed tracks per video: a day of video has thousands."""

_MOST_HASHES = 3

_MOST_PEOPLE = 100
"""Largest number of printed people: named ones come first, then groups with most tracks."""

_MOST_STOPS = 12
"""Largest number of printed stops of a route."""

_Route = tuple[PersonRow, list[Stop], int, Markup | None]
"""A person, the stops that are printed, the number of further ones, and the plan."""


def render_print(
    context: Context, people: Sequence[PersonRow], summary: Sequence[Chapter] = ()
) -> str:
    """Return the print version of the report."""
    case = replace(
        context.case,
        videos=tuple(
            replace(video, tracks=tuple(sorted(video.tracks, key=_worth)))
            for video in context.case.videos
        ),
    )
    events = [(video, event) for video in case.videos for event in video.events]
    events.sort(key=lambda pair: ordered(*pair))
    run = case.runs[-1] if case.runs else None
    return context.render(
        "print.html",
        case=case,
        summary=summary,
        href_of=lambda _: None,
        people=people[:_MOST_PEOPLE],
        more_people=len(people) - len(people[:_MOST_PEOPLE]),
        routes=_routes(context, people[:_MOST_PEOPLE]),
        events=events,
        errors=measured_errors(run.models) if run else [],
        totals=totals(case, [(file, case.video(file.sha256)) for file in case.files]),
        footer=_footer(context, case.videos),
        most=_MOST_TRACKS,
        gap=context.max_gap_s,
        spans={
            track.id: Span(track.t_start, max(track.t_end, track.t_start + 0.2))
            for video in case.videos
            for track in video.tracks
        },
    )


def _routes(context: Context, people: Sequence[PersonRow]) -> list[_Route]:
    """Return the routes of those who appear twice or more."""
    routes = []
    for row in people:
        stops = stops_of(row, context.case)
        if len(stops) > 1:
            plan = draw_plan(context.case, [stop.video for stop in stops if stop.video.clock])
            routes.append((row, stops[:_MOST_STOPS], len(stops) - len(stops[:_MOST_STOPS]), plan))
    return routes


def _worth(track: TrackView) -> tuple[bool, float]:
    return not track.known, track.t_start - track.t_end


def _footer(context: Context, videos: Sequence[VideoView]) -> str:
    """Return the footer of every page as CSS text: title, time and hashes of the videos."""
    hashes = [f"{video.sha256[:16]}" for video in videos[:_MOST_HASHES]]
    if len(videos) > _MOST_HASHES:
        hashes.append(f"and {len(videos) - _MOST_HASHES} more, page 1")
    words = f"{context.title} · {context.made_at} · sha256 {', '.join(hashes) or 'none'}"
    return "".join(
        sign if sign.isalnum() or sign in " .,:·-" else f"\\{ord(sign):x} " for sign in words
    )
