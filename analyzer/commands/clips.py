"""Use case of `analyzer clip`: clips and stills cut from a recording, marked as derived."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analyzer import __version__
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import CaseError, UsageError
from analyzer.file_names import escaped
from analyzer.hashing import sha256_file
from analyzer.report import formatting
from analyzer.report.camera_words import regions_of
from analyzer.report.loader import load_case, paths_of
from analyzer.report.media import OpenedSources
from analyzer.report.model import CaseView, TrackView, VideoView
from analyzer.store.case import Case
from analyzer.store.errors import case_errors, obstacle
from analyzer.store.ids import short_id
from analyzer.store.reader import CaseReader
from analyzer.store.records import utc_now
from analyzer.store.videos import find_video
from analyzer.types import VideoInfo
from analyzer.video.annotate import Painter, painter

FOLDER = "clips"
FORMAT = "analyzer-clip"
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What `analyzer clip` was asked.

    One of ``event`` (VIDEO:E3) and ``track`` (VIDEO:T1), or ``video`` with a stretch in seconds;
    VIDEO as for ``find_video``, and may be left out in a case of one video.
    ``around`` seconds are added to both sides of an event or track. ``plain`` draws nothing;
    ``redact`` hides all found faces but the subject's; ``still`` is one picture.
    """

    case: Path
    event: str | None = None
    track: str | None = None
    video: str | None = None
    since: float | None = None
    until: float | None = None
    around: float = 2.0
    plain: bool = False
    redact: bool = False
    still: bool = False
    source: Path | None = None


@dataclass(frozen=True, slots=True)
class ClipResult:
    """What was made: the file, the note beside it, and what the note says."""

    path: Path
    note: Path
    about: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Subject:
    """What the clip is about: names, ids, the stretch, and the moment of a still."""

    video: VideoView
    name: str
    event_id: str | None
    track_id: str | None
    track: str | None
    start: float
    end: float
    peak: float


def make_clip(
    request: ClipRequest, sources: OpenedSources | None = None, loaded: CaseView | None = None
) -> ClipResult:
    """Cut what ``request`` asks into ``clips`` of its case, with a note beside it.

    The recording is read and its SHA-256 compared with the one that was analysed. The note, the
    audit log and the manifest hold the SHA-256 of source and product. Raises UsageError when the
    subject is not in the case, VideoError when the recording is not there or does not decode.
    Whoever cuts several clips gives the ``sources`` opened so far and the case as ``loaded``.
    """
    if loaded is None:
        with CaseReader(request.case) as reader:
            loaded = load_case(reader)
    subject = _subject(loaded, request)
    video = subject.video
    if request.source is not None:
        video = replace(video, paths=(escaped(str(request.source)),))
    info = (sources or OpenedSources()).find(video)
    if (trouble := obstacle(request.case)) is not None:
        raise CaseError(trouble)
    with case_errors(request.case):
        folder = request.case / FOLDER
        folder.mkdir(exist_ok=True)
        target = folder / _file_name(subject, request)
        about = _cut(request, subject, info, target)
        note = target.with_name(f"{target.name}.json")
        note.write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    with Case.open(request.case, create=False, check=False, brief=True) as case:
        case.log("clip cut", about)
        renew_manifest(case, [f"{FOLDER}/{product.name}" for product in (target, note)])
    return ClipResult(target, note, about)


def _cut(request: ClipRequest, subject: _Subject, info: VideoInfo, target: Path) -> dict[str, Any]:
    from analyzer.video.clip import cut, still

    paint = _paint(request, subject)
    if request.still:
        png, moment = still(info, subject.peak, paint)
        unfinished = target.with_name(f"{target.name}.tmp")
        unfinished.write_bytes(png)
        unfinished.replace(target)
        first = last = moment
        frames = 1
    else:
        made = cut(info, subject.start, subject.end, target, paint=paint, evidence=True)
        first, last, frames = made.first, made.last, made.frames
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "maker": f"analyzer {__version__}",
        "made_at": utc_now(),
        "derived": True,
        "product": f"{FOLDER}/{target.name}",
        "product_sha256": sha256_file(target),
        "source": escaped(Path(info.path).name),
        "source_sha256": info.sha256,
        "event": subject.event_id,
        "track": subject.track_id,
        "subject": subject.name,
        "first_pts": first.pts,
        "last_pts": last.pts,
        "t_start": first.t,
        "t_end": last.t,
        "frames": frames,
        "drawn": not request.plain,
        "redacted": request.redact,
    }


