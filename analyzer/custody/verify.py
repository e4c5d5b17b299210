"""Verification of a case: sources, products, rows and audit log against what was written.

Reads only. What it proves and what it cannot prove is said in docs/custody.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from analyzer.custody.manifest import (
    LISTED,
    MANIFEST_NAME,
    check_products,
    database_unchanged,
    listing_digest,
    read_manifest,
)
from analyzer.errors import CaseError
from analyzer.hashing import sha256_file
from analyzer.store import audit, seals
from analyzer.store.connect import DATABASE_NAME, require_case
from analyzer.store.errors import case_errors
from analyzer.store.images import KINDS, image_path
from analyzer.store.lock import writer_of
from analyzer.store.reader import CaseReader
from analyzer.video.picture_series import source_sha256
from analyzer.video.signed_video import FIRST_PACKETS, find_signatures
from analyzer.video.source_file import place_of

_MOST_ROWS = 20
"""Rows named under one seal; the rest is counted."""

Part = Literal["source", "product", "rows", "audit"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is not as it was written: which part, the name of the thing, in words."""

    part: Part
    name: str
    problem: str

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


@dataclass(slots=True)
class Verification:
    """What was looked at and what was found; ``notes`` need no action but should be read."""

    case: str
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sources: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("unchanged", "changed", "missing"), 0)
    )
    products: int = 0
    rows: int = 0
    audit_entries: int = 0
    audit_head: str = audit.GENESIS
    purged: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found to differ."""
        return not self.problems

    def add(self, part: Part, name: str, problem: str) -> None:
        """Note that something differs."""
        self.problems.append(Problem(part, name, problem))

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {"ok": self.ok, **asdict(self)}


def verify_case(folder: Path, head: str | None = None) -> Verification:
    """Check the case at ``folder``; ``head`` is a hash of its audit log noted down earlier.

    Raises CaseError for a folder that is not a case, cannot be read, or is being written now.
    """
    with case_errors(folder):
        require_case(folder)
        if writer_of(folder) is not None:
            raise CaseError(
                f"{folder}: another analyzer is writing this case; wait until it has ended"
            )
        found = Verification(str(folder))
        manifest = read_manifest(folder) if (folder / MANIFEST_NAME).exists() else None
        same_bytes = manifest is not None and database_unchanged(folder, manifest)
        with CaseReader(folder) as reader:
            _check_audit(reader, found, head)
            later = _check_manifest(reader, found, manifest, same_bytes)
            _check_seals(reader, found)
            _check_references(reader, found)
            _check_sources(reader, found)
        _check_files(folder, found, manifest, later)
    return found


def _check_audit(reader: CaseReader, found: Verification, head: str | None) -> None:
    for line in audit.check(reader.db):
        name, _, problem = line.partition(": ")
        found.add("audit", name, problem)
    hashes = []
    for entry in audit.entries(reader.db):
        hashes.append(entry["hash"])
        if entry["action"] == audit.PURGED:
            detail = {key: value for key, value in entry["detail"].items() if key != "seals"}
            found.purged.append({"at": entry["at"], "actor": entry["actor"], **detail})
    found.audit_entries = len(hashes)
    if hashes:
        found.audit_head = hashes[-1]
    if head is not None and head not in hashes:
        found.add("audit", "audit log", f"does not hold the entry {head} that was noted down")


def _check_manifest(
    reader: CaseReader, found: Verification, manifest: dict[str, Any] | None, same_bytes: bool
) -> int:
    """Check manifest and audit log against each other; return how many entries came after it."""
    if manifest is None:
        found.notes.append("no manifest yet: no run of this case has come to its end")
        return found.audit_entries
    expected = manifest.get("audit", {}).get("head")
    entry = next((e for e in audit.entries(reader.db) if e["hash"] == expected), None)
    if entry is None or entry["action"] != LISTED:
        found.add(
            "audit", "audit log", "ends before, or differs from, what the manifest says of it"
        )
        return 0
    if entry["detail"].get("sha256") != listing_digest(manifest["products"]):
        found.add(
            "product", MANIFEST_NAME, f"changed; audit entry {entry['seq']} tells of another list"
        )
    later = found.audit_entries - int(entry["seq"])
    if later:
        found.notes.append(
            f"{later} audit entries are newer than the manifest: a run was stopped before its end; "
            "run the same command again"
        )
    elif not same_bytes:
        found.add(
            "rows",
            DATABASE_NAME,
            "changed, though the audit log tells of nothing after the manifest",
        )
    return later


def _check_seals(reader: CaseReader, found: Verification) -> None:
    """Compare all rows with what the audit log says of them last."""
    recorded: seals.Seals = {}
    for entry in audit.entries(reader.db):
        recorded.update(entry["detail"].get("seals", {}))
    for name in seals.names(reader.db):
        recorded.setdefault(name, "")
    for name, digest in recorded.items():
        if name.partition(":")[0] in seals.SCOPES:
            _check_seal(reader, found, name, digest)
    for table in seals.unknown_tables(reader.db):
        found.notes.append(f"{table}: this table is not sealed")


def _check_seal(reader: CaseReader, found: Verification, name: str, digest: str | None) -> None:
    """Compare the rows under one seal with the last ``digest`` of it: None removed, "" unknown."""
    scope, _, key = name.partition(":")
    now = seals.digests(reader.db, scope, key)
    rows = sum(table.rows for table in now.values())
    if digest is None:
        if rows and scope in ("derived", "people"):
            found.notes.append(f"{name}: is due to be derived again; its rows are not sealed")
        elif rows:
            found.add("rows", name, "is there, though the audit log says it was removed")
    elif not digest:
        found.add("rows", name, "the audit log tells nothing of it; it was added from outside")
    else:
        found.rows += rows
        for problem in _compare(reader, scope, key, now, digest):
            found.add("rows", name, problem)


def _compare(
    reader: CaseReader, scope: str, key: str, now: dict[str, seals.TableDigest], digest: str
) -> Iterator[str]:
    """Yield what differs between the rows ``now`` and the ``digest`` of the audit log."""
    before = seals.kept(reader.db, scope, key)
    # A table that a later version added is empty until it is written.
    now = {table: own for table, own in now.items() if own.rows or table in before or not before}
    intact = bool(before) and seals.combined(before) == digest
    if seals.combined(now) == digest:
        if not intact:
            yield "its rows are as they were, but its entry in seals was changed"
        return
    lines = [
        line
        for table, kept in before.items()
        if table in now and kept.sha256 != now[table].sha256
        for line in seals.changed_rows(reader.db, scope, key, table, kept)
    ]
    yield from lines[:_MOST_ROWS]
    if len(lines) > _MOST_ROWS:
        yield f"and {len(lines) - _MOST_ROWS} more rows"
    if not intact:
        yield "its entry in seals was changed too, so that rows may be named wrongly"
    elif not lines:
        yield "its rows are not those of the audit log"


def _check_references(reader: CaseReader, found: Verification) -> None:
    """Look for rows that belong to nothing, and for pictures that rows name and are not there."""
    for table in seals.orphans(reader.db):
        found.add("rows", table, "holds a row that belongs to nothing")
    for kind in KINDS:
        for image in sorted(reader.images(kind)):
            path = image_path(reader.folder, image, kind)
            if not path.is_file():
                name = path.relative_to(reader.folder).as_posix()
                found.add("product", name, "missing; a row names it")


def _check_sources(reader: CaseReader, found: Verification) -> None:
    for file in reader.inputs():
        path, sha256, status = file.path, file.sha256, file.status
        if sha256 is None:
            continue
        try:
            place = place_of(path, sha256)
            same = source_sha256(place.file) == place.sha256
        except OSError as error:
            found.sources["missing"] += 1
            found.notes.append(f"{path}: source cannot be read here ({error.strerror})")
            continue
        found.sources["unchanged" if same else "changed"] += 1
        if same:
            signed = find_signatures(place.file, place.stream, FIRST_PACKETS)
            found.notes += [] if signed is None else [f"{path}: {signed.words}"]
            continue
        if status == "failed":
            found.notes.append(f"{path}: source differs; the run already says so of it")
        else:
            found.add("source", path, "changed; its SHA-256 is not the one that was analysed")


def _check_files(
    folder: Path, found: Verification, manifest: dict[str, Any] | None, later: int
) -> None:
    """Compare every product with the manifest, and pictures of people with their own names."""
    listed = manifest or {"products": []}
    fresh = 0
    for entry in listed["products"]:
        found.products += 1
        if _is_picture(entry["path"]) and PurePosixPath(entry["path"]).stem != entry["sha256"]:
            found.add("product", entry["path"], "changed; its content does not give its name")
    for name, problem in check_products(folder, listed):
        if later and "added later" in problem and _explained(folder, name):
            fresh += 1
            continue
        found.add("product", name, problem)
    if fresh:
        found.notes.append(f"{fresh} files are newer than the manifest")


def _is_picture(name: str) -> bool:
    return PurePosixPath(name).parts[0] in KINDS and name.endswith(".jpg")


def _explained(folder: Path, name: str) -> bool:
    """Whether a run that was stopped leaves such a file: its log, and pictures known by content."""
    if _is_picture(name):
        return sha256_file(folder / name) == PurePosixPath(name).stem
    return name.startswith("logs/") or name.endswith(".tmp")
