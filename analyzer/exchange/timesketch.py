"""Timesketch: statements of a case as a timeline, in JSON lines or CSV.

Every row has the three fields that Timesketch asks for (message, datetime, timestamp_desc), and
what it came from. Rows of recordings without a clock are left out: a time is not made up.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analyzer.exchange.protocol import Options, Written
from analyzer.exchange.statements import Statement, statements
from analyzer.exchange.times import WallMoment, WallTimes
from analyzer.store.export import harmless
from analyzer.store.reader import CaseReader

FIELDS = (
    "message", "datetime", "timestamp_desc", "clock", "kind", "label", "who", "person", "level",
    "score", "track_id", "tracks", "video_path", "video_sha256", "t", "duration_s",
)  # fmt: skip

_BEGINS = {
    "person": "Person comes into view",
    "expression": "Apparent expression begins",
    "action": "Action begins",
    "event": "Event begins",
}
_LEAVES = "Person last in view"


def write_jsonl(reader: CaseReader, folder: Path, options: Options) -> list[Written]:
    """Write ``timesketch.jsonl``."""
    path = folder / "timesketch.jsonl"
    rows, note = _rows(reader, options)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return [Written("timesketch", path, len(rows), note)]


def write_csv(reader: CaseReader, folder: Path, options: Options) -> list[Written]:
    """Write ``timesketch.csv``; texts that a spreadsheet takes for formulas are made harmless."""
    path = folder / "timesketch.csv"
    rows, note = _rows(reader, options)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(FIELDS)
        writer.writerows([harmless(row[field]) for field in FIELDS] for row in rows)
    return [Written("timesketch", path, len(rows), note)]


def _rows(reader: CaseReader, options: Options) -> tuple[list[dict[str, Any]], str | None]:
    """Return the rows in order of time, and what was left out or is not sure of them, in words."""
    times = WallTimes(reader, options.assume_start, options.assume_zone)
    paths = reader.known_videos()
    rows: list[dict[str, Any]] = []
    left_out, without, zoneless = 0, set(), 0
    for video, told in statements(reader).items():
        path = next(iter(paths[video]), None)
        for statement in told:
            for t, what in _moments(statement):
                moment = times.at(video, t)
                if moment is None:
                    left_out += 1
                    without.add(video)
                else:
                    zoneless += moment.clock.endswith("zone unknown")
                    rows.append(_row(statement, path, t, what, moment))
    rows.sort(
        key=lambda row: (_utc(row["datetime"]), row["video_sha256"], row["t"], row["message"])
    )
    notes = []
    if left_out:
        notes.append(
            f"{left_out} rows of {len(without)} recordings without a clock were left out; "
            "--assume-start gives them one"
        )
    if zoneless:
        notes.append(
            f"{zoneless} rows hold the digits of a clock whose zone is unknown, which Timesketch "
            "takes for UTC; --assume-zone gives them one"
        )
    return rows, "; ".join(notes) or None


def _utc(moment: str) -> datetime:
    """Return the moment in UTC; digits without a zone are taken for UTC, as Timesketch does."""
    told = datetime.fromisoformat(moment)
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def _moments(statement: Statement) -> Iterator[tuple[float, str]]:
    yield statement.t_start, _BEGINS[statement.kind]
    if statement.kind == "person":
        yield statement.t_end, _LEAVES


def _row(
    statement: Statement, path: str | None, t: float, what: str, moment: WallMoment
) -> dict[str, Any]:
    return {
        "message": statement.text,
        "datetime": moment.text,
        "timestamp_desc": what,
        "clock": moment.clock,
        "kind": statement.kind,
        "label": statement.label,
        "who": statement.who,
        "person": statement.person,
        "level": statement.level,
        "score": None if statement.score is None else round(statement.score, 4),
        "track_id": statement.track_id,
        "tracks": " ".join(statement.tracks) or statement.track_id,
        "video_path": path,
        "video_sha256": statement.video,
        "t": round(t, 3),
        "duration_s": round(statement.t_end - statement.t_start, 3),
    }
