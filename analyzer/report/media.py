"""The pictures that the player shows: pieces of the recordings, cut once and kept in the case.

Needs the recordings; where one cannot be read, or is not the one that was analysed, the report is
made without a player for it and says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from analyzer.config import ReportSettings
from analyzer.errors import VideoError
from analyzer.hashing import sha256_file
from analyzer.report.loader import paths_of
from analyzer.report.model import VideoView
from analyzer.report.series import Span, union
from analyzer.store.ids import short_id
from analyzer.store.reader import CaseReader
from analyzer.types import LEVELS, VideoInfo
from analyzer.video.annotate import Painter, hide_others
from analyzer.video.picture_series import source_size
from analyzer.video.source_file import Source, place_of, stamp

COPIES_NAME = "clips/player"
"""Folder of a case that keeps the pieces, so that another report need not cut them again."""

_FPS = 12.5
_KEPT = "pieces.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """One cut piece: its file name and the seconds of its first and last picture."""

    file: str
    start: float
    end: float
    sha256: str


@dataclass(frozen=True, slots=True)
class VideoMedia:
    """What the player has of a video, in order of time; ``missing`` says why there is nothing."""

    pieces: tuple[Piece, ...] = ()
    missing: str = ""


def wanted(video: VideoView, settings: ReportSettings) -> list[Span]:
    """Return the stretches that the player should show, in order of time.

    All that was recorded of a short video; of a long one what lies around events, highest score
    first, and around the best picture of each track, until ``settings.pieces`` are full.
    """
    if video.recorded_s <= settings.player_s and len(video.pauses) < settings.pieces:
        return video.recorded
    margin = settings.piece_s
    ranked = sorted(video.events, key=lambda e: (LEVELS.index(e.level), e.number))
    around = [(event.t_start, min(event.t_end, event.t_start + 30.0)) for event in ranked]
    around += [(t.t_shown, t.t_shown) for t in video.tracks if t.best_face or t.best_body]
    chosen = [Span(a - margin, b + margin) for a, b in around[: settings.pieces]]
    return union(chosen, video.duration_s)


def cut_pieces(
    reader: CaseReader,
    video: VideoView,
    settings: ReportSettings,
    folder: Path,
    hidden: str | None = None,
    keep: bool = False,
    source: Source | None = None,
) -> VideoMedia:
    """Put the pieces of ``video`` into ``folder`` and return them; cut what is not kept yet.

    With ``keep``, for who may write the case, what is cut is kept under ``clips/player`` of it in
    place of former pieces. ``hidden`` names the person whose face alone is shown; such pieces are
    never kept. ``source`` is as for ``find_source``.
    """
    if video.no_pictures:
        return VideoMedia(missing=video.no_pictures)
    if not settings.player:
        return VideoMedia(missing="the settings ask for none (report.player)")
    spans = wanted(video, settings)
    kept = reader.folder / COPIES_NAME / f"{short_id(video.sha256)}-{_key(spans, settings)}"
    found = None if hidden is not None else _kept(kept)
    if found is None and keep and hidden is None:
        found = _cut_into(kept, video, spans, settings, source=source)
        for former in kept_pieces(reader.folder, video.sha256):
            if found.pieces and former != kept:
                shutil.rmtree(former)
    if found is not None:
        return _copied(found, kept, video, folder)
    with tempfile.TemporaryDirectory() as scratch:
        painter = None if hidden is None else hiding(reader, video, hidden)
        media = _cut_into(Path(scratch), video, spans, settings, painter, source)
        return _copied(media, Path(scratch), video, folder)


def kept_pieces(case_folder: Path, sha256: str) -> list[Path]:
    """Return the folders of the case that keep pieces of the video ``sha256``."""
    return sorted((case_folder / COPIES_NAME).glob(f"{short_id(sha256)}-*"))


def hiding(reader: CaseReader, video: VideoView, person: str) -> Painter:
    """Return what puts a mosaic over every found face of ``video`` but those of ``person``."""
    subject = {track.name for track in video.tracks if track.who == person}
    paths = paths_of(reader, video.sha256, 0.0, video.duration_s, subject)
    return lambda picture, moment: hide_others(picture, paths, moment.t)


def _copied(media: VideoMedia, kept: Path, video: VideoView, folder: Path) -> VideoMedia:
    for piece in media.pieces:
        _put(kept / piece.file, folder / _name(video, piece))
    pieces = tuple(replace(piece, file=_name(video, piece)) for piece in media.pieces)
    return replace(media, pieces=pieces)


def _put(kept: Path, shown: Path) -> None:
    """Give what is kept a second name in the report, or copy it where that cannot be."""
    try:
        os.link(kept, shown)
    except OSError:  # another disk, or one that knows no links
        shutil.copyfile(kept, shown)


class Analysed(Protocol):
    """One recording as the case knows it: its content, its files, and what probing told."""

    @property
    def sha256(self) -> str: ...  # noqa: D102
    @property
    def paths(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def facts(self) -> VideoInfo: ...  # noqa: D102


def find_source(video: Analysed, source: Source | None = None) -> VideoInfo:
    """Return the recording of ``video`` at one of its paths, probed and hashed now.

    Where this run has hashed it already, as ``source``, and nobody touched the file since, it is
    not read again. Raises VideoError when no path can be read or holds what was analysed.
    """
    from analyzer.video.probe import probe
    from analyzer.video.turning import turned

    if source is not None and source.untouched:
        return source.info
    problem = "its path is not stored in the case"
    for path in video.paths:
        try:
            place = place_of(path, video.sha256)
            if source_size(place.file) != video.facts.size_bytes:
                problem = f"{path} has changed since it was analysed"
                continue
            info = turned(probe(place.file, stream=place.stream), video.facts.turned)
        except (OSError, VideoError) as error:
            problem = error.strerror or str(error) if isinstance(error, OSError) else str(error)
            problem = problem if path in problem else f"{path}: {problem}"
            continue
        if info.sha256 == video.sha256:
            return info
        problem = f"{path} has changed since it was analysed"
    raise VideoError(f"the recording cannot be read: {problem}")


class OpenedSources:
    """Recordings that one command opens: each is hashed once, while nobody touches its file."""

    def __init__(self) -> None:
        self._known: dict[str, Source | VideoError] = {}

    def find(self, video: Analysed) -> VideoInfo:
        """Return the recording of ``video``, as ``find_source`` does; raises VideoError alike."""
        known = self._known.get(video.sha256)
        if isinstance(known, VideoError):
            raise known
        try:
            info = find_source(video, known)
        except VideoError as error:
            self._known[video.sha256] = error
            raise
        if known is None or info is not known.info:
            self._known[video.sha256] = Source(info, stamp(Path(info.path)))
        return info


def _key(spans: Sequence[Span], settings: ReportSettings) -> str:
    """Return what tells pieces apart that were cut otherwise."""
    values = [_FORMAT, _FPS, settings.player_width, [(s.t_start, s.t_end) for s in spans]]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:8]


def _kept(folder: Path) -> VideoMedia | None:
    """Return the pieces that ``folder`` holds, unless one is missing or changed."""
    try:
        entries = json.loads((folder / _KEPT).read_text(encoding="utf-8"))["pieces"]
        pieces = tuple(Piece(**entry) for entry in entries)
        whole = all(sha256_file(folder / piece.file) == piece.sha256 for piece in pieces)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return VideoMedia(pieces) if whole else None


def _cut_into(
    folder: Path,
    video: VideoView,
    spans: Sequence[Span],
    settings: ReportSettings,
    paint: Painter | None = None,
    source: Source | None = None,
) -> VideoMedia:
    try:
        info = find_source(video, source)
        folder.mkdir(parents=True, exist_ok=True)
    except (VideoError, OSError) as error:
        return VideoMedia(missing=str(error))
    pieces = []
    for number, span in enumerate(spans):
        try:
            pieces.append(_cut_one(folder / f"{number:03d}.mp4", info, span, settings, paint))
        except VideoError:
            continue  # a stretch that does not decode is a gap, and told as one
        except OSError:
            shutil.rmtree(folder)  # a full disk: half of the pieces are none
            raise
    if not pieces:
        return VideoMedia(missing="no picture of it could be decoded")
    record = {
        "format": "analyzer-player-pieces",
        "format_version": _FORMAT,
        "derived_from": video.sha256,
        "pieces": [asdict(piece) for piece in pieces],
    }
    (folder / _KEPT).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return VideoMedia(tuple(pieces))


def _cut_one(
    out: Path, info: VideoInfo, span: Span, settings: ReportSettings, paint: Painter | None
) -> Piece:
    from analyzer.video.clip import cut

    made = cut(
        info, span.t_start, span.t_end, out, fps=_FPS, width=settings.player_width, paint=paint
    )
    return Piece(out.name, made.first.t, made.last.t, sha256_file(out))


def _name(video: VideoView, piece: Piece) -> str:
    return f"{short_id(video.sha256, 12)}-{piece.file}"
