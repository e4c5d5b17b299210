"""Whatever is changed in a case is found and named; what may change is told apart from it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.verify import verify
from analyzer.custody.record import record
from analyzer.custody.verify import verify_case
from analyzer.errors import CaseError
from analyzer.store import audit, seals
from analyzer.store.case import Case
from tests.store.cases import SHA

SEGMENT = f"segment:{SHA[:16]}:0"


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in verify_case(folder).problems]


def rewrite(folder: Path, *statements: str) -> None:
    """Change the database as somebody would who knows SQLite, with the triggers out of the way."""
    db = sqlite3.connect(folder / "case.db")
    for name in ("audit_no_update", "audit_no_delete"):
        db.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        assert db.execute(statement).rowcount > 0
    db.commit()
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def test_an_untouched_case_holds_and_stays_untouched(sealed: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in sealed.rglob("*") if path.is_file()}
    found = verify_case(sealed)
    assert found.ok
    assert (found.notes, found.sources["unchanged"]) == ([], 1)
    assert found.rows > 100
    after = {path: path.stat().st_mtime_ns for path in sealed.rglob("*") if path.is_file()}
    assert after == before


def test_every_table_is_sealed(sealed: Path) -> None:
    """A new table needs a scope in seals.SCOPES, or a reason to be in UNSEALED."""
    covered = [table for tables in seals.SCOPES.values() for table in tables]
    with Case.open(sealed, create=False) as case:
        live = {name for name in case.db.table_names() if not name.startswith("_sqlite")}
    assert sorted(covered) == sorted(live - seals.UNSEALED)


@pytest.mark.parametrize("product", ["report/index.html", "faces", "report/media"])
def test_one_byte_of_a_product(sealed: Path, product: str) -> None:
    path = sealed / product
    if path.is_dir():
        path = next(file for file in sorted(path.rglob("*")) if file.is_file())
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    name = path.relative_to(sealed).as_posix()
    assert problems(sealed) == [f"{name}: changed; its SHA-256 is not the one in the manifest"]


def test_a_product_that_is_changed_together_with_its_line_in_the_manifest(sealed: Path) -> None:
    page, manifest = sealed / "report" / "index.html", sealed / "manifest.json"
    page.write_bytes(page.read_bytes() + b" ")
    values = json.loads(manifest.read_text())
    entry = next(p for p in values["products"] if p["path"] == "report/index.html")
    import hashlib

    entry["sha256"] = hashlib.sha256(page.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(values))
    (problem,) = problems(sealed)
    assert problem.startswith("manifest.json: changed; audit entry ")


ROWS = {
    "observations": ("face_score = 0.123", "pts = 512", f"tracklet_id {SHA[:16]}:0:0, pts 512"),
    "faces": ("quality = 0.9", "1 = 1", "faces: row"),
    "emotions": ("happy = 0.5", "pts = 512", "emotions: row"),
    "actions": ("label = 'running'", "1 = 1", "actions: row"),
    "tracklets": ("number = 77", "number = 0", "tracklets: row"),
    "segments": ("bad_frames = 0", "number = 0", f"segments: row video_sha256 {SHA}, number 0"),
    "gaps": ("t_end = 1.6", "1 = 1", "gaps: row"),
    "tracks": ("t_start = 5.0", "1 = 1", "tracks: row"),
    "track_emotions": ("fear = 1.0", "pts = 512", "track_emotions: row"),
    "track_actions": ("label = 'fighting'", "1 = 1", "track_actions: row"),
    "candidates": ("distance = 0.01", "1 = 1", "candidates: row"),
    "people": ("source = 'elsewhere'", "1 = 1", "people: row name =Ann"),
    "gallery_faces": ("embedding = x'00'", "1 = 1", "gallery_faces: row person =Ann, path ann.jpg"),
    "videos": ("wall_start = '2020-01-01T00:00:00'", "1 = 1", f"videos: row sha256 {SHA}"),
    "files": ("status = 'failed'", "1 = 1", "files: row path"),
    "runs": ("command = 'analyzer run other'", "1 = 1", "runs: row"),
}


@pytest.mark.parametrize("table", ROWS)
def test_one_row_of_a_table(sealed: Path, table: str) -> None:
    change, where, named = ROWS[table]
    key = f"SELECT rowid FROM {table}" if table in ("faces", "gaps") else None
    where = f"{where} AND rowid = ({key} LIMIT 1)" if key else where
    rewrite(sealed, f"UPDATE {table} SET {change} WHERE {where}")
    found = problems(sealed)
    assert any(table in line and named in line for line in found), found
    assert any(line.startswith("case.db: changed") for line in found)


def test_a_row_that_is_removed_or_added(sealed: Path) -> None:
    own = f"{SHA[:16]}:0:1"
    rewrite(
        sealed,
        f"DELETE FROM emotions WHERE tracklet_id = '{own}' AND pts = 512",
        f"INSERT INTO gaps VALUES ('{SHA[:16]}:0', 9.0, 10.0, 'made up')",
    )
    found = problems(sealed)
    assert f"{SEGMENT}: emotions: row 9 of 16 is missing or changed" in found
    assert any("gaps: row" in line and "made up was added or changed" in line for line in found)


def test_a_row_changed_together_with_its_seal(sealed: Path) -> None:
    """Somebody who seals the changed rows again would have to change the audit log too."""
    rewrite(sealed, "UPDATE candidates SET distance = 0.01")
    with Case.open(sealed, create=False) as case, case.db.atomic():
        seals.seal(case.db, "derived", SHA)
    found = problems(sealed)
    assert any(line.startswith(f"derived:{SHA}: its entry in seals was changed") for line in found)


def test_rows_that_no_entry_tells_of(sealed: Path) -> None:
    with Case.open(sealed, create=False) as case:
        row = next(case.db.query("SELECT * FROM segments"))
        case.db.table("segments").insert(row | {"id": f"{SHA[:16]}:2", "number": 2})
    name = f"segment:{SHA[:16]}:2"
    told = f"{name}: the audit log tells nothing of it; it was added from outside"
    assert told in problems(sealed)


@pytest.mark.parametrize("column", ["actor", "action", "detail", "at"])
def test_one_audit_entry(sealed: Path, column: str) -> None:
    rewrite(sealed, f"UPDATE audit SET {column} = '{{}}' WHERE seq = 4")
    named = "audit entry 4: its content does not give its hash; it was changed"
    assert named in problems(sealed)


def test_the_newest_entries_cut_off(sealed: Path) -> None:
    rewrite(sealed, "DELETE FROM audit WHERE seq >= (SELECT max(seq) FROM audit)")
    named = "audit log: ends before, or differs from, what the manifest says of it"
    assert named in problems(sealed)


def test_a_log_made_anew_is_found_by_a_hash_noted_down(sealed: Path) -> None:
    """Whoever may write everything can make a case that holds in itself; a note elsewhere tells."""
    noted = verify_case(sealed).audit_head
    assert verify_case(sealed, noted).ok
    with sqlite3.connect(sealed / "case.db") as db:
        db.row_factory = sqlite3.Row
        entries = [dict(row) for row in db.execute("SELECT * FROM audit ORDER BY seq")]
    statements, previous = ["DELETE FROM audit"], audit.GENESIS
    for entry in entries:
        entry |= {"actor": "somebody", "previous_hash": previous}
        entry["hash"] = previous = audit.entry_hash(entry)
        values = ", ".join("'" + str(v).replace("'", "''") + "'" for v in entry.values())
        statements.append(f"INSERT INTO audit VALUES ({values})")
    rewrite(sealed, *statements)
    found = [str(problem) for problem in verify_case(sealed, noted).problems]
    assert f"audit log: does not hold the entry {noted} that was noted down" in found


def test_a_source_that_changed_or_is_gone(sealed: Path, source: Path) -> None:
    source.write_bytes(b"something else")
    (problem,) = problems(sealed)
    assert problem == f"{source}: changed; its SHA-256 is not the one that was analysed"
    source.unlink()
    found = verify_case(sealed)
    assert found.ok
    assert found.sources == {"unchanged": 0, "changed": 0, "missing": 1}
    assert str(source) in found.notes[0]


def test_what_is_done_to_a_case_later_is_no_tampering(sealed: Path) -> None:
    assert record(sealed, "exported", {"files": 3}) is None
    assert verify_case(sealed).ok
    with Case.open(sealed, create=False) as case:
        audit.append(case.db, "stopped before its end", {})
    (sealed / "logs").mkdir()
    (sealed / "logs" / "run.log").write_text("started\n")
    found = verify_case(sealed)
    assert found.ok
    assert found.notes[0].startswith("1 audit entries are newer than the manifest")


def test_a_case_on_a_read_only_folder_and_one_in_use(sealed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(sealed, copy)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    assert verify_case(copy).ok
    with Case.open(sealed, create=False), pytest.raises(CaseError, match="another analyzer"):
        verify_case(sealed)


def test_the_command_says_what_it_found(sealed: Path, source: Path) -> None:
    done = CliRunner().invoke(verify, [str(sealed), "--json"])
    report = json.loads(done.stdout)
    assert (done.exit_code, report["ok"], report["replay"]) == (0, True, None)
    source.write_bytes(b"x")
    done = CliRunner().invoke(verify, [str(sealed)])
    assert done.exit_code == 1
    assert f"DIFFERS: {source}: changed" in done.stdout
    assert "1 differences" in done.stdout
