"""The manifest: every product by its hash, and each kind of change named."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from analyzer.custody.manifest import listing_digest, read_manifest, write_manifest
from analyzer.custody.record import record
from analyzer.errors import CaseError
from analyzer.store import audit
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from tests.manifests import differences
from tests.store.cases import PATH, SHA, make_case


def seal(folder: Path) -> None:
    with Case.open(folder, create=False) as case:
        write_manifest(case)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = make_case(tmp_path / "case")
    (folder / "report").mkdir()
    (folder / "report" / "index ü.html").write_text("<html>", encoding="utf-8")
    seal(folder)
    return folder


def test_lists_what_went_in_and_what_came_out(case: Path) -> None:
    manifest = json.loads((case / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["format"], manifest["format_version"]) == ("analyzer-manifest", 1)
    assert manifest["sources"] == [
        {
            "path": PATH,
            "sha256": SHA,
            "sha256_after": SHA,
            "size": 1_000_000,
            "status": "done",
        },
        {
            "path": "notes.txt",
            "sha256": "7" * 64,
            "sha256_after": None,
            "size": None,
            "status": "failed",
        },
    ]
    listed = {entry["path"]: entry for entry in manifest["products"]}
    assert list(listed) == sorted(listed)
    there = {p.relative_to(case).as_posix() for p in case.rglob("*") if p.is_file()}
    assert set(listed) == there - {"manifest.json", "case.lock", "write.lock"}
    for name, entry in listed.items():
        content = (case / name).read_bytes()
        assert entry["size"] == len(content)
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()


def test_an_untouched_case_holds_and_reading_does_not_change_it(case: Path) -> None:
    assert differences(case) == []
    with CaseReader(case) as reader:
        assert len(reader.frame("files")) == 2
    assert differences(case) == []


def test_the_audit_log_knows_the_list_of_products(case: Path) -> None:
    manifest = read_manifest(case)
    with CaseReader(case) as reader:
        *_, entry = reader.rows("audit")
    assert manifest["audit"] == {"entries": entry["seq"], "head": entry["hash"]}
    assert listing_digest(manifest["products"]) in entry["detail"]


def test_a_renewed_manifest_does_not_take_a_changed_product_for_good(case: Path) -> None:
    page = case / "report" / "index ü.html"
    page.write_text("<html>changed")
    assert record(case, "exported", {}) is None
    assert differences(case) == [
        "report/index ü.html: changed; its SHA-256 is not the one in the manifest"
    ]


def test_names_each_file_and_problem(case: Path) -> None:
    one, two, *_ = sorted((case / "faces").rglob("*.jpg"))
    one.write_bytes(one.read_bytes()[:-1] + b"x")
    two.unlink()
    (case / "report" / "extra.html").write_text("x")
    assert sorted(differences(case)) == sorted(
        [
            f"{one.relative_to(case)}: changed; its SHA-256 is not the one in the manifest",
            f"{two.relative_to(case)}: missing",
            "report/extra.html: not in the manifest; it was added later",
        ]
    )


def test_a_later_change_of_the_database_shows(case: Path) -> None:
    with Case.open(case, create=False) as opened:
        audit.append(opened.db, "looked", {})
        (case / "case.db-wal").stat()
    assert differences(case) == ["case.db: changed"]
    seal(case)
    assert differences(case) == []


def test_nobody_writes_while_it_is_made_or_before_the_case_is_closed(case: Path) -> None:
    with Case.open(case, create=False) as opened:
        audit.append(opened.db, "looked", {})
        write_manifest(opened)
        with pytest.raises(CaseError, match="another analyzer"):
            Case.open(case, create=False)
        with CaseReader(case) as reader:
            assert [row["action"] for row in reader.rows("audit")][-3:] == [
                "products listed", "looked", "products listed",
            ]  # fmt: skip
    assert differences(case) == []


def test_a_program_reading_old_rows_is_named_and_the_manifest_stays(case: Path) -> None:
    before = (case / "manifest.json").read_bytes()
    with Case.open(case, create=False) as opened, CaseReader(case) as reader:
        opened.db.execute("PRAGMA busy_timeout = 100")
        rows = reader.rows("observations")
        next(rows)
        audit.append(opened.db, "looked", {})
        with pytest.raises(CaseError, match="another program is reading"):
            write_manifest(opened)
        del rows
    assert (case / "manifest.json").read_bytes() == before


@pytest.mark.parametrize("text", [None, "{", '{"format": "other"}', "[]"])
def test_without_a_readable_manifest_says_so(case: Path, text: str | None) -> None:
    path = case / "manifest.json"
    path.unlink()
    if text is not None:
        path.write_text(text)
    with pytest.raises(CaseError, match=r"manifest\.json: "):
        read_manifest(case)
