"""Report filter: restricts a case to some videos, cameras, a person, a stretch of time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, tzinfo
from functools import partial

from analyzer.errors import UsageError
from analyzer.file_names import as_filed
from analyzer.report.model import CaseView, EventView, TrackView, VideoView
from analyzer.store.videos import find_videos
from analyzer.types import seconds_at, zone_of

_VIDEO_TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2}(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class ReportFilter:
    """Contents of a report; empty means everything.

    ``videos`` are names or patterns as for ``find_videos``; ``cameras`` names of the camera file;
    ``since`` and ``until`` a date and time by the best known clock, or HH:MM:SS from the first
    frame; ``upper`` and ``lower`` colours of clothes in basic terms; ``redact`` hides all faces
    except those of ``person``.
    """

    videos: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    person: str | None = None
    since: str | None = None
    until: str | None = None
    redact: bool = False
    upper: str | None = None
    lower: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything is asked for."""
        return not any(getattr(self, field.name) for field in fields(ReportFilter))

    def as_filed(self, case: CaseView) -> ReportFilter:
        """Return the same with the name of the person in the form in which ``case`` has it."""
        if self.person is None:
            return self
        names = {track.who for video in case.videos for track in video.tracks if track.who}
        return replace(self, person=as_filed(self.person, sorted(names)))


def narrow(case: CaseView, wish: ReportFilter) -> CaseView:
    """Return the part of ``case`` that matches ``wish``; ``narrowed`` then describes it.

    Raises UsageError for a time that cannot be read, for a redaction without a person, and for a
    filter that nothing in the case matches.
    """
    if wish.redact and not wish.person:
        raise UsageError("--redact needs to know whose face stays; give --person NAME")
    videos, words = list(case.videos), list[str]()
    for step in (_by_place, _by_person, _by_clothes, _by_time):
        videos, told = step(case, videos, wish)
        words += told
    if not words:
        return case
    kept = {video.sha256 for video in videos}
    return replace(
        case,
        videos=tuple(videos),
        files=tuple(file for file in case.files if file.sha256 in kept),
        passed_over=(),
        narrowed=tuple(f"Only {word}" for word in words),
    )


_Narrowed = tuple[list[VideoView], list[str]]
"""The videos that are left, and in words what was asked for."""


def _by_place(case: CaseView, videos: list[VideoView], wish: ReportFilter) -> _Narrowed:
    words = []
    if wish.videos:
        known = {video.sha256: video.paths for video in videos}
        asked = {sha256 for name in wish.videos for sha256 in find_videos(known, name)}
        videos = [video for video in videos if video.sha256 in asked]
        words.append(f"videos {', '.join(wish.videos)}")
    if wish.cameras:
        cameras = {name.lower() for name in wish.cameras}
        videos = [v for v in videos if v.camera and v.camera.name.lower() in cameras]
        words.append(f"cameras {', '.join(wish.cameras)}")
    if not videos and words:
        raise UsageError(f"no video fits {'; '.join(words)}; known: {_known(case)}")
    return videos, words


def _by_person(case: CaseView, videos: list[VideoView], wish: ReportFilter) -> _Narrowed:
    if not wish.person:
        return videos, []
    kept = [_only_person(video, wish.person) for video in videos]
    kept = [video for video in kept if video.tracks]
    if not kept:
        names = sorted({t.who for v in case.videos for t in v.tracks if t.who})
        raise UsageError(f"nobody is filed as {wish.person!r}; known: {', '.join(names) or '-'}")
    return kept, [f"person {wish.person}"]


def _by_clothes(case: CaseView, videos: list[VideoView], wish: ReportFilter) -> _Narrowed:
    words = []
    for part, colour in (("upper", wish.upper), ("lower", wish.lower)):
        if colour is None:
            continue
        worn = [_only_worn(video, part, colour) for video in videos]
        videos = [video for video in worn if video.tracks]
        words.append(f"people whose {part} clothes look {colour}")
        if not videos:
            raise UsageError(f"nobody is told in {colour} {part} clothes; told: {_worn(case)}")
    return videos, words


