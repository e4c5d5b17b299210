"""Archives of a case: whole, verified, and never of what the case does not vouch for."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from analyzer.commands.verify import check_case
from analyzer.custody.manifest import read_manifest
from analyzer.custody.pack import pack_case
from analyzer.custody.verify import verify_case
from analyzer.errors import CaseError, UsageError
from analyzer.hashing import sha256_file
from analyzer.store import audit
from analyzer.store.reader import CaseReader


def test_an_archive_is_verified_and_logged(sealed: Path, tmp_path: Path) -> None:
    listed = {product["path"] for product in read_manifest(sealed)["products"]}
    packed = pack_case(sealed, tmp_path / "a.zip")
    with zipfile.ZipFile(packed.archive) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {f"case/{n}" for n in (*listed, "manifest.json")}
    assert packed.sha256 == sha256_file(tmp_path / "a.zip") and packed.files == len(listed) + 1
    found = check_case(tmp_path / "a.zip")
    assert found.ok and found.verification.case == str(tmp_path / "a.zip")
    assert found.verification.products == len(listed)
    assert verify_case(sealed).ok
    with CaseReader(sealed) as reader:
        entries = [e for e in audit.entries(reader.db) if e["action"] == "packed"]
    assert [entry["detail"]["sha256"] for entry in entries] == [packed.sha256]


def test_equal_cases_give_equal_archives(sealed: Path, tmp_path: Path) -> None:
    twin = shutil.copytree(sealed, tmp_path / "twin" / "case")
    one, two = pack_case(sealed, tmp_path / "1.zip"), pack_case(twin, tmp_path / "2.zip")
    assert one.sha256 == two.sha256


def test_a_change_in_an_archive_is_named(sealed: Path, tmp_path: Path) -> None:
    pack_case(sealed, tmp_path / "a.zip")
    with (
        zipfile.ZipFile(tmp_path / "a.zip") as good,
        zipfile.ZipFile(tmp_path / "b.zip", "w") as bad,
    ):
        for name in good.namelist():
            data = good.read(name)
            bad.writestr(name, data + b" " if name.endswith("index.html") else data)
    found = check_case(tmp_path / "b.zip")
    assert [str(p).partition(":")[0] for p in found.verification.problems] == ["report/index.html"]


def test_what_is_not_as_the_manifest_lists_it_is_not_packed(sealed: Path, tmp_path: Path) -> None:
    page = sealed / "report" / "index.html"
    page.write_bytes(page.read_bytes() + b" ")
    with pytest.raises(CaseError, match=r"index.html: not as the manifest lists it"):
        pack_case(sealed, tmp_path / "a.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["case"]


def test_wrong_places_are_refused(sealed: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="lies inside the case"):
        pack_case(sealed, sealed / "a.zip")
    (tmp_path / "a.zip").write_bytes(b"no archive")
    with pytest.raises(UsageError, match="is there already"):
        pack_case(sealed, tmp_path / "a.zip")
    with pytest.raises(CaseError, match="cannot be unpacked"):
        check_case(tmp_path / "a.zip")


@pytest.mark.parametrize("name", ["../case/manifest.json", "/case/manifest.json", "case/other"])
def test_an_archive_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("case/x", "x")
        archive.writestr(name, "{}")
    with pytest.raises(CaseError, match="not an archive of a case"):
        check_case(tmp_path / "a.zip")


def test_a_damaged_archive_is_refused_in_a_line(sealed: Path, tmp_path: Path) -> None:
    target = tmp_path / "case.zip"
    pack_case(sealed, target)
    with zipfile.ZipFile(target) as archive:
        entry = next(e for e in archive.infolist() if e.compress_type == zipfile.ZIP_DEFLATED)
    data = bytearray(target.read_bytes())
    at = entry.header_offset + 30 + len(entry.filename.encode()) + 24
    data[at : at + 16] = b"\xff" * 16
    target.write_bytes(data)
    with pytest.raises(CaseError, match="cannot be unpacked"):
        check_case(target)


def test_an_archive_keeps_no_hashes_of_frames(sealed: Path, tmp_path: Path) -> None:
    target = tmp_path / "case.zip"
    pack_case(sealed, target)
    with pytest.raises(UsageError, match="unpack it"):
        check_case(target, frames=True)
