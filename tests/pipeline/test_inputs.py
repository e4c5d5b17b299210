"""Which files a command line means, and what is said of the rest."""

import hashlib
import os
import socket
import struct
from contextlib import contextmanager

import cv2
import numpy as np
import pytest

from analyzer.errors import UsageError
from analyzer.pipeline.inputs import find_inputs
from analyzer.store.case import Case
from analyzer.video.clip import cut, still
from analyzer.video.probe import probe


@pytest.fixture
def archive(tmp_path):
    """A folder as investigators get them: odd names, things that are not footage, hidden files."""
    for name in (
        "a.mp4", "sub dir/Straße 3.AVI", "sub dir/no_suffix", "notes.txt", ".hidden.mp4",
        ".cache/x.mp4", "frame.JPG",
    ):  # fmt: skip
        path = tmp_path / "archive" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (tmp_path / "archive" / "LICENSE").write_text("All rights reserved.")
    return tmp_path / "archive"


def names(paths, root):
    return [str(p.relative_to(root)) for p in paths]


def found_in(folder, case=None):
    """Return names of inputs, and by name what was refused and what was passed over."""
    found = find_inputs([str(folder)], case or folder.parent / "case")
    refused, aside = (
        {os.path.relpath(each.path, folder): each for each in some}
        for some in (found.refused, found.passed_over)
    )
    return names(found.files, folder), refused, aside


def write(path, data=b"\0\0\0\x18ftypisom"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_a_folder_is_walked_and_what_is_passed_over_is_named(archive):
    files, refused, aside = found_in(archive)
    assert files == ["a.mp4", "frame.JPG", "sub dir/Straße 3.AVI", "sub dir/no_suffix"]
    assert not refused
    assert set(aside) == {"notes.txt", "LICENSE", ".hidden.mp4", ".cache"}
    assert aside["LICENSE"].reason == "is text"


def test_a_named_file_is_always_tried_and_a_missing_one_is_kept_to_be_reported(archive, tmp_path):
    inputs = [str(archive / name) for name in ("notes.txt", "gone.mp4", ".hidden.mp4")]
    found = find_inputs(inputs, tmp_path / "case")
    assert names(found.files, archive) == ["notes.txt", "gone.mp4", ".hidden.mp4"]


def test_patterns_and_overlaps_give_each_file_once(archive, tmp_path):
    inputs = [str(archive / "*.mp4"), str(archive / "a.mp4"), str(archive / "**/*.AVI")]
    found = find_inputs(inputs, tmp_path / "case")
    assert names(found.files, archive) == ["a.mp4", "sub dir/Straße 3.AVI"]
    assert names(map(type(archive), (each.path for each in found.passed_over)), archive) == [
        ".hidden.mp4"
    ]


def test_a_pattern_that_matches_nothing_is_kept_to_be_reported(archive, tmp_path):
    inputs = [str(archive / "*.mkv"), str(archive / "a.mp4")]
    found = find_inputs(inputs, tmp_path / "case")
    assert names(found.files, archive) == ["a.mp4", "*.mkv"]
    with pytest.raises(UsageError, match="no footage found"):
        find_inputs(inputs[:1], tmp_path / "case")


def test_a_pattern_does_not_reach_into_what_a_nas_made(tmp_path):
    write(tmp_path / "f" / "a.mp4")
    write(tmp_path / "f" / "@eaDir" / "a.mp4" / "SYNOPHOTO_FILM_M.mp4")
    found = find_inputs([str(tmp_path / "f" / "**" / "*.mp4")], tmp_path / "case")
    assert names(found.files, tmp_path) == ["f/a.mp4"]
    assert [each.path for each in found.passed_over] == [str(tmp_path / "f" / "@eaDir")]
    inside = find_inputs([str(tmp_path / "f" / "@eaDir")], tmp_path / "case")
    assert len(inside.files) == 1, "it is analysed where it is named"


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path):
    odd = tmp_path / "cam[1].mp4"
    odd.touch()
    assert find_inputs([str(odd)], tmp_path / "case").files == (odd,)


