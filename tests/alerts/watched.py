"""A small case with events of watched cameras, written as a run writes them, and real receivers."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from analyzer.config import Settings
from analyzer.store.case import Case
from analyzer.store.ids import track_id
from analyzer.store.records import RunRecord, utc_now
from analyzer.store.writer import CaseWriter
from analyzer.types import (
    Clock,
    ClockPiece,
    DerivedTrack,
    DerivedVideo,
    Event,
    JudgedClock,
    Level,
    Moment,
    TrackSummary,
    VideoInfo,
)
from analyzer.video.cameras import Camera
from tests.store.cases import video

NIGHT = datetime(2026, 2, 27, 3, 12)
"""Wall clock of the first picture of the first recording: a Friday."""

GATE = Camera("gate", "*gate*", location="North door")
YARD = Camera("yard", "*yard*", location="Yard", offset_s=840.0)


def at(t: float) -> Moment:
    """Return the moment ``t`` seconds after the first picture."""
    return Moment(round(t * 12800) + 512, t)


def event(
    kind: str = "falling",
    start: float = 10.0,
    end: float = 14.0,
    level: Level = "alarm",
    tracks: Sequence[str] = (),
    label: str = "",
    score: float = 0.93,
) -> Event:
    """Return an event in seconds of its video."""
    middle = (start + end) / 2
    return Event(
        kind, label or kind, at(start), at(end), at(middle), score, level, tuple(tracks), None
    )


def sha(number: int) -> str:
    """Return a made-up SHA-256."""
    return f"{number:02x}" * 32


@dataclass
class Watched:
    """A case to which recordings are added as they come."""

    folder: Path
    run_id: str = "run-1"

    def begin(self, cameras: Sequence[Camera] = (GATE, YARD)) -> Watched:
        """Make the case, with its cameras and a run."""
        record = RunRecord(
            self.run_id, "analyzer watch", utc_now(), Settings().stored(), "0" * 16, [], {}
        )
        with Case.open(self.folder, create=True) as case:
            writer = CaseWriter(case, self.run_id)
            writer.start_run(record)
            writer.write_cameras(cameras)
            writer.end_run("finished")
        return self

    def add(
        self,
        number: int,
        path: str,
        events: Sequence[Event],
        start: datetime | None = NIGHT,
        people: Sequence[str | None] = (None, None),
        info: VideoInfo | None = None,
    ) -> str:
        """Add a recording with ``events`` of tracks T1 …, which show ``people``; return its id."""
        info = info or replace(video(), sha256=sha(number))
        info = replace(info, path=path)
        key = info.sha256
        with Case.open(self.folder, create=False) as case:
            writer = CaseWriter(case, self.run_id)
            iso = None if start is None else start.isoformat()
            writer.record_video(info, iso, "file name")
            writer.record_file(path, key, "done", None, key)
            if start is not None:
                writer.write_clocks(key, _clocks(path, start))
        self.derive(key, events, people)
        return key

    def derive(
        self, key: str, events: Sequence[Event], people: Sequence[str | None] = (None, None)
    ) -> None:
        """Write tracks and events of a video, in place of those that were there."""
        tracks = tuple(_track(key, n, person) for n, person in enumerate(people, start=1))
        named = [
            replace(e, tracks=tuple(track_id(key, int(name[1:])) for name in e.tracks))
            for e in events
        ]
        with Case.open(self.folder, create=False) as case:
            CaseWriter(case, self.run_id).write_derived(
                key, DerivedVideo(tracks, tuple(named)), "f" * 16
            )


def _clocks(path: str, start: datetime) -> tuple[JudgedClock, ...]:
    """Return the clock of the name, corrected by 14 minutes for the yard."""
    stored = Clock("name", "file name", (ClockPiece(0.0, start),))
    if "yard" not in path:
        return (JudgedClock(stored, True, 0.0, None),)
    true = Clock("camera file", "cameras.toml", (ClockPiece(0.0, YARD.corrected(start) or start),))
    return (JudgedClock(true, True, 0.0, None), JudgedClock(stored, False, -840.0, None))


def _track(key: str, number: int, person: str | None) -> DerivedTrack:
    return DerivedTrack(
        track_id(key, number), number, at(0), at(60), (), (), 0, None,
        "candidate" if person else "unknown", person, TrackSummary(), (), (), (),
    )  # fmt: skip


@dataclass
class Mailbox:
    """What an SMTP server took."""

    port: int = 0
    mails: list[Mail] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a mail."""
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@contextmanager
def smtp_server(mailbox: Mailbox, **options: Any) -> Iterator[Mailbox]:
    """Serve ``mailbox`` on its port, or on a free one."""
    if not mailbox.port:
        with socket.create_server(("127.0.0.1", 0)) as free:
            mailbox.port = free.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port, **options)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


@dataclass
class Hook:
    """What a webhook receiver was posted: headers and JSON."""

    port: int = 0
    status: int = 200
    posts: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)


@contextmanager
def webhook(hook: Hook) -> Iterator[Hook]:
    """Serve ``hook`` on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hook.status == 200:
                hook.posts.append((dict(self.headers), json.loads(body)))
            self.send_response(hook.status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Keep the output of tests clean."""

    server = ThreadingHTTPServer(("127.0.0.1", hook.port), Handler)
    hook.port = server.server_port
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
