"""Page of one person or group: pictures, route over the cameras, appearances with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzer.report.case_page import Block
from analyzer.report.pages import Context, wall_data
from analyzer.report.people import PersonRow
from analyzer.report.plan import draw_plan
from analyzer.report.route import MOST_STOPS, stops_of
from analyzer.report.series import Span
from analyzer.report.timescale import at_ms

_MOST_FACES = 60
_TELLING_QUALITY = 0.1
"""Least quality of a shown face: below it a person cannot recognise anybody either."""


def render_person(context: Context, row: PersonRow, found: Sequence[Block]) -> str:
    """Return the page of one person: every appearance, evidence and expressions in order.

    ``found`` are the ``blocks`` of the whole case.
    """
    ordered = sorted(row.appearances, key=lambda pair: at_ms(pair[0], pair[1].t_start))
    faces = sorted(
        ((video, track, shot) for video, track in ordered for shot in track.faces),
        key=lambda item: -item[2].quality,
    )
    stops = stops_of(row, context.case)
    telling = [item for item in faces if item[2].quality >= _TELLING_QUALITY] or faces[:1]
    return context.render(
        "person.html",
        person=row,
        appearances=[
            (video, track, Span(track.t_start, max(track.t_end, track.t_start + 0.2)))
            for video, track in ordered
        ],
        stops=stops[:MOST_STOPS],
        more_stops=len(stops) - len(stops[:MOST_STOPS]),
        plan=draw_plan(context.case, [stop.video for stop in stops if stop.video.clock]),
        faces=telling[:_MOST_FACES],
        more_faces=len(faces) - len(telling[:_MOST_FACES]),
        blocks=[_only(block, row.name) for block in found if _holds(block, row.name)],
        gap=context.max_gap_s,
        events=wall_data(
            context,
            [
                (video, event)
                for video, track in ordered
                for event in video.events
                if track.name in event.tracks
            ],
        ),
    )


def _holds(block: Block, name: str) -> bool:
    return any(lane.name == name for place in block.places for lane in place.lanes)


def _only(block: Block, name: str) -> Block:
    """Return ``block`` with the lanes of one person."""
    places = tuple(
        replace(p, lanes=tuple(lane for lane in p.lanes if lane.name == name))
        for p in block.places
        if any(lane.name == name for lane in p.lanes)
    )
    return replace(block, places=places)
