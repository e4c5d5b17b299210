"""Rows of clocks."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from analyzer.file_names import storable
from analyzer.store.codec.columns import Column, Columns
from analyzer.store.codec.values import Row, as_json, texts_of
from analyzer.types import Clock, ClockPiece, JudgedClock


def _pieces_json(pieces: Iterable[ClockPiece]) -> str:
    return as_json([[piece.t, piece.wall.isoformat(), piece.rate] for piece in pieces])


def _pieces_of(text: str) -> tuple[ClockPiece, ...]:
    return tuple(
        ClockPiece(float(t), datetime.fromisoformat(wall), float(rate))
        for t, wall, rate in json.loads(text)
    )


_CLOCK = Columns(
    Clock,
    told=Column(storable),
    notes=Column(as_json, texts_of),
    pieces=Column(_pieces_json, _pieces_of),
)
_JUDGED = Columns(JudgedClock, elsewhere=("clock",))


def clock_row(judged: JudgedClock, video_sha256: str) -> Row:
    """Return the row of ``video_clocks``."""
    clock = judged.clock
    start = clock.start.isoformat(timespec="milliseconds")
    own = {"video_sha256": video_sha256, "wall_start": start}
    return own | _CLOCK.row(clock) | _JUDGED.row(judged)


def clock_of(row: Row) -> JudgedClock:
    """Return a clock from its row."""
    return _JUDGED.value(row, clock=_CLOCK.value(row))