def _paint(request: ClipRequest, subject: _Subject) -> Painter | None:
    if request.plain and not request.redact:
        return None
    video = subject.video
    with CaseReader(request.case) as reader:
        own = {subject.track or ""}
        paths = paths_of(reader, video.sha256, subject.start, subject.end, own)
    labels = {track.name: _label(track) for track in video.tracks}
    named = [replace(path, label=labels.get(path.label, "")) for path in paths]
    which = formatting.clock_words(video)

    def clock(t: float) -> str:
        wall = formatting.wall_time(video.clock, t)
        return f"{wall} {which}" if wall else f"{formatting.video_time(t)} from the first frame"

    foot = f"DERIVED by analyzer {__version__}  {subject.name}  source sha256 {video.sha256[:16]}"
    return painter(
        named,
        draw=not request.plain,
        redact=request.redact,
        clock_of=clock,
        foot=foot,
        regions=regions_of(video),
    )


def _label(track: TrackView) -> str:
    """Return plain ASCII: the letters that can be drawn on a picture know no others."""
    if track.who is None:
        return track.name
    words = [track.name, "" if track.who == track.cluster else track.status, track.who]
    return " ".join(word for word in words if word and word.isascii())


def _file_name(subject: _Subject, request: ClipRequest) -> str:
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(subject.video.name).stem)[:40].strip("_")
    marks = [mark for mark, on in (("plain", request.plain), ("redacted", request.redact)) if on]
    kind = "png" if request.still else "mp4"
    name = "-".join([stem or "video", short_id(subject.video.sha256, 8), subject.name, *marks])
    return f"{name}.{kind}"


def _subject(case: CaseView, request: ClipRequest) -> _Subject:
    asked = [bool(request.event), bool(request.track), request.since is not None]
    if sum(asked) != 1:
        raise UsageError("say what to cut: --event, --track, or --video with --from and --to")
    if request.event:
        return _of_event(case, request)
    if request.track:
        return _of_track(case, request)
    video = _video(case, request.video, "--video NAME")
    start = max(0.0, request.since or 0.0)
    end = min(video.duration_s, video.duration_s if request.until is None else request.until)
    if end <= start:
        raise UsageError(f"nothing lies between {start:.3f} and {end:.3f} s of {video.name}")
    return _Subject(
        video, f"{start:.1f}-{end:.1f}s", None, None, None, start, end, (start + end) / 2
    )


def _of_event(case: CaseView, request: ClipRequest) -> _Subject:
    video, name = _named(case, request.event or "", "E", request.video)
    events = (*video.events, *video.below)
    event = next((event for event in events if event.name == name), None)
    if event is None:
        raise UsageError(f"no event {name} in {video.name}; it has {len(events)}, see the report")
    track = video.track(event.track)
    return _Subject(
        video, name, event.id, track.id if track else None, event.track,
        max(0.0, event.t_start - request.around),
        min(video.duration_s, event.t_end + request.around), event.t_peak,
    )  # fmt: skip


def _of_track(case: CaseView, request: ClipRequest) -> _Subject:
    video, name = _named(case, request.track or "", "T", request.video)
    track = video.track(name)
    if track is None:
        raise UsageError(
            f"no track {name} in {video.name}; it has {len(video.tracks)}, see the report"
        )
    peak = track.best_face.t if track.best_face else (track.t_start + track.t_end) / 2
    return _Subject(
        video, name, None, track.id, name, max(0.0, track.t_start - request.around),
        min(video.duration_s, track.t_end + request.around), peak,
    )  # fmt: skip


def _named(case: CaseView, asked: str, letter: str, video: str | None) -> tuple[VideoView, str]:
    """Return the video and the short name that ``asked`` (VIDEO:E3, or E3 alone) speaks of."""
    where, _, name = asked.rpartition(":")
    if not re.fullmatch(rf"{letter}\d+", name):
        raise UsageError(f"{asked!r}: write VIDEO:{letter}1, as the report names it")
    return _video(case, where or video, f"NAME:{name}"), name


def _video(case: CaseView, asked: str | None, example: str) -> VideoView:
    """Return the one video that ``asked`` names; the only one of the case when it is None.

    ``example`` shows how to name one.
    """
    by_hash = {video.sha256: video for video in case.videos}
    if asked:
        return by_hash[find_video({sha256: v.paths for sha256, v in by_hash.items()}, asked)]
    if len(case.videos) == 1:
        return case.videos[0]
    names = ", ".join(video.name for video in case.videos[:20]) or "none"
    raise UsageError(f"say which video, as in {example}; known: {names}")
