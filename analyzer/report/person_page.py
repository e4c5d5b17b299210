"""Page of one person or group: pictures, route over the cameras, appearances with evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyzer.report.case_page import Block, Place
from analyzer.report.pages import Context, wall_data
from analyzer.report.people import PersonRow
from analyzer.report.plan import draw_plan
from analyzer.report.route import MOST_STOPS, stops_of
from analyzer.report.series import Span
from analyzer.report.timescale import at_ms

_MOST_FACES = 60
_MOST_APPEARANCES = 50
_TELLING_QUALITY = 0.1
"""Least quality of a shown face: below it a person cannot recognise anybody either."""


def render_person(context: Context, row: PersonRow, found: Sequence[Block]) -> str:
    """Return the page of one person: every appearance, evidence and expressions in order.

    ``found`` are the blocks with that person, as ``by_person`` gives them.
    """
    ordered = sorted(row.appearances, key=lambda pair: at_ms(pair[0], pair[1].t_start))
    faces = sorted(
        ((video, track, shot) for video, track in ordered for shot in track.faces),
        key=lambda item: -item[2].quality,
    )
    shown = context.detailed(ordered[:_MOST_APPEARANCES])
    stops = stops_of(row, context.case)
    telling = [item for item in faces if item[2].quality >= _TELLING_QUALITY] or faces[:1]
    return context.render(
        "person.html",
        person=row,
        appearances=[
            (video, track, Span(track.t_start, max(track.t_end, track.t_start + 0.2)))
            for video, track in shown
        ],
        more_appearances=len(ordered) - len(shown),
        stops=stops[:MOST_STOPS],
        more_stops=len(stops) - len(stops[:MOST_STOPS]),
        plan=draw_plan(context.case, [stop.video for stop in stops if stop.video.clock]),
        faces=telling[:_MOST_FACES],
        more_faces=len(faces) - len(telling[:_MOST_FACES]),
        blocks=found,
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


def by_person(found: Sequence[Block]) -> dict[str, list[Block]]:
    """Return ``found``, the blocks of a case, by the names in them, each with its lanes alone."""
    blocks: dict[str, list[Block]] = {}
    for block in found:
        places: dict[str, list[Place]] = {}
        for place in block.places:
            for lane in place.lanes:
                places.setdefault(lane.name, []).append(replace(place, lanes=(lane,)))
        for name, own in places.items():
            blocks.setdefault(name, []).append(replace(block, places=tuple(own)))
    return blocks
