"""Print version of the report: one page without scripts, vector charts, hashes in the footer.

It holds what a court reads: the summary, events and named people with their pictures, and where
each recording comes from. Rows about people without a name are in the tables, not on paper.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from analyzer.report.case_page import Block, reasons, totals
from analyzer.report.method import measured_errors
from analyzer.report.model import Appearance, CaseView, EventView, TrackView, VideoView
from analyzer.report.pages import Context, ordered
from analyzer.report.people import PersonRow
from analyzer.report.plan import draw_plan
from analyzer.report.route import Stop, stops_of
from analyzer.report.sentences import Target, anchor_of, event_sentence
from analyzer.report.series import Span
from analyzer.report.summary import Chapter
from analyzer.store.ids import short_id

_MOST_EVENTS = 48
"""Largest number of printed events, some eight on a page."""

_MOST_PEOPLE = 40
"""Largest number of printed people of the gallery."""

_MOST_UNKNOWN = 24
"""Largest number of printed people with a face and without a name: those of most tracks."""

_MOST_APPEARANCES = 6
"""Largest number of printed charts per person."""

_MOST_BYSTANDERS = 20
"""Largest number of printed tracks without a known person that take part in an event."""

_MOST_VIDEOS = 200
_MOST_STOPS = 12
_LEAST_WINDOW_S = 0.2
_TITLE_LETTERS = 40


@dataclass(frozen=True, slots=True)
class PrintedPerson:
    """A person of the gallery on paper: best evidence, appearances, and the route over cameras."""

    row: PersonRow
    appearances: tuple[Appearance, ...]
    more: int
    stops: tuple[Stop, ...]
    more_stops: int
    plan: Markup | None


def render_print(
    context: Context,
    people: Sequence[PersonRow],
    found: Sequence[Block],
    summary: Sequence[Chapter] = (),
) -> str:
    """Return the print version of the report; ``found`` are the blocks of who was where."""
    case = context.case
    named = [row for row in people if row.known]
    persons = [_person(context, row) for row in named[:_MOST_PEOPLE]]
    unknown = [row for row in people if not row.known and not row.alike]
    events = sorted(((v, e) for v in case.videos for e in v.events), key=lambda p: ordered(*p))
    shown = {track.id for person in persons for _, track in person.appearances}
    bystanders = list(_bystanders(events, shown))
    run = case.runs[-1] if case.runs else None
    anchors = set(_anchors(case, persons, events[:_MOST_EVENTS], bystanders))
    return context.render(
        "print.html",
        summary=summary,
        href_of=lambda target: _within_page(target, anchors),
        event_told=event_sentence,
        anchor_of=anchor_of,
        short_id=short_id,
        persons=persons,
        more_persons=len(named) - len(persons),
        unknown=unknown[:_MOST_UNKNOWN],
        more_unknown=len(unknown) - len(unknown[:_MOST_UNKNOWN]),
        blocks=[block for block in map(_without_groups, found) if block.places],
        events=events[:_MOST_EVENTS],
        more_events=len(events) - len(events[:_MOST_EVENTS]),
        bystanders=context.detailed(bystanders[:_MOST_BYSTANDERS]),
        more_bystanders=len(bystanders) - len(bystanders[:_MOST_BYSTANDERS]),
        videos=case.videos[:_MOST_VIDEOS],
        more_videos=len(case.videos) - len(case.videos[:_MOST_VIDEOS]),
        failed=[file for file in case.files if file.status == "failed"],
        reasons=reasons(case),
        errors=measured_errors(run.models) if run else [],
        totals=totals(case, [(file, case.video(file.sha256)) for file in case.files]),
        list_hash=list_hash(case.videos),
        footer=_footer(context, case.videos),
        gap=context.max_gap_s,
        window=_window,
    )


def _person(context: Context, row: PersonRow) -> PrintedPerson:
    stops = stops_of(row, context.case)
    route = stops if len(stops) > 1 else []
    timed = [stop.video for stop in route if stop.video.clock]
    plan = draw_plan(context.case, timed) if route else None
    return PrintedPerson(
        row,
        tuple(context.detailed(row.appearances[:_MOST_APPEARANCES])),
        len(row.appearances) - len(row.appearances[:_MOST_APPEARANCES]),
        tuple(route[:_MOST_STOPS]),
        len(route) - len(route[:_MOST_STOPS]),
        plan,
    )


def _bystanders(
    events: Sequence[tuple[VideoView, EventView]], shown: set[str]
) -> Iterator[Appearance]:
    """Return the tracks that take part in events and are not printed with a person."""
    told = set(shown)
    for video, event in events:
        for track in filter(None, map(video.track, event.tracks)):
            if track.id not in told:
                told.add(track.id)
                yield video, track


def _without_groups(block: Block) -> Block:
    """Return ``block`` without the lanes of similar appearance, which are leads for the screen."""
    places = (
        replace(place, lanes=tuple(lane for lane in place.lanes if not lane.alike))
        for place in block.places
    )
    return replace(block, places=tuple(place for place in places if place.lanes))


def _anchors(
    case: CaseView,
    persons: Sequence[PrintedPerson],
    events: Sequence[tuple[VideoView, EventView]],
    bystanders: Sequence[Appearance],
) -> Iterator[str]:
    """Return the ids of what is printed."""
    yield from ("files", "coverage", "method", "people" if persons else "", "events")
    for person in persons:
        yield person.row.page.removesuffix(".html")
        yield from (anchor_of(video, track.name) for video, track in person.appearances)
    yield from (anchor_of(video, event.name) for video, event in events)
    yield from (anchor_of(video, track.name) for video, track in bystanders[:_MOST_BYSTANDERS])
    yield from (short_id(video.sha256, 12) for video in case.videos[:_MOST_VIDEOS])


def _within_page(target: Target, anchors: set[str]) -> str | None:
    """Return the address of ``target`` on paper; None where it is not printed."""
    return f"#{target.anchor}" if target.anchor in anchors - {""} else None


def _window(track: TrackView) -> Span:
    return Span(track.t_start, max(track.t_end, track.t_start + _LEAST_WINDOW_S))


def list_hash(videos: Sequence[VideoView]) -> str:
    """Return the SHA-256 of the sorted hashes of ``videos``, one per line, as ``sha256sum`` would.

    It pins all recordings of a report in one line of the footer.
    """
    lines = "".join(f"{sha256}\n" for sha256 in sorted(video.sha256 for video in videos))
    return hashlib.sha256(lines.encode()).hexdigest()


def _footer(context: Context, videos: Sequence[VideoView]) -> str:
    """Return the footer of every page as CSS text: title, time and hash of the recordings."""
    title = context.title
    if len(title) > _TITLE_LETTERS:
        title = f"{title[: _TITLE_LETTERS - 1]}…"
    which = "sha256 none"
    if len(videos) == 1:
        which = f"sha256 {videos[0].sha256}"
    elif videos:
        which = f"{len(videos)} recordings, sha256 of their list {list_hash(videos)}"
    words = f"{title} · {context.made_at} · {which}"
    return "".join(
        sign if sign.isalnum() or sign in " .,:·-" else f"\\{ord(sign):x} " for sign in words
    )
