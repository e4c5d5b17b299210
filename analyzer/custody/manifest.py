"""Manifest of a case: its inputs and products, with the hash of each.

The list of products is hashed into the audit log before the database is hashed into the manifest,
so that the two hold each other: a product and its line cannot be changed together unseen.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from analyzer import __version__
from analyzer.errors import CaseError
from analyzer.hashing import sha256_file
from analyzer.store import audit, overview
from analyzer.store.case import Case
from analyzer.store.connect import DATABASE_NAME
from analyzer.store.errors import case_errors
from analyzer.store.images import KINDS, picture_name
from analyzer.store.lock import LOCK_NAME, WRITE_LOCK_NAME
from analyzer.store.records import utc_now

MANIFEST_NAME = "manifest.json"
FORMAT = "analyzer-manifest"
FORMAT_VERSION = 1

PROGRESS_NAME = "progress.json"
LISTED = "products listed"
"""What the audit log calls the listing that a manifest is."""

_LOG = f"{DATABASE_NAME}-wal"
_PASSING = {
    MANIFEST_NAME,
    f"{MANIFEST_NAME}.tmp",
    LOCK_NAME,
    WRITE_LOCK_NAME,
    PROGRESS_NAME,
    f"{PROGRESS_NAME}.tmp",
    _LOG,
    f"{DATABASE_NAME}-shm",
}
"""Files at the top of a case that are no products: the manifest itself and what comes and goes."""
_LIVE = "live/"
"""What `analyzer watch` shows of its sources while it runs."""


def write_manifest(case: Case) -> Path:
    """Write ``manifest.json`` of ``case`` and return its path; the last thing to do with a case.

    Closes the database, for its hash is of the closed file, and hashing it while it is open here
    would drop SQLite's locks on it; the lock of the case is kept, so nobody writes in between.
    Close every reader of this process first. Raises CaseError when another program is reading the
    database or the folder cannot be written; the manifest that was there then stays.
    """
    with case_errors(case.folder):
        return _seal(case, [_listed(case.folder, name) for name in _files(case.folder)])


def renew_manifest(case: Case, added: Sequence[str] = ()) -> Path | None:
    """Write the manifest again after an entry in the audit log; products stay as they were listed.

    Nothing is hashed but the database and the products ``added``, by their names within the case:
    one that was changed meanwhile must not be taken for good. None where the case has no manifest
    yet, and beside a process that works on the case: it writes one at its end. Otherwise as
    ``write_manifest``.
    """
    if case.beside:
        return None
    with case_errors(case.folder):
        if not (case.folder / MANIFEST_NAME).exists():
            return None
        listed = read_manifest(case.folder)["products"]
        stale = {DATABASE_NAME, *added}
        kept = [entry for entry in listed if entry["path"] not in stale]
        return _seal(case, [*kept, *(_entry(case.folder, name) for name in added)])


def _seal(case: Case, products: list[dict[str, Any]]) -> Path:
    """Log the list of ``products``, close the database, and write the manifest of both."""
    detail = {"products": len(products), "sha256": listing_digest(products)}
    head = case.log(LISTED, detail)
    with case.reader() as reader:
        sources, entries = overview.sources(reader), audit.count(reader.db)
    case.close_database()
    products = sorted([*products, _entry(case.folder, DATABASE_NAME)], key=lambda e: e["path"])
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "maker": f"analyzer {__version__}",
        "created": utc_now(),
        "audit": {"entries": entries, "head": head},
        "sources": sources,
        "products": products,
    }
    return _write(case.folder, manifest)


def listing_digest(products: list[dict[str, Any]]) -> str:
    """Return the SHA-256 over names and hashes of the products but the database."""
    lines = sorted(f"{p['sha256']}  {p['path']}" for p in products if p["path"] != DATABASE_NAME)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def check_products(folder: Path, manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield name and trouble of every product but the database that is not as listed.

    Reads only. Raises CaseError where the folder cannot be read.
    """
    recorded = {p["path"]: p for p in manifest["products"] if p["path"] != DATABASE_NAME}
    with case_errors(folder):
        found = set(_files(folder))
        for name in sorted(found | set(recorded)):
            if name not in recorded:
                yield name, "not in the manifest; it was added later"
            elif name not in found:
                yield name, "missing"
            elif _entry(folder, name)["sha256"] != recorded[name]["sha256"]:
                yield name, "changed; its SHA-256 is not the one in the manifest"


def database_unchanged(folder: Path, manifest: dict[str, Any]) -> bool:
    """Whether the database is, byte for byte, the one of the manifest, with no log beside it.

    Do not call it while this process has the case open.
    """
    with case_errors(folder):
        log = folder / _LOG
        if log.exists() and log.stat().st_size:
            return False
        recorded = {p["path"]: p["sha256"] for p in manifest["products"]}
        return bool(_entry(folder, DATABASE_NAME)["sha256"] == recorded.get(DATABASE_NAME))


def _listed(folder: Path, name: str) -> dict[str, Any]:
    """Return the entry of a product; a picture is known by its name, which is its SHA-256.

    A picture that was changed is listed under the hash that it ought to have, so that it is not
    taken for good, and a case of a million pictures is not read through for every report.
    """
    kind, _, rest = name.partition("/")
    sha256 = PurePosixPath(rest).stem
    if kind not in KINDS or not _HASH.fullmatch(sha256) or name != picture_name(sha256, kind):
        return _entry(folder, name)
    return {"path": name, "size": (folder / name).stat().st_size, "sha256": sha256}


_HASH = re.compile(r"[0-9a-f]{64}")


def _entry(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    return {"path": name, "size": path.stat().st_size, "sha256": sha256_file(path)}


def _files(folder: Path) -> Iterator[str]:
    """Yield the relative path, with forward slashes, of each product but the database."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        passing = name in _PASSING or name.startswith(_LIVE)
        if path.is_file() and not passing and name != DATABASE_NAME:
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


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of the case at ``folder``; CaseError when none can be read."""
    path = folder / MANIFEST_NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise CaseError(f"{path}: no manifest; `analyzer run` writes one when it ends") from error
    except (OSError, ValueError) as error:
        raise CaseError(f"{path}: cannot be read ({error}); restore it from a copy") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise CaseError(f"{path}: not a manifest of a case; restore it from a copy")
    if manifest.get("format_version", FORMAT_VERSION) > FORMAT_VERSION:
        raise CaseError(f"{path}: made by a newer analyzer; update analyzer to check it")
    return manifest
