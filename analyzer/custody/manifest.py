"""The manifest of a case: what went in, what came out, and the hash of each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from analyzer import __version__
from analyzer.custody.hashing import sha256_file
from analyzer.errors import CaseError
from analyzer.store.case import Case
from analyzer.store.connect import DATABASE_NAME
from analyzer.store.failures import case_errors
from analyzer.store.lock import LOCK_NAME
from analyzer.store.records import utc_now

MANIFEST_NAME = "manifest.json"
FORMAT = "analyzer-manifest"
FORMAT_VERSION = 1

_LOG = f"{DATABASE_NAME}-wal"
_PASSING = {MANIFEST_NAME, f"{MANIFEST_NAME}.tmp", LOCK_NAME, _LOG, f"{DATABASE_NAME}-shm"}
"""Files at the top of a case that are no products: the manifest itself and what comes and goes."""


def write_manifest(case: Case) -> Path:
    """Write ``manifest.json`` of ``case`` and return its path; the last thing to do with a case.

    Closes the database, for its hash is of the closed file, and hashing it while it is open here
    would drop SQLite's locks on it; the lock of the case is kept, so nobody writes in between.
    Close every reader of this process first. Raises CaseError when another program is reading the
    database or the folder cannot be written; the manifest that was there then stays.
    """
    with case_errors(case.folder):
        _fold_log_in(case)
        sources = list(case.db.query(_SOURCES))
        case.db.conn.close()
        manifest = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "maker": f"analyzer {__version__}",
            "created": utc_now(),
            "sources": sources,
            "products": [_entry(case.folder, name) for name in _products(case.folder)],
        }
        return _write(case.folder, manifest)


def write_database_entry(case: Case) -> None:
    """Bring the hash of the database in ``manifest.json`` up to date, and nothing else in it.

    For what only adds to the database of a large case; otherwise as write_manifest, which it falls
    back to where there is no manifest yet.
    """
    if not (case.folder / MANIFEST_NAME).exists():
        write_manifest(case)
        return
    with case_errors(case.folder):
        _fold_log_in(case)
        case.db.conn.close()
        manifest = _read(case.folder)
        others = [entry for entry in manifest["products"] if entry["path"] != DATABASE_NAME]
        products = [*others, _entry(case.folder, DATABASE_NAME)]
        manifest["products"] = sorted(products, key=lambda entry: str(entry["path"]))
        _write(case.folder, manifest)


_SOURCES = """
SELECT f.path, f.sha256, v.size_bytes AS size, f.status
FROM files f LEFT JOIN videos v ON v.sha256 = f.sha256 ORDER BY f.path
"""


def _fold_log_in(case: Case) -> None:
    """Bring all of the database into case.db; raise CaseError while a reader holds the log."""
    busy, _, _ = case.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise CaseError(
            f"{case.folder}: another program is reading the case database; close it and try again"
        )


def check_manifest(folder: Path) -> list[str]:
    """Return what differs from the manifest of the case at ``folder``, one line a file.

    Empty when every product is there, unchanged, and nothing was added. Reads only; do not call it
    while this process has the case open. Raises CaseError when there is no readable manifest.
    """
    recorded = {entry["path"]: entry for entry in _read(folder)["products"]}
    problems = []
    with case_errors(folder):
        log = folder / _LOG
        if log.exists() and log.stat().st_size:
            problems.append(f"{_LOG}: holds changes made after the manifest")
        found = set(_products(folder))
        for name in sorted(found | set(recorded)):
            if name not in recorded:
                problems.append(f"{name}: not in the manifest; it was added later")
            elif name not in found:
                problems.append(f"{name}: missing")
            elif _entry(folder, name)["sha256"] != recorded[name]["sha256"]:
                problems.append(f"{name}: changed; its SHA-256 is not the one in the manifest")
    return problems


def _entry(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return {"path": name, "size": path.stat().st_size, "sha256": sha256_file(path)}


def _products(folder: Path) -> Iterator[str]:
    """Yield the relative paths, with forward slashes, of the products in a fixed order."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and name not in _PASSING:
            yield name


def _write(folder: Path, manifest: dict[str, Any]) -> Path:
    """Put ``manifest`` in place whole or not at all."""
    unfinished = folder / f"{MANIFEST_NAME}.tmp"
    with unfinished.open("w", encoding="utf-8") as file:
        json.dump(manifest, file, ensure_ascii=False, indent=1)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    return unfinished.replace(folder / MANIFEST_NAME)


def _read(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST_NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CaseError(f"{path}: no manifest; `analyzer run` writes one when it ends") from error
    except (OSError, ValueError) as error:
        raise CaseError(f"{path}: cannot be read ({error}); restore it from a copy") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CaseError(f"{path}: not a manifest of a case; restore it from a copy")
    if manifest["format_version"] > FORMAT_VERSION:
        raise CaseError(f"{path}: made by a newer analyzer; update analyzer to check it")
    return manifest
