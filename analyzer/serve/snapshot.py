"""Report of a case as it is now, page by page, made when somebody asks for it.

The state of a case is the number of the last audit entry that changed results. Where it has moved,
the case is loaded again; a page is made again only where what it shows has changed. All is kept in
a folder outside the case, which goes when the server ends.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from analyzer.config import ReportSettings
from analyzer.pipeline.run_record import last_run
from analyzer.report import stills
from analyzer.report.build import write_assets
from analyzer.report.case_page import REST, blocks, first_wall, render_case
from analyzer.report.expressions_page import PAGE, render_expressions
from analyzer.report.loader import load_case
from analyzer.report.media import VideoMedia, cut_pieces
from analyzer.report.method import render_method
from analyzer.report.model import VideoView
from analyzer.report.pages import Context, render_video
from analyzer.report.people import PersonRow, people
from analyzer.report.people_list import PART, people_values
from analyzer.report.person_page import by_person, render_person
from analyzer.report.pictures import name_of, stored_pictures
from analyzer.report.print_page import render_print
from analyzer.report.rendering import write_part
from analyzer.report.summary import summary_of
from analyzer.report.tables import write_tables
from analyzer.report.video_page import parts, video_data
from analyzer.store.audit import newest_result
from analyzer.store.decisions import groupings_in, reviews_in
from analyzer.store.reader import CaseReader
from analyzer.store.seals import sealed_video

_CUTTING = "the copy for the player is being cut; load this page again in a moment"
_PATIENCE_S = 2.0
"""How long a page waits for a copy for the player: those that the case keeps come at once."""

_SHARE = 3.0
"""While somebody else writes, loading takes at most one part in this plus one of the time."""

_SAFE = re.compile(r"(?:(?:tracks|boxes|people|events|tables|media|assets)/)?[A-Za-z0-9_.-]+\Z")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The case at one state; ``images`` are the stored pictures by their name in ``media``."""

    state: int
    context: Context
    images: dict[str, Path]
    reviews_seen: int
    groupings_seen: int
    seals: dict[str, str]

    @cached_property
    def rows(self) -> list[PersonRow]:
        """The people of the case."""
        return people(self.context.case)

    @cached_property
    def videos(self) -> dict[str, VideoView]:
        """The videos by the name of their page."""
        return {video.page: video for video in self.context.case.videos}


