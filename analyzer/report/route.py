"""Route of a person: appearances in order over the cameras, with what lies between them."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.report import formatting
from analyzer.report.model import Appearance, CaseView, TrackView, VideoView
from analyzer.report.people import SIMILAR, PersonRow
from analyzer.report.plan import metres
from analyzer.report.timescale import at_ms

MOST_STOPS = 60
"""Largest number of stops that a page draws; the table of appearances holds the rest."""


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """One appearance; ``between`` says what lies between the one before and this, in words.

    ``evidence`` says why it is there; ``alike`` that similar appearance alone puts it there.
    """

    number: int
    video: VideoView
    track: TrackView
    between: tuple[str, ...]
    evidence: str
    alike: bool


def stops_of(row: PersonRow, case: CaseView) -> list[Stop]:
    """Return the appearances of ``row`` in order of time; those without a clock by their video.

    As in ``store.routes``: to the tracks of a person are added those of its groups by appearance
    that are named nobody else and whose candidate was not rejected.
    """
    ordered = sorted(
        [*row.appearances, *_alike(row, case)],
        key=lambda pair: (
            pair[0].clock is None,
            pair[0].sha256 if pair[0].clock is None else "",
            at_ms(pair[0], pair[1].t_start),
        ),
    )
    own = {track.id for _, track in row.appearances}
    stops: list[Stop] = []
    for number, (video, track) in enumerate(ordered, start=1):
        before = stops[-1] if stops else None
        between = _between(before, video, track) if before else ()
        alike = row.alike or track.id not in own
        evidence = _likeness(track, before) if alike else _evidence(row, track)
        stops.append(Stop(number, video, track, between, evidence, alike))
    return stops


def _alike(row: PersonRow, case: CaseView) -> list[Appearance]:
    own = {track.id for _, track in row.appearances}
    groups = dict.fromkeys(track.look_group for _, track in row.appearances if track.look_group)
    return [
        (video, track)
        for group in (groups if not row.alike else ())
        for video, track in case.by_look_group.get(group, ())
        if track.id not in own and not track.known and track.status != "rejected"
    ]


def _between(before: Stop, video: VideoView, track: TrackView) -> tuple[str, ...]:
    words = [_gap(before, video, track)]
    away = metres(before.video.camera, video.camera)
    if away is not None and video.place != before.video.place:
        words.append(f"{away:,.0f} m away")
    return tuple(words)


def _gap(before: Stop, video: VideoView, track: TrackView) -> str:
    if video.sha256 != before.video.sha256 and not (video.clock and before.video.clock):
        return "time between unknown"
    seconds = (at_ms(video, track.t_start) - at_ms(before.video, before.track.t_end)) / 1000
    if seconds >= 0:
        return f"{formatting.duration(seconds)} later"
    return f"overlaps by {formatting.duration(-seconds)}"


def _evidence(row: PersonRow, track: TrackView) -> str:
    near = track.compared(row.name)
    if track.confirmed == row.name:
        return "confirmed by a reviewer"
    return f"face at distance {near.distance:.3f}" if near else "similar face"


def _likeness(track: TrackView, before: Stop | None) -> str:
    link = before and next((s for s in track.similar if s.track_id == before.track.id), None)
    if link:
        return f"{SIMILAR}, {link.similarity:.2f} to the one before"
    best = max((s.similarity for s in track.similar), default=None)
    return SIMILAR if best is None else f"{SIMILAR}, {best:.2f}"
