"""The audit log: append-only, each entry holding the hash of the one before.

Triggers of the schema refuse changes through SQLite; the chain shows those made around it. Cutting
off the newest entries leaves a valid chain: the manifest's hash of the database shows that.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

from sqlite_utils import Database

from analyzer.store.records import utc_now

GENESIS = "0" * 64
"""What stands for the hash before the first entry."""

PURGED = "purged"
"""What a removal of faces that was asked for is called."""


def append(db: Database, action: str, detail: Mapping[str, Any]) -> str:
    """Add an entry to the audit log of ``db``, as of now and by who is logged in; return its hash.

    Part of the open transaction, if there is one. ``detail`` must be plain values; ValueError for
    NaN and infinities.
    """
    with db.atomic():
        last = db.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
        seq, previous = last or (0, GENESIS)
        entry = {
            "seq": seq + 1,
            "at": utc_now(),
            "actor": _actor(),
            "action": action,
            "detail": _canonical(dict(detail)),
            "previous_hash": previous,
        }
        entry["hash"] = entry_hash(entry)
        db.table("audit").insert(entry)
    return str(entry["hash"])


def check(db: Database) -> list[str]:
    """Return what is wrong with the audit log, one line per entry; empty when the chain holds."""
    problems = []
    expected_seq, previous = 1, GENESIS
    for entry in db.query("SELECT * FROM audit ORDER BY seq"):
        name = f"audit entry {entry['seq']}"
        if entry["seq"] != expected_seq:
            problems.append(f"{name}: entry {expected_seq} should come here; entries are missing")
        elif entry["previous_hash"] != previous:
            problems.append(f"{name}: does not follow from the entry before; one was replaced")
        if entry["hash"] != entry_hash(entry):
            problems.append(f"{name}: its content does not give its hash; it was changed")
        expected_seq, previous = entry["seq"] + 1, entry["hash"]
    return problems


def entries(db: Database) -> Iterator[dict[str, Any]]:
    """Yield the entries, oldest first, with ``detail`` as the value it was appended with."""
    for entry in db.query("SELECT * FROM audit ORDER BY seq"):
        yield entry | {"detail": _value(entry["detail"])}


def count(db: Database) -> int:
    """Return the number of entries."""
    return int(db.table("audit").count)


def reason_of_failure(db: Database, run_id: str) -> str | None:
    """Return why a run failed; None where the log does not tell."""
    for (detail,) in db.execute("SELECT detail FROM audit WHERE action = 'run failed'"):
        value = _value(detail)
        if value.get("run") == run_id:
            return value.get("reason")
    return None


_LOOKING = ("search", "route", "export", "packed", "clip cut", "report rendered", "products listed")
"""Entries that say who looked at a case; its results are as before."""


def newest_result(db: Database) -> int:
    """Return the number of the last entry that may have changed results; 0 for none."""
    marks = ", ".join("?" * len(_LOOKING))
    sql = f"SELECT seq FROM audit WHERE action NOT IN ({marks}) ORDER BY seq DESC LIMIT 1"
    found = db.execute(sql, list(_LOOKING)).fetchone()
    return int(found[0]) if found else 0


def report_is_stale(db: Database) -> bool:
    """Whether people were derived after the report of the case was last rendered."""
    newest = dict(db.execute("SELECT action, max(seq) FROM audit GROUP BY action"))
    return int(newest.get("report rendered", 0)) < int(newest.get("people derived", 0))


def report_is_next(db: Database) -> bool:
    """Whether whoever writes the case now renders its report: derivation has just ended."""
    (last,) = db.execute("SELECT action FROM audit ORDER BY seq DESC LIMIT 1").fetchone() or ("",)
    return last in ("run finished", "people derived") and report_is_stale(db)


def purged_videos(db: Database) -> list[str]:
    """Return the SHA-256 of the videos from which faces were removed."""
    found = db.execute("SELECT detail FROM audit WHERE action = ?", [PURGED])
    return [sha256 for (detail,) in found for sha256 in _value(detail)["videos"]]


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the entry as canonical JSON, without its own hash."""
    content = {key: value for key, value in entry.items() if key != "hash"}
    return hashlib.sha256(_canonical(content).encode()).hexdigest()


def _actor() -> str:
    """Return the name of the account; its number where it has none, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def _value(detail: str) -> dict[str, Any]:
    """Return what ``detail`` holds; empty where it was tampered with, which ``check`` names."""
    try:
        value = json.loads(detail)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _canonical(value: Any) -> str:
    """Return JSON with sorted keys and no spaces: one text for one value."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
