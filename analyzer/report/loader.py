"""Loader of a report: a case as the values that its pages show; writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from functools import cached_property
from pathlib import PurePath
from typing import Any

import numpy as np
import pandas as pd

from analyzer.clock.rule import judged
from analyzer.config import Settings, settings_from
from analyzer.config_detection import FaceSettings
from analyzer.file_names import escaped
from analyzer.report import formatting
from analyzer.report.formatting import parse_wall
from analyzer.report.levels import levelled, levelled_track
from analyzer.report.model import CaseView, EventView, OtherTrack, TrackView, VideoView, page_of
from analyzer.report.series import Span, complement, subtract, union
from analyzer.report.track_loader import load_tracks
from analyzer.store import overview
from analyzer.store import report_queries as queries
from analyzer.store.audit import purged_videos
from analyzer.store.ids import short_id
from analyzer.store.measured import measured_with, settings_of_videos
from analyzer.store.policy import forbidden, rules_in
from analyzer.store.reader import CaseReader
from analyzer.store.records import ABOUT, StoredSegment
from analyzer.types import Clock, ClockPiece, Event, JudgedClock, VideoInfo
from analyzer.video.annotate import TrackPath
from analyzer.video.cameras import Camera, camera_of

# Shorter holes between segments are rounding of pts, not footage that was left out.
_SLIVER_S = 0.5


class CaseLoader:
    """Loads a case part by part: ``head`` is the case without its videos.

    A video of a busy hour takes some megabytes, so that a big case is never held whole: see
    ``VideoView.outlined``. Raises CaseError when the database cannot be read, ConfigError for
    settings of the last run that this version does not know.
    """

    def __init__(self, reader: CaseReader) -> None:
        self.reader = reader
        info = queries.case_info(reader)
        runs, files = reader.runs(), reader.inputs()
        settings = Settings()
        if runs:
            settings = settings_from(runs[-1].settings, f"{reader.folder}: the last run")
        self.head = CaseView(
            title=info.get("title") or escaped(reader.folder.resolve().name),
            files=files,
            videos=(),
            gallery=queries.pictures_of_gallery(reader),
            runs=runs,
            settings=settings,
            format_version=info.get("format_version", "?"),
            info={key: info[key] for key in ABOUT if info.get(key)},
            policy=tuple(forbidden(rules_in(reader)).values()),
            passed_over=queries.passed_over(reader),
            look_groups=queries.look_groups(reader),
        )
        self._pictures = {(p.person, p.sha256): p for p in self.head.gallery}
        self._cameras = queries.cameras(reader)
        self._measured = measured_with(reader)
        self._settings = settings_of_videos(runs, self._measured, settings)
        self._purged = purged_videos(reader.db)
        self._facts = {facts.sha256: (facts, wall) for facts, *wall in queries.videos(reader)}
        self._paths: dict[str, tuple[str, ...]] = dict.fromkeys(self._facts, ())
        for file in files:
            if file.sha256 in self._paths:
                self._paths[file.sha256] += (file.path,)

    @property
    def videos(self) -> list[str]:
        """The videos of the case by path, each by its SHA-256."""
        return sorted(self._facts, key=lambda sha256: (self._paths[sha256][:1], sha256))

    @cached_property
    def followed(self) -> frozenset[str]:
        """The videos in which somebody was followed."""
        return frozenset(queries.followed(self.reader))

    def name(self, sha256: str) -> str:
        """Return the file name under which a video is spoken of."""
        paths = self._paths[sha256]
        return PurePath(paths[0]).name if paths else short_id(sha256, 12)

    def place(self, sha256: str) -> str:
        """Return the camera of a video, or its file where none is known."""
        camera = camera_of(self._cameras, self._paths[sha256])
        return camera.name if camera else self.name(sha256)

    def video(self, sha256: str) -> VideoView:
        """Return a video with everything that its page shows."""
        return self._video(sha256, queries.TrackTables(self.reader, sha256))

    def _video(self, sha256: str, tables: queries.TrackTables) -> VideoView:
        facts, (wall_start, wall_source) = self._facts[sha256]
        reader, settings = self.reader, self._settings.get(sha256, self.head.settings)
        segments, pauses = reader.segments(sha256), _pauses(reader, sha256)
        video = VideoView(
            sha256=sha256,
            paths=self._paths[sha256],
            facts=facts,
            duration_s=facts.duration_s,
            wall_start=parse_wall(wall_start),
            wall_source=wall_source,
            frames_sampled=sum(segment.frames_sampled for segment in segments),
            frames_examined=sum(segment.frames_examined for segment in segments),
            bad_frames=sum(segment.bad_frames for segment in segments),
            gaps=tuple(_gaps(reader, facts, segments, pauses)),
            pauses=pauses,
            tracks=self._load(tables, settings),
            tracklets=queries.count_tracklets(reader, sha256),
            smallest_face_px=_smallest_face(settings.faces, facts.width),
            faces_turned=overview.faces_turned(reader, sha256),
            keyframes_only_s=sum(segment.keyframes_only_s for segment in segments),
            measured=self._measured.get(sha256),
        )
        video = levelled(video, _events(reader, video))
        return replace(
            video,
            no_pictures=self._without_pictures(sha256),
            **_clock(reader, video, camera_of(self._cameras, video.paths)),
        )

    def sketch(self, sha256: str) -> VideoView:
        """Return a video with events and pictures of tracks, without what is drawn over time."""
        return self._video(sha256, queries.TrackSketches(self.reader, sha256))

    def detailed(
        self, appearances: Iterable[tuple[VideoView, TrackView]]
    ) -> list[tuple[VideoView, TrackView]]:
        """Return ``appearances`` with all series of their tracks, which may be outlines."""
        found = list(appearances)
        if not found:
            return []
        tables = queries.TrackTables(self.reader, ids=[track.id for _, track in found])
        whole = {track.id: track for track in self._load(tables, self.head.settings)}
        return [
            # Another process may have derived the video again meanwhile.
            (video, levelled_track(whole.get(track.id, track), (*video.events, *video.below)))
            for video, track in found
        ]

    def elsewhere(self, video: VideoView) -> dict[str, OtherTrack]:
        """Return what is shown of the tracks of other videos that those of ``video`` are like."""
        own = {track.id for track in video.tracks}
        others = {link.track_id for track in video.tracks for link in track.similar} - own
        return {
            row["id"]: OtherTrack(
                name=f"T{row['number']}",
                page=page_of(row["video_sha256"]),
                place=self.place(row["video_sha256"]),
                t_shown=next(
                    t for t in (row["face_t"], row["body_t"], row["t_start"]) if t is not None
                ),
                body=row["image"] or None,
            )
            for row in (queries.whereabouts(self.reader, others) if others else ())
        }

    def _load(self, tables: queries.TrackTables, settings: Settings) -> tuple[TrackView, ...]:
        return load_tracks(tables, settings.smoothing.max_gap_s, self._pictures)

    def _without_pictures(self, sha256: str) -> str | None:
        """Return why no pictures of a recording may be shown; None where they may."""
        if not self.head.settings.faces.crops:
            return "this case keeps no pictures of faces"
        if sha256 in self._purged:
            return "faces in this video were removed for good (analyzer purge)"
        return None


def load_case(reader: CaseReader) -> CaseView:
    """Return the whole case of ``reader``, held at once; raises as ``CaseLoader``."""
    loader = CaseLoader(reader)
    return replace(loader.head, videos=tuple(map(loader.video, loader.videos)))


def _events(reader: CaseReader, video: VideoView) -> list[EventView]:
    return [_event(video, *told) for told in queries.events(reader, video.sha256)]


def _event(video: VideoView, key: str, number: int, event: Event) -> EventView:
    """Return ``event`` with whom its track is filed under now: reviews follow the derivation."""
    names = {track.id: track for track in video.tracks}
    track = names.get(event.track_id or "")
    label, person, level = event.label, event.person, event.level
    if track is not None:
        person = track.who if track.known else None
        if event.kind == "person" and track.status == "confirmed":
            label = f"{track.who} in view, confirmed"
        elif event.kind == "person" and track.status == "rejected":
            label, level = f"rejected: {label}", "below"
    return EventView(
        key, number, event.kind, label, event.start.t, event.end.t, event.peak.t, event.score,
        level, tuple(names[key].name for key in event.tracks if key in names), person,
    )  # fmt: skip


def _clock(reader: CaseReader, video: VideoView, camera: Camera | None) -> dict[str, Any]:
    """Return the clocks of ``video``, its camera, and the start that the camera file tells."""
    clocks = reader.clocks(video.sha256) or _first_clocks(video, camera)
    starts = [c.clock.start for c in clocks if c.clock.source == "camera file"]
    corrected = next((start for start in starts if start != video.wall_start), None)
    return {"clocks": clocks, "camera": camera, "corrected_start": corrected}


def _first_clocks(video: VideoView, camera: Camera | None) -> tuple[JudgedClock, ...]:
    """Return the clocks of a case of the first versions, which kept the time as stored alone."""
    stored = []
    if video.wall_start is not None:
        told = video.wall_source or "time as stored"
        stored = [Clock("container", told, (ClockPiece(0.0, video.wall_start),))]
    return judged(stored, camera, video.duration_s)


def load_boxes(
    reader: CaseReader, sha256: str, t_start: float, t_end: float
) -> dict[str, TrackPath]:
    """Return where every track of a video was in [t_start, t_end], by the track's short name.

    Boxes are in pixels of the recording as displayed.
    """
    found = queries.boxes_of_tracks(reader, sha256, t_start, t_end)
    return {f"T{number}": _path(part, "", subject=True) for number, part in found.items()}


def paths_of(
    reader: CaseReader, sha256: str, t_start: float, t_end: float, subject: Set[str]
) -> list[TrackPath]:
    """Return where everybody was whom a detector found in a stretch, in any tracklet.

    Tracklets of the tracks named in ``subject`` (T1, T2 …) are the subject's. Labels are the names
    of the tracks; what was not taken for a person is there too, for a face may have been.
    """
    paths = []
    for number, part in queries.boxes_of_tracklets(reader, sha256, t_start - 2, t_end + 2):
        label = f"T{number}" if number else ""
        paths.append(_path(part, label, label in subject))
    return paths


def _path(rows: pd.DataFrame, label: str, subject: bool) -> TrackPath:
    return TrackPath(
        rows["t"].to_numpy(np.float64),
        rows[["face_x", "face_y", "face_w", "face_h"]].to_numpy(np.float64),
        rows[["body_x", "body_y", "body_w", "body_h"]].to_numpy(np.float64),
        label,
        subject,
    )


def _pauses(reader: CaseReader, sha256: str) -> tuple[Span, ...]:
    """Return the pauses of the recorder."""
    return tuple(
        Span(stretch.start.t, stretch.end.t, formatting.PAUSE)
        for stretch in reader.stretches(sha256)
        if stretch.kind == "pause"
    )


def _gaps(
    reader: CaseReader,
    facts: VideoInfo,
    segments: Sequence[StoredSegment],
    pauses: Sequence[Span],
) -> list[Span]:
    """Return what was not analysed: recorded gaps, and stretches that no stored segment covers.

    What lies in a pause was never recorded, so nothing of it is missing.
    """
    recorded = [
        Span(gap.t_start, gap.t_end, gap.reason) for gap in queries.gaps(reader, facts.sha256)
    ]
    tick, start = float(facts.time_base), facts.start_pts
    covered = [
        Span((s.span.start_pts - start) * tick, (s.span.end_pts - start) * tick) for s in segments
    ]
    label = "not analysed: the run did not reach it"
    missing = complement(covered, facts.duration_s, label, _SLIVER_S)
    missing = subtract(missing, pauses, _SLIVER_S)
    return union([*recorded, *missing], facts.duration_s)


def _smallest_face(faces: FaceSettings, width: int) -> int:
    """Return the smallest face, in source pixels, that detection at the set width could see."""
    seen_width = min(float(faces.width), float(width))
    return round(float(faces.min_px) * width / max(seen_width, 1.0))
