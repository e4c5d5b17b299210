"""Seals: digests of rows that were written together, checked by `analyzer verify`.

A seal covers what is written in one transaction: a segment, the derived rows of a video, the
gallery, a run, a file. Its digest goes into the audit log, whose chain protects it. The table
``seals`` also keeps the first bytes of each row's hash, so that a changed row can be named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from analyzer.store.tables import ORDER

Seals = dict[str, str | None]
"""Digest by name of a seal (scope, ':', key), as the audit log holds it; None: rows removed."""

_OF_TRACKLETS = "tracklet_id IN (SELECT id FROM tracklets WHERE segment_id = ?)"
_OF_TRACKS = "track_id IN (SELECT id FROM tracks WHERE video_sha256 = ?)"

SCOPES: Mapping[str, Mapping[str, str]] = {
    "run": {"runs": "id = ?"},
    "file": {"files": "path = ?"},
    "video": {"videos": "sha256 = ?"},
    "stretches": {"stretches": "video_sha256 = ?"},
    "segment": {
        "segments": "id = ?",
        "gaps": "segment_id = ?",
        "tracklets": "segment_id = ?",
        "observations": _OF_TRACKLETS,
        "faces": _OF_TRACKLETS,
        "bodies": _OF_TRACKLETS,
        "emotions": _OF_TRACKLETS,
        "actions": _OF_TRACKLETS,
        "scene_actions": "segment_id = ?",
    },
    # Apart, so that the seals of segments of earlier versions hold.
    "motion": {"motion": "segment_id = ?"},
    "derived": {
        "tracks": "video_sha256 = ?",
        "track_tracklets": _OF_TRACKS,
        "track_observations": _OF_TRACKS,
        "track_emotions": _OF_TRACKS,
        "track_actions": _OF_TRACKS,
        "track_clothing": _OF_TRACKS,
        "track_heights": _OF_TRACKS,
        "track_usual_emotion": _OF_TRACKS,
        "candidates": _OF_TRACKS,
        "pair_actions": "video_sha256 = ?",
        "events": "video_sha256 = ?",
        "event_tracks": "event_id IN (SELECT id FROM events WHERE video_sha256 = ?)",
    },
    "left out": {"left_out": "video_sha256 = ?"},
    # One a case: the key is empty, and the condition holds for every row.
    "gallery": {"people": "'' = ?", "gallery_faces": "'' = ?"},
    "cameras": {"cameras": "'' = ?"},
    "clocks": {"video_clocks": "video_sha256 = ?", "clock_readings": "video_sha256 = ?"},
    "measured with": {"measured_with": "video_sha256 = ?"},
    "passed over": {"passed_over": "'' = ?"},
    "recording": {"recordings": "path = ?"},
    "recording gaps": {"recording_gaps": "camera = ?"},
    "people": {
        "clusters": "'' = ?",
        "cluster_tracks": "'' = ?",
        "review_tracks": "'' = ?",
        "verdicts": "'' = ?",
        "look_links": "'' = ?",
        "look_groups": "'' = ?",
        "look_group_tracks": "'' = ?",
    },
    "incident": {"incidents": "id = ?", "incident_parts": "incident_id = ?"},
    "delivery": {"deliveries": "id = ?"},
    # Apart, so that the seals of decisions of earlier versions hold.
    "bookmarks": {"bookmarks": "'' = ?"},
    "decisions": {"reviews": "'' = ?", "groupings": "'' = ?", "policy": "'' = ?"},
}
"""Which rows a seal covers: per table, the condition with ? for the key."""

UNSEALED = frozenset({"case_info", "audit", "seals", "face_packs", "look_packs", "alert_channels"})
"""Tables without a seal: what the file is, what proves itself by its chain, the seals, copies of
vectors that lie in ``faces`` and ``bodies`` too, and when a channel is tried again."""

KEYS: Mapping[str, str] = {
    "run": "SELECT id FROM runs",
    "file": "SELECT path FROM files",
    "video": "SELECT sha256 FROM videos",
    "stretches": "SELECT DISTINCT video_sha256 FROM stretches",
    "segment": "SELECT id FROM segments",
    "motion": "SELECT DISTINCT segment_id FROM motion",
    "derived": "SELECT DISTINCT video_sha256 FROM tracks",
    "left out": "SELECT DISTINCT video_sha256 FROM left_out",
    "gallery": "SELECT DISTINCT '' FROM people",
    "cameras": "SELECT DISTINCT '' FROM cameras",
    "clocks": "SELECT DISTINCT video_sha256 FROM video_clocks",
    "measured with": "SELECT video_sha256 FROM measured_with",
    "passed over": "SELECT DISTINCT '' FROM passed_over",
    "recording": "SELECT path FROM recordings",
    "recording gaps": "SELECT DISTINCT camera FROM recording_gaps",
    "people": "SELECT DISTINCT '' FROM clusters",
    "incident": "SELECT id FROM incidents",
    "delivery": "SELECT id FROM deliveries",
    "bookmarks": "SELECT DISTINCT '' FROM bookmarks",
    "decisions": "SELECT DISTINCT '' FROM (SELECT seq FROM reviews UNION ALL "
    "SELECT seq FROM groupings UNION ALL SELECT seq FROM policy)",
}
"""What there is of each scope."""

_LEFT_OUT = {"videos": {"derived_hash"}}
"""Columns that say how far the work is, and change with it."""

_SHORT = 8
"""Bytes kept of a row's hash: enough to tell which row differs; the digest is the proof."""


@dataclass(frozen=True, slots=True)
class TableDigest:
    """The rows of one table under one seal; ``short`` holds the first bytes of each row's hash."""

    rows: int
    sha256: str
    short: bytes


