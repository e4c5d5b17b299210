"""People section of the first page: everybody who was followed, with or without a face.

The list is a file loaded on demand, so that the page itself stays light.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from analyzer.report import formatting
from analyzer.report.model import Appearance, CaseView, TrackView, VideoView
from analyzer.report.pages import Context
from analyzer.report.people import PersonRow
from analyzer.report.sentences import person_target
from analyzer.report.video_page import clothes_values
from analyzer.types import ACTIONS

PART = "people/list"
"""Key and address of the list."""

MOST_ALONE = 10_000
"""Largest number of tracks without a name in the list: some four megabytes."""

MOST_UNNAMED = 5_000
"""Largest number of unknown persons and of groups by appearance in the list, most tracks first."""

_NOT_TOLD = "not told"


def people_values(context: Context, rows: Sequence[PersonRow]) -> dict[str, Any]:
    """Return the list: named people, then tracks without a name in order of time.

    A track in it is [name, video, from, to, upper, lower, actions]: the video by its place in
    ``videos``, seconds of the clock of the recording since 1970 (of the video where ``clock`` is
    False, None where this recording alone has no clock), and bits of ``colours`` and ``actions``.
    """
    case = context.case
    words = _Words(case)
    alone = list(_alone(case))
    named, rare = _listed(rows)
    kept = sorted(alone, key=_length, reverse=True)[:MOST_ALONE]
    kept.sort(key=lambda p: (p[0].clock is None, _shown_s(p[0], p[1].t_start), p[1].number))
    return {
        "clock": words.clock,
        "places": words.places,
        "colours": words.colours,
        "actions": list(ACTIONS),
        "videos": [_video(context, words, video) for video in case.videos],
        "rows": [_person(context, words, row) for row in named]
        + [_single(context, words, *pair) for pair in kept],
        "left": len(alone) - len(kept) + rare,
    }


def _listed(rows: Sequence[PersonRow]) -> tuple[list[PersonRow], int]:
    """Return the named people of the list, and how many tracks the others have."""
    unnamed = [row for row in rows if not row.known]
    unnamed.sort(key=lambda row: -len(row.appearances))
    rare = {id(row): len(row.appearances) for row in unnamed[MOST_UNNAMED:]}
    return [row for row in rows if id(row) not in rare], sum(rare.values())


class _Words:
    """What the rows refer to by number."""

    def __init__(self, case: CaseView) -> None:
        self.videos = {video.sha256: number for number, video in enumerate(case.videos)}
        self.places = sorted({video.place for video in case.videos}, key=formatting.natural)
        self.clock = any(video.clock for video in case.videos)
        told = {colour for v in case.videos for t in v.tracks for colour in _colours(t)}
        self.colours = [*sorted(told - {_NOT_TOLD}), _NOT_TOLD]

    def bits(self, words: str | None) -> int:
        """Return the bits of a description by colours."""
        return sum(1 << self.colours.index(word) for word in _split(words))


def _split(words: str | None) -> list[str]:
    return words.split(" and ") if words else [_NOT_TOLD]


def _colours(track: TrackView) -> list[str]:
    return _split(track.clothing.upper) + _split(track.clothing.lower)


def _alone(case: CaseView) -> Iterator[Appearance]:
    return ((v, t) for v in case.videos for t in v.tracks if not t.who and not t.look_group)


def _length(pair: Appearance) -> float:
    return pair[1].t_end - pair[1].t_start


def _video(context: Context, words: _Words, video: VideoView) -> list[Any]:
    """Return the address of the page of a video before a moment, and its place."""
    return [context.link(video.page, "@")[:-1], words.places.index(video.place)]


def _shown_s(video: VideoView, t: float) -> float:
    return video.clock.at(t).replace(tzinfo=UTC).timestamp() if video.clock else t


def _track(words: _Words, video: VideoView, track: TrackView) -> list[Any]:
    times: list[float | None] = [None, None]
    if video.clock or not words.clock:
        times = [round(_shown_s(video, t), 1) for t in (track.t_start, track.t_end)]
    actions = track.action_labels
    return [
        track.name,
        words.videos[video.sha256],
        round(track.t_start, 2),
        *times,
        words.bits(track.clothing.upper),
        words.bits(track.clothing.lower),
        sum(1 << place for place, action in enumerate(ACTIONS) if action in actions),
    ]


def _when(video: VideoView, t: float) -> str:
    return formatting.wall_time(video.clock, t) or formatting.video_time(t)


def _person(context: Context, words: _Words, row: PersonRow) -> dict[str, Any]:
    _, track = row.best
    near = track.compared(row.name)
    shot = (near.face if near else None) or track.best_face
    first, last = row.first, row.last
    return {
        "name": row.name,
        "page": context.goto(person_target(row)),
        "kind": row.status,
        "status": row.standing,
        "body": context.address(row.best_body),
        "face": context.address(shot),
        "gallery": context.images.get(near.gallery_image or "") if near and row.known else None,
        "distance": [round(near.distance, 3), round(near.threshold, 3)] if near else None,
        "clothes": [clothes_values(told) for told in row.clothes],
        "why": context.why_no_picture(row.best[0]),
        "first": _when(first[0], first[1].t_start) if first else None,
        "last": _when(last[0], last[1].t_end) if last else None,
        "by": formatting.clock_words(first[0]) if first else "clocks unknown",
        "tracks": [_track(words, *pair) for pair in row.appearances],
    }


def _single(context: Context, words: _Words, video: VideoView, track: TrackView) -> dict[str, Any]:
    return {
        "name": track.name,
        "page": context.at(video, track.name, track.t_shown),
        "kind": track.status,
        "status": _STANDING.get(track.status, track.status),
        "body": context.address(track.best_body),
        "face": context.address(track.best_face),
        "gallery": None,
        "distance": None,
        "clothes": [clothes_values(track.clothing)],
        "why": context.why_no_picture(video),
        "first": _when(video, track.t_start),
        "last": _when(video, track.t_end),
        "by": formatting.clock_words(video),
        "tracks": [_track(words, video, track)],
    }


_STANDING = {
    "unknown": "unknown person",
    "not assessed": "identity not assessed",
    "rejected": "candidate rejected",
}