class Reports:
    """The pages of the case at ``case``, made into ``cache``; used by many threads."""

    def __init__(self, case: Path, cache: Path) -> None:
        self.case, self.cache = case, cache
        self._lock = threading.RLock()
        self._cutter = ThreadPoolExecutor(1, "player copies")
        self._cut: dict[str, Future[tuple[VideoMedia, dict[str, str]]]] = {}
        self._cut_of: dict[str, str] = {}
        self._made: dict[str, str] = {}
        self._snapshot: Snapshot | None = None
        self._settings = ReportSettings()
        self._took, self._loaded = 0.0, float("-inf")
        for name in ("media", "tracks", "boxes", "people"):
            (cache / name).mkdir()
        write_assets(cache / "assets")

    def close(self) -> None:
        """End what is being cut."""
        self._cutter.shutdown(cancel_futures=True)

    def state(self) -> int:
        """Return the state of the case as it is now."""
        with CaseReader(self.case) as reader:
            return newest_result(reader.db)

    def snapshot(self, at_once: bool = False) -> Snapshot:
        """Return the case as it is now; while others write, as it was a moment ago.

        With ``at_once`` it is never older: whoever decided sees their decision.
        """
        with self._lock:
            kept = self._snapshot
            resting = time.monotonic() - self._loaded < self._took * _SHARE
            if kept is not None and resting and not at_once:
                return kept
            if kept is None or self.state() != kept.state:
                begun = time.monotonic()
                self._snapshot = kept = self._load()
                self._loaded = time.monotonic()
                self._took = self._loaded - begun
            return kept

    def outdate(self) -> None:
        """Have the case loaded again at the next question: somebody here decided."""
        with self._lock:
            self._took = 0.0

    def _load(self) -> Snapshot:
        with CaseReader(self.case) as reader, reader.one_state():
            self._settings = last_run(reader).settings.report
            state = newest_result(reader.db)
            case = load_case(reader)
            seen = len(reviews_in(reader)), len(groupings_in(reader))
            seals = {v.sha256: sealed_video(reader.db, v.sha256) for v in case.videos}
        pictures = stored_pictures(case, self.case)
        images = {sha: f"media/{name_of(sha, path)}" for sha, path in pictures.items()}
        moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        context = Context(case, images, self._settings, moment)
        files = {images[sha]: path for sha, path in pictures.items()}
        return Snapshot(state, context, files, *seen, seals)

    def file(self, name: str) -> Path | None:
        """Return the file that ``name`` addresses, made if need be; None where there is none."""
        if not _SAFE.match(name) or ".." in name:
            return None
        found = self.cache / name
        if name.startswith(("assets/", "media/")):
            if found.is_file():
                return found
            return self.snapshot().images.get(name)
        with self._lock:
            self._make(self.snapshot(), name)
        return found if found.is_file() else None

    def _make(self, now: Snapshot, name: str) -> None:
        """Make the page or the part called ``name``, unless it stands as it would be made."""
        if name in now.videos:
            self._video(now, now.videos[name])
        elif name.startswith(("tracks/", "boxes/")):
            short = name.partition("/")[2].partition("-")[0]
            if (video := now.videos.get(f"video-{short}.html")) is not None:
                self._video(now, video)
        else:
            self._whole(now, name)

    def _whole(self, now: Snapshot, name: str) -> None:
        """Make a page that speaks of the whole case."""
        person = next((row for row in now.rows if row.page == name), None)
        context = self._with_media(now.context)
        told = summary_of(context, now.rows) if context.case.files else ()
        makers: dict[str, Callable[[], str]] = {
            "index.html": lambda: render_case(context, now.rows, blocks(context), told),
            "method.html": lambda: render_method(context),
            PAGE: lambda: render_expressions(context),
            "print.html": lambda: render_print(
                context, now.rows, blocks(context), told
            ),
        }  # fmt: skip
        if person is not None:
            makers[name] = lambda: render_person(
                context, person, by_person(blocks(context)).get(person.name, ())
            )
        key = f"{now.state} {sorted(context.stills)}"
        if name in makers and self._is_due(name, key):
            (self.cache / name).write_text(makers[name](), encoding="utf-8")
        elif name == f"{PART}.js" and self._is_due(name, key):
            write_part(self.cache, PART, people_values(context, now.rows))
        elif name == f"{REST}.js" and self._is_due(name, key):
            write_part(self.cache, REST, first_wall(context)[1])
        elif name.startswith("tables/") and self._is_due("tables", key):
            fresh = self.cache / f"tables-{now.state}"
            write_tables(context.case, fresh)
            (self.cache / "tables").mkdir(exist_ok=True)
            for table in fresh.iterdir():
                table.replace(self.cache / "tables" / table.name)
            fresh.rmdir()

    def _video(self, now: Snapshot, video: VideoView) -> None:
        """Make the page of ``video`` and its parts, unless its rows and pictures are the same."""
        media, _ = self._media(now, video)
        if not self._is_due(video.page, _key(now, video, media)):
            return
        context = self._with_media(now.context)
        page = render_video(context, video, video_data(context, video, media))
        (self.cache / video.page).write_text(page, encoding="utf-8")
        with CaseReader(self.case) as reader:
            for key, values in parts(context, reader, video, media):
                write_part(self.cache, key, values)

    def _is_due(self, name: str, key: str) -> bool:
        """Whether ``name`` was not made of ``key`` yet; from now on it counts as made."""
        if self._made.get(name) == key:
            return False
        self._made[name] = key
        return True

    def _with_media(self, context: Context) -> Context:
        """Return ``context`` with the copies and stills that have been cut so far."""
        done = {sha: cut.result() for sha, cut in self._cut.items() if cut.done()}
        media = {sha: media for sha, (media, _) in done.items()}
        shown = {key: address for _, found in done.values() for key, address in found.items()}
        return replace(context, media=media, stills=shown)

    def _media(self, now: Snapshot, video: VideoView) -> tuple[VideoMedia, dict[str, str]]:
        """Return the copies of ``video``, or that they are being cut."""
        if not video.tracks:
            return VideoMedia(), {}
        rows = now.seals[video.sha256]
        cut = self._cut.get(video.sha256)
        if cut is None or (cut.done() and self._cut_of[video.sha256] != rows):
            self._cut_of[video.sha256] = rows
            self._cut[video.sha256] = cut = self._cutter.submit(self._cut_copies, video)
            with suppress(TimeoutError):
                return cut.result(_PATIENCE_S)
        return cut.result() if cut.done() else (VideoMedia(missing=_CUTTING), {})

    def _cut_copies(self, video: VideoView) -> tuple[VideoMedia, dict[str, str]]:
        folder = self.cache / "media"
        with CaseReader(self.case) as reader:
            media = cut_pieces(reader, video, self._settings, folder)
            return media, stills.of_events(reader, video, media, folder)


def _key(now: Snapshot, video: VideoView, media: VideoMedia) -> str:
    """Return what the page of ``video`` is made of: its rows, who its tracks are, its copies."""
    who = [
        (track.name, track.who, track.status, repr(track.verdicts), track.look_group,
         [link.track_id for link in track.similar])
        for track in video.tracks
    ]  # fmt: skip
    run = now.context.case.runs[-1].id if now.context.case.runs else ""
    values = [now.seals.get(video.sha256), run, video.paths, repr(video.camera), who, repr(media)]
    return hashlib.sha256(json.dumps(values, default=str).encode()).hexdigest()