def seal(db: Database, scope: str, key: str) -> Seals:
    """Digest the rows of ``scope`` under ``key`` as they are now and keep it.

    Returns what the audit log must hold of it; call it in the transaction that writes the rows.
    """
    found = digests(db, scope, key)
    unseal(db, scope, key)
    db.table("seals").insert_all(
        {
            "scope": scope,
            "key": key,
            "table_name": table,
            "rows": digest.rows,
            "sha256": digest.sha256,
            "row_hashes": digest.short,
        }
        for table, digest in found.items()
    )
    return {f"{scope}:{key}": combined(found)}


def unseal(db: Database, scope: str, key: str) -> Seals:
    """Forget a seal whose rows are removed; returns what the audit log must hold of it."""
    db.table("seals").delete_where("scope = ? AND key = ?", [scope, key])
    return {f"{scope}:{key}": None}


def digests(db: Database, scope: str, key: str) -> dict[str, TableDigest]:
    """Return the digest of each table of ``scope`` under ``key``, of the rows as they are now."""
    return {table: _digest(db, scope, table, key) for table in SCOPES[scope]}


def kept(db: Database, scope: str, key: str) -> dict[str, TableDigest]:
    """Return the digests that were kept when the rows were written; empty when none were."""
    found = db.table("seals").rows_where("scope = ? AND key = ?", [scope, key])
    return {
        row["table_name"]: TableDigest(row["rows"], row["sha256"], row["row_hashes"])
        for row in found
    }


def sealed_video(db: Database, sha256: str) -> str:
    """Return a digest of all seals of the rows of one video, kept as they were written."""
    sql = """
        SELECT scope, key, table_name, sha256 FROM seals WHERE key = ? OR key IN (
            SELECT id FROM segments WHERE video_sha256 = ?
        ) ORDER BY scope, key, table_name
    """
    return hashlib.sha256(_canonical(db.execute(sql, [sha256, sha256]).fetchall())).hexdigest()


def names(db: Database) -> Iterator[str]:
    """Yield the name of every seal that the rows of the case call for."""
    for scope, sql in KEYS.items():
        for (key,) in db.execute(sql):
            yield f"{scope}:{key}"


def unknown_tables(db: Database) -> Iterator[str]:
    """Yield the tables that no version of ours makes, so that no seal covers them."""
    known = {table for tables in SCOPES.values() for table in tables} | UNSEALED
    for table in db.table_names():
        if table not in known and not table.startswith(("sqlite_", "_sqlite")):
            yield table


def orphans(db: Database) -> list[str]:
    """Return the table of each row that belongs to nothing."""
    return [str(table) for table, *_ in db.execute("PRAGMA foreign_key_check")]


def combined(tables: Mapping[str, TableDigest]) -> str:
    """Return the SHA-256 over the digests of all tables of a seal."""
    listed = {table: [digest.rows, digest.sha256] for table, digest in tables.items()}
    return hashlib.sha256(_canonical(listed)).hexdigest()


def changed_rows(db: Database, scope: str, key: str, table: str, before: TableDigest) -> list[str]:
    """Return what differs in one table from the digest ``before``, one line per row, rows named."""
    names, now = [], []
    for row in sealed_rows(db, scope, table, key):
        names.append(row_name(table, row))
        now.append(row_hash(row)[:_SHORT])
    then = [before.short[i : i + _SHORT] for i in range(0, len(before.short), _SHORT)]
    if len(now) == len(then):
        pairs = zip(names, now, then, strict=True)
        return [f"{table}: row {name} was changed" for name, new, old in pairs if new != old]
    known, here = set(then), set(now)
    lines = [
        f"{table}: row {name} was added or changed"
        for name, new in zip(names, now, strict=True)
        if new not in known
    ]
    missing = [index for index, old in enumerate(then) if old not in here]
    return lines + [
        f"{table}: row {index + 1} of {len(then)} is missing or changed" for index in missing
    ]


def sealed_rows(db: Database, scope: str, table: str, key: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``table`` that a seal covers, in the order of their key."""
    sql = f"SELECT * FROM {table} WHERE {SCOPES[scope][table]} ORDER BY {ORDER[table]}"
    left_out = _LEFT_OUT.get(table, ())
    for row in db.query(sql, [key]):
        yield {name: value for name, value in row.items() if name not in left_out}


def row_hash(row: Mapping[str, Any]) -> bytes:
    """Return the SHA-256 of a row as JSON with sorted keys, without spaces, in UTF-8.

    NULLs are left out, so that a column that a later version adds changes no seal; blobs are
    hexadecimal digits after ``x:``.
    """
    return hashlib.sha256(_canonical({k: v for k, v in row.items() if v is not None})).digest()


def _digest(db: Database, scope: str, table: str, key: str) -> TableDigest:
    whole, short, count = hashlib.sha256(), bytearray(), 0
    for row in sealed_rows(db, scope, table, key):
        one = row_hash(row)
        whole.update(one)
        short += one[:_SHORT]
        count += 1
    return TableDigest(count, whole.hexdigest(), bytes(short))


def row_name(table: str, row: Mapping[str, Any]) -> str:
    """Return how a row is named: its key, as in ``tables.ORDER``."""
    return ", ".join(f"{column} {row[column]}" for column in ORDER[table].split(", "))


def _canonical(value: Any) -> bytes:
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_blob
    ).encode()


def _blob(value: Any) -> str:
    if isinstance(value, bytes):
        return f"x:{value.hex()}"
    raise TypeError(f"expected a value of SQLite, got {type(value).__name__}")