def _by_time(_: CaseView, videos: list[VideoView], wish: ReportFilter) -> _Narrowed:
    if not wish.since and not wish.until:
        return videos, []
    kept, note = _within(videos, wish)
    if not kept:
        raise UsageError(f"no video holds the time asked for ({note})")
    return kept, [note]


def _known(case: CaseView) -> str:
    names = [v.name + (f" ({v.camera.name})" if v.camera else "") for v in case.videos]
    return ", ".join(names[:20]) or "none"


def _only_worn(video: VideoView, part: str, colour: str) -> VideoView:
    """Return ``video`` with the tracks whose clothes are told as that colour, alone or with one."""
    return _with_tracks(video, [t for t in video.tracks if colour in _colours(t, part)])


def _colours(track: TrackView, part: str) -> list[str]:
    told = track.clothing.upper if part == "upper" else track.clothing.lower
    return told.split(" and ") if told else []


def _worn(case: CaseView) -> str:
    tracks = [track for video in case.videos for track in video.tracks]
    found = {
        part: sorted({colour for track in tracks for colour in _colours(track, part)})
        for part in ("upper", "lower")
    }
    return "; ".join(f"{part}: {', '.join(colours) or 'none'}" for part, colours in found.items())


def _only_person(video: VideoView, person: str) -> VideoView:
    return _with_tracks(video, [track for track in video.tracks if track.who == person])


def _with_tracks(video: VideoView, tracks: list[TrackView]) -> VideoView:
    names = {track.name for track in tracks}
    return _with_events(
        replace(video, tracks=tuple(tracks)),
        lambda event: not event.tracks or not names.isdisjoint(event.tracks),
    )


def _with_events(video: VideoView, fits: Callable[[EventView], bool]) -> VideoView:
    return replace(
        video,
        events=tuple(filter(fits, video.events)),
        below=tuple(filter(fits, video.below)),
    )


def _touches(low: float, high: float, event: EventView) -> bool:
    return event.t_end >= low and event.t_start <= high


def _within(videos: list[VideoView], wish: ReportFilter) -> tuple[list[VideoView], str]:
    """Return videos with the tracks and events that overlap the requested time, and a note."""
    kept, unknown = [], 0
    for video in videos:
        edges = [_seconds(video, wish.since, False), _seconds(video, wish.until, True)]
        if any(isinstance(edge, str) for edge in edges):
            unknown += 1
            continue
        low = edges[0] if isinstance(edges[0], float) else 0.0
        high = edges[1] if isinstance(edges[1], float) else video.duration_s
        if high < 0 or low > video.duration_s:
            continue
        inside = _with_tracks(
            video, [t for t in video.tracks if t.t_end >= low and t.t_start <= high]
        )
        kept.append(_with_events(inside, partial(_touches, low, high)))
    note = f"what touches {wish.since or 'the beginning'} to {wish.until or 'the end'}"
    if unknown:
        note += f" ({unknown} videos without a clock are left out)"
    return kept, note


def _seconds(video: VideoView, text: str | None, latest: bool) -> float | str | None:
    """Return seconds since the first frame; a text if the clock of the video is unknown."""
    if text is None:
        return None
    found = _VIDEO_TIME.fullmatch(text.strip())
    if found:
        return int(found[1] or 0) * 3600.0 + int(found[2]) * 60.0 + float(found[3])
    moment, zone = _moment(text.strip())
    clock = video.clock
    if clock is None:
        return "clock unknown"
    if zone is not None and clock.zone is not None:
        moment = moment.replace(tzinfo=zone).astimezone(zone_of(clock.zone)).replace(tzinfo=None)
    return seconds_at(clock, moment, video.duration_s, latest)


def _moment(text: str) -> tuple[datetime, tzinfo | None]:
    """Return a date and time as the report shows it, with the zone behind it, if any."""
    when, _, zone = text.rpartition(" ")
    try:
        if when and not zone[:1].isdigit():
            return datetime.fromisoformat(when).replace(tzinfo=None), zone_of(zone)
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no time; write 2026-02-27T03:14:00 or what the report shows, or HH:MM:SS "
            "from the first frame"
        ) from error
    return moment.replace(tzinfo=None), moment.tzinfo