@pytest.mark.parametrize(
    ("folder", "may_hold_footage"),
    [
        ("@eaDir", False), ("@EADIR", False), (".@__thumb", False), ("__MACOSX", False),
        ("System Volume Information", False), (".AppleDouble", False),
        ("#recycle", True), ("@Recycle", True), ("$RECYCLE.BIN", True), (".Trash-1000", True),
        (".Trashes", True), ("#snapshot", True), ("lost+found", True), ("FOUND.000", True),
        (".zfs", True),
    ],
)  # fmt: skip
def test_folders_of_a_nas_or_a_system_are_passed_over_by_name(tmp_path, folder, may_hold_footage):
    write(tmp_path / "f" / "day 1" / "a.mp4")
    write(tmp_path / "f" / "day 1" / folder / "deep" / "b.mp4")
    write(tmp_path / "f" / "day 1" / folder / "c.txt", b"text")
    files, _, aside = found_in(tmp_path / "f")
    assert files == ["day 1/a.mp4"]
    told = aside[f"day 1/{folder}"]
    assert (told.files, told.missed) == (2, may_hold_footage)


def test_an_empty_bin_holds_no_footage(tmp_path):
    write(tmp_path / "f" / "a.mp4")
    write(tmp_path / "f" / "#recycle" / "desktop.ini")
    assert not found_in(tmp_path / "f")[2]["#recycle"].missed


def test_content_says_what_a_file_is_and_not_its_name(tmp_path):
    folder = tmp_path / "f"
    write(folder / "clip.txt")
    write(folder / "stream", b"\x47".ljust(188, b"\1") * 5)
    write(folder / "photo", b"\xff\xd8\xff\xe1")
    write(folder / "readme", "Ä".encode("latin-1") + b" text in one byte a letter")
    write(folder / "list", b"\xff\xfea\0,\0b\0")
    write(folder / "export.zip", b"PK\3\4\x14\0\0\0\0\0" + b"\0" * 20 + b"cam1.mp4")
    write(folder / "report.docx", b"PK\3\4\x14\0\6\0\0\0" + b"\0" * 20 + b"[Content_Types].xml")
    write(folder / "._a.mp4")
    write(folder / "Thumbs.db", b"\xd0\xcf")
    write(folder / "player.dll", b"MZ\0\0")
    write(folder / "damaged.mp4", b"this text was a recording")
    files, _, aside = found_in(folder)
    assert files == ["clip.txt", "damaged.mp4", "photo", "stream"]
    assert {name for name, each in aside.items() if each.missed} == {"export.zip"}
    assert set(aside) - {"export.zip"} == {
        "._a.mp4", "Thumbs.db", "player.dll", "readme", "list", "report.docx"
    }  # fmt: skip


def test_links_are_followed_once_and_what_they_do_not_reach_is_named(tmp_path):
    disk, folder = tmp_path / "disk", tmp_path / "f"
    write(disk / "day2" / "b.mp4")
    write(disk / "d.mp4")
    write(folder / "day1" / "a.mp4")
    for name, target in {
        "day2": disk / "day2", "again": disk / "day2", "d.mp4": disk / "d.mp4",
        "e.mp4": "/nowhere/e.mp4", "day1/loop": folder, "self": "self", "aa": folder / "day1",
    }.items():  # fmt: skip
        (folder / name).symlink_to(target)
    files, refused, aside = found_in(folder)
    assert sorted(files) == ["again/b.mp4", "d.mp4", "day1/a.mp4"]
    assert set(refused) == {"e.mp4", "day1/loop", "self"}
    assert "broken link to /nowhere/e.mp4" in refused["e.mp4"].reason
    assert "circle" in refused["day1/loop"].reason
    assert "circle" in refused["self"].reason
    assert set(aside) == {"day2", "aa"}
    assert aside["day2"].reason == f"is the same folder as {folder / 'again'}"


def test_pipes_and_sockets_are_named_and_not_opened(tmp_path):
    folder = tmp_path / "f"
    write(folder / "a.mp4")
    os.mkfifo(folder / "live.ts")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "s"))
        files, refused, _ = found_in(folder)
    assert files == ["a.mp4"]
    assert {name: each.reason.partition(": is ")[2][:8] for name, each in refused.items()} == {
        "live.ts": "a pipe, ", "s": "a socket"
    }  # fmt: skip
    named = find_inputs([str(folder / "live.ts")], tmp_path / "case")
    assert [each.path for each in named.refused] == [str(folder / "live.ts")]


