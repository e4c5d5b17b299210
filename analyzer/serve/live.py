"""Live view of watched cameras: newest picture, and what the newest analysed recording shows."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analyzer.live.status import SourceStatus, picture_path, read_status, want_pictures
from analyzer.report import formatting
from analyzer.report.loader import load_boxes
from analyzer.report.model import EventView, TrackView, VideoView
from analyzer.report.pages import nearest
from analyzer.serve.snapshot import Reports, Snapshot
from analyzer.store.reader import CaseReader
from analyzer.store.recordings import Recording, newest_analysed
from analyzer.types import LEVELS
from analyzer.video.annotate import TrackPath

_MINUTES = 5
"""Minutes of the newest recordings that mood and head count are of."""

_SILENT_S = 60.0
"""Seconds without a word from `analyzer watch` after which it counts as ended, or killed.

It tells every second, but may wait for the database or for a channel of messages.
"""

_EVENTS = 6
_AROUND_S = 1.0
"""Boxes are those of the last second in which somebody was seen."""


class LiveView:
    """What the live page shows of the case at ``case``."""

    def __init__(self, case: Path, reports: Reports) -> None:
        self._case, self._reports = case, reports

    def picture(self, name: str) -> Path | None:
        """Return the newest picture of a watched camera by the name of its file, and ask for more.

        None for what is no watched camera.
        """
        status = read_status(self._case)
        folders = {source.folder for source in status.sources} if status else set()
        if not name.endswith(".jpg") or name.removesuffix(".jpg") not in folders:
            return None
        want_pictures(self._case)
        path = picture_path(self._case, name.removesuffix(".jpg"))
        if path.parent.resolve() != (self._case / "live").resolve() or not path.is_file():
            return None
        return path

    def values(self) -> dict[str, Any]:
        """Return the watched cameras as plain values, and what was seen last."""
        status = read_status(self._case)
        if status is None:
            return {"watched": False, "cameras": []}
        want_pictures(self._case)
        now = self._reports.snapshot()
        heard = _age(status.at) < _SILENT_S
        sources = status.sources
        if not heard:
            sources = tuple(replace(source, state="stopped") for source in sources)
        return {
            "watched": heard and not status.stopping,
            "at": status.at,
            "behind_s": status.behind_s,
            "cameras": [self._camera(now, source) for source in sources],
        }

    def _camera(self, now: Snapshot, source: SourceStatus) -> dict[str, Any]:
        with CaseReader(self._case) as reader:
            recordings = newest_analysed(reader, source.camera, _MINUTES * 60)
            videos = {video.sha256: video for video in now.context.case.videos}
            shown = [(r, videos[r.sha256]) for r in recordings if r.sha256 in videos]
            seen = self._seen(reader, *shown[0]) if shown else None
        return {
            "camera": source.camera,
            "picture": f"live/{source.folder}.jpg",
            "state": source.state,
            "reason": source.reason,
            "backlog": source.backlog,
            "last_arrival": source.last_arrival,
            "latency_s": source.median_latency_s,
            "seen": seen,
            "people": sum(len(video.tracks) for _, video in shown),
            "mood": _mood(video for _, video in shown),
            "minutes": _MINUTES,
            "events": _events(now, [video for _, video in shown]),
        }

    def _seen(
        self, reader: CaseReader, recording: Recording, video: VideoView
    ) -> dict[str, Any] | None:
        """Return who was where at the last moment of the newest analysed recording."""
        end = max((track.t_end for track in video.tracks), default=None)
        if end is None:
            return {"delay_s": _age(recording.arrival_end), "boxes": [], "size": _size(video)}
        boxes = load_boxes(reader, video.sha256, end - _AROUND_S, end)
        found = [
            _box(track, boxes[track.name])
            for track in video.tracks
            if track.name in boxes and len(boxes[track.name].t)
        ]
        delay = _age(recording.arrival_end) + max(0.0, video.duration_s - end)
        return {"delay_s": round(delay, 1), "boxes": found, "size": _size(video)}


def _box(track: TrackView, path: TrackPath) -> dict[str, Any]:
    sides = path.body[-1] if path.body[-1][2] == path.body[-1][2] else path.face[-1]
    return {
        "box": [round(float(side), 1) for side in sides],
        "name": track.name,
        "who": track.who,
        "known": track.known,
        "status": track.status,
        "expression": track.dominant_emotion,
    }


def _size(video: VideoView) -> list[int]:
    return [video.facts.width, video.facts.height]


def _age(moment: str) -> float:
    """Return the seconds since ``moment``, UTC in ISO form."""
    then = datetime.fromisoformat(moment)
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return round((datetime.now(UTC) - then).total_seconds(), 1)


def _mood(videos: Any) -> list[dict[str, Any]]:
    """Return the apparent expressions by how many tracks show them mostly, as shares."""
    told = Counter(t.dominant_emotion for v in videos for t in v.tracks if t.dominant_emotion)
    whole = sum(told.values())
    return [
        {"emotion": emotion, "tracks": count, "share": round(count / whole, 3)}
        for emotion, count in told.most_common()
    ]


def _events(now: Snapshot, videos: list[VideoView]) -> list[dict[str, Any]]:
    """Return the newest events, those of higher levels before others of one recording."""
    found = [
        _event(now, video, event)
        for video in videos
        for event in sorted(video.events, key=lambda e: (LEVELS.index(e.level), -e.t_start))
    ]
    return found[:_EVENTS]


def _event(now: Snapshot, video: VideoView, event: EventView) -> dict[str, Any]:
    track = video.track(event.track)
    picture = None
    if track is not None:
        body, face = nearest(track.bodies, event.t_peak), nearest(track.faces, event.t_peak)
        picture = now.context.address(body) or now.context.address(face)
    return {
        "words": event.label,
        "level": event.level,
        "time": formatting.wall_time(video.clock, event.t_start)
        or formatting.video_time(event.t_start),
        "page": now.context.at(video, event.track, event.t_start, play=True),
        "picture": picture,
    }