@contextmanager
def as_nobody(folder):
    """Do without the rights of root, which may read everything; ``folder`` stays reachable."""
    if os.geteuid() != 0:
        yield
        return
    for each in (folder, *folder.parents):  # pytest makes folders that only their owner enters
        if not each.stat().st_mode & 0o001:
            each.chmod(each.stat().st_mode | 0o055)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_folder_without_permission_is_named(tmp_path):
    folder = tmp_path / "f"
    write(folder / "a.mp4")
    write(folder / "locked" / "b.mp4")
    (folder / "locked").chmod(0)
    with as_nobody(folder):
        files, refused, _ = found_in(folder)
    (folder / "locked").chmod(0o755)
    assert files == ["a.mp4"]
    assert "this folder cannot be read (Permission denied)" in refused["locked"].reason


def test_our_own_products_are_passed_over_whatever_their_names(tmp_path, clip_constant):
    folder = tmp_path / "f"
    write(folder / "a.mp4")
    Case.open(folder / "old work", create=True).close()
    write(folder / "html" / "index.html", b'<meta name="generator" content="analyzer 1.0">')
    info = probe(clip_constant)
    cut(info, 0.0, 1.0, folder / "cam3_20240115.mp4", fps=2.0)
    write(folder / "photo.png", still(info, 0.5)[0])
    jpeg = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    write(folder / f"{hashlib.sha256(jpeg).hexdigest()}.jpg", jpeg)
    write(folder / f"{hashlib.sha256(b'other').hexdigest()}.jpg", jpeg)
    files, _, aside = found_in(folder)
    assert len(files) == 2, "a name like a hash alone makes no product"
    assert len(aside) == 5
    assert not any(each.missed for each in aside.values())
    named = find_inputs([str(folder / "cam3_20240115.mp4")], tmp_path / "case")
    assert "give the recording that it was made from" in named.refused[0].reason


def test_a_case_inside_its_own_evidence_is_refused_and_the_case_is_no_input(archive, tmp_path):
    with pytest.raises(UsageError, match="inside its own evidence"):
        find_inputs([str(archive)], archive / "new" / "case")
    (tmp_path / "link").symlink_to(archive)
    with pytest.raises(UsageError, match="inside its own evidence"):
        find_inputs([str(archive)], tmp_path / "link" / "case")
    case = tmp_path / "case"
    write(case / "clips" / "x.mp4")
    inputs = [str(archive / "a.mp4"), str(case), str(case / "clips" / "x.mp4")]
    found = find_inputs(inputs, case)
    assert found.files == (archive / "a.mp4",)
    assert len(found.passed_over) == 2


def test_the_gallery_of_the_run_is_no_footage(archive, tmp_path):
    gallery = archive / "people"
    write(gallery / "Ann.jpg", b"\xff\xd8\xff")
    found = find_inputs([str(archive)], tmp_path / "case", gallery)
    assert gallery / "Ann.jpg" not in found.files
    assert str(gallery) in [each.path for each in found.passed_over]


def test_nothing_found_is_bad_usage(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no footage found"):
        find_inputs([str(tmp_path / "empty")], tmp_path / "case")


def test_a_clip_is_known_by_its_index_alone(tmp_path):
    """An MP4 without the mark in its index is a recording, though the words stand in its data."""
    mark = b"derived by analyzer; not the original recording"
    box = lambda kind, data: struct.pack(">I", 8 + len(data)) + kind + data  # noqa: E731
    write(tmp_path / "f" / "a.mp4", box(b"ftyp", b"isom") + box(b"mdat", mark))
    write(tmp_path / "f" / "b.mp4", box(b"ftyp", b"isom") + box(b"moov", mark))
    files, _, aside = found_in(tmp_path / "f")
    assert (files, list(aside)) == (["a.mp4"], ["b.mp4"])
