"""A case that cannot be written, in every command: one line that says why, and status says so."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import pytest

from analyzer.cli.main import main
from analyzer.config import Settings
from analyzer.errors import CaseError
from analyzer.pipeline.run_log import RunLog
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store.case import Case
from tests.custody.conftest import make_sealed
from tests.store.cases import segment, video

TRACK = ("--track", "T1", "--person", "=Ann")

WRITING = {
    "run": ("run", "SOURCE", "--case", "CASE"),
    "derive": ("derive", "CASE"),
    "report": ("report", "CASE"),
    "search": ("search", "CASE", "--track", "T1"),
    "clip": ("clip", "CASE", "--track", "T1"),
    "review": ("review", "CASE", *TRACK, "--decision", "confirmed", "--by", "A"),
    "cluster merge": ("cluster", "CASE", "merge", "unknown-1", "unknown-2", "--by", "A"),
    "cluster split": ("cluster", "CASE", "split", "unknown-1", "--track", "T1", "--by", "A"),
    "cluster undo": ("cluster", "CASE", "undo", "--by", "A"),
    "policy": ("policy", "CASE", "--forbid", "identify"),
    "purge": ("purge", "CASE", "--person", "=Ann", "--by", "A"),
}
"""Commands that write into the case."""

READING = {
    "status": ("status", "CASE"),
    "cameras": ("cameras", "CASE"),
    "verify": ("verify", "CASE"),
    "policy": ("policy", "CASE"),
    "review": ("review", "CASE", "--list"),
    "cluster": ("cluster", "CASE", "list"),
    "export": ("export", "CASE", "--out", "OUT"),
    "report --out": ("report", "CASE", "--out", "OUT"),
    "purge --dry-run": ("purge", "CASE", "--older-than", "2000-01-01", "--by", "A", "--dry-run"),
}
"""Commands that only read it."""


class Place:
    """A case, what was analysed into it, and a folder for what is made of it."""

    def __init__(self, case: Path, source: Path, out: Path) -> None:
        self.case, self.source, self.out = case, source, out

    def run(self, words: tuple[str, ...]) -> tuple[int, list[str]]:
        """Run a command line as a person would; return exit code and the lines of errors."""
        places = {"CASE": str(self.case), "SOURCE": str(self.source), "OUT": str(self.out)}
        command = [*(places.get(word, word) for word in words)]
        return answer(command)


def answer(command: list[str]) -> tuple[int, list[str]]:
    """Run ``command`` in this process; return exit code and the lines on standard error."""
    errors = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stderr(errors):
        patch.setattr(sys, "argv", ["analyzer", *command])
        # The recording of the case is made up; what a clip is cut of is not the question here.
        patch.setattr("analyzer.report.media.OpenedSources.find", lambda *_: video())
        with pytest.raises(SystemExit) as stop:
            main()
    code = stop.value.code
    return (code if isinstance(code, int) else 1), errors.getvalue().splitlines()


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The folder of a whole case, and its source."""
    folder = tmp_path_factory.mktemp("whole")
    source = folder / "camera 3.mp4"
    source.write_bytes(b"as the recorder wrote it")
    return make_sealed(folder / "case", source), source


@pytest.fixture
def place(original: tuple[Path, Path], tmp_path: Path) -> Place:
    """A copy of the case to work on."""
    case, source = original
    return Place(Path(shutil.copytree(case, tmp_path / "case")), source, tmp_path / "out")


def status(case: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what `analyzer status` says of a case."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(sys, "argv", ["analyzer", "status", str(case), "--json"])
        main()
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def one_line(lines: list[str], *words: str) -> None:
    """Require one line of error that holds ``words``."""
    assert len(lines) == 1 and lines[0].startswith("analyzer: "), lines
    assert all(word in lines[0] for word in words), lines


BESIDE = ("report", "search", "clip", "review", "cluster merge", "cluster split", "cluster undo")
"""Commands that go on while another process works on the case."""


class TestLocked:
    @pytest.mark.parametrize("name", [name for name in WRITING if name not in BESIDE])
    def test_writing_names_who_holds_it(self, place: Place, name: str) -> None:
        with Case.open(place.case, create=False):
            code, lines = place.run(WRITING[name])
        assert code == 1
        one_line(lines, str(place.case), "another analyzer is writing this case")

    @pytest.mark.parametrize("name", BESIDE)
    def test_what_takes_seconds_goes_on_beside(self, place: Place, name: str) -> None:
        with Case.open(place.case, create=False):
            _, lines = place.run(WRITING[name])
        assert not any("another analyzer is writing" in line for line in lines), lines

    def test_a_preview_of_a_purge_reads_only(self, place: Place) -> None:
        with Case.open(place.case, create=False):
            assert place.run(READING["purge --dry-run"])[0] == 0

    def test_status_says_that_it_is_worked_on(
        self, place: Place, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with Case.open(place.case, create=False) as case:
            found = status(place.case, capsys)
            assert not found["running"], "its run has ended"
            assert f"by another command (process {os.getpid()})" in found["obstacle"]
            with RecordedRun(case, "analyzer run", Settings(), []):
                assert status(place.case, capsys)["running"]
                assert place.run(("status", "CASE"))[0] == 0
            assert "is working (starting)" in capsys.readouterr().out
            case.log("people derived", {})
            found = status(place.case, capsys)["obstacle"]
            assert f"its report is being written (process {os.getpid()})" in found


class TestBadUsage:
    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (("run", "SOURCE", "--case", "OUT", "--gallery", "nobody"), "no such gallery"),
            (("derive", "CASE", "--gallery", "nobody"), "no such gallery"),
            (("gallery", "list", "nobody"), "no such gallery"),
            (("report", "CASE", "--out", "SOURCE"), "is not a report"),
            (("models", "pull", "nothing"), "no such model"),
        ],
    )
    def test_its_exit_code_is_2(self, place: Place, words: tuple[str, ...], said: str) -> None:
        code, lines = place.run(words)
        assert code == 2
        one_line(lines, said)

    @pytest.mark.parametrize("option", ["--gallery", "--config"])
    def test_a_new_case_is_made_only_when_all_is_there(self, place: Place, option: str) -> None:
        place.out.mkdir()  # an empty folder is no gallery either
        settings = place.out.with_suffix(".toml")
        settings.write_text('[faces]\nbackend = "nope"\n')
        given = str(settings) if option == "--config" else "OUT"
        new = place.case.with_name("new")
        assert place.run(("run", "SOURCE", "--case", str(new), option, given))[0] == 2
        assert not new.exists()

    def test_a_wrong_gallery_leaves_no_run(
        self, place: Place, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = status(place.case, capsys)
        assert place.run(("derive", "CASE", "--gallery", "nobody"))[0] == 2
        assert status(place.case, capsys) == before


@pytest.fixture
def read_only(place: Place, tmp_path: Path) -> Iterator[Place]:
    """The case on a medium that nobody can write; for others than root, a folder they cannot."""
    medium = tmp_path / "medium"
    medium.mkdir()
    mount = ["mount", "-t", "tmpfs", "tmpfs", str(medium)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    if os.geteuid() == 0 and not mounted:
        pytest.skip("root writes everywhere, and cannot make a disk here")
    shutil.copytree(place.case, medium / "case")
    if mounted:
        subprocess.run(["mount", "-o", "remount,ro", medium], check=True)
    for path in [] if mounted else [medium, *medium.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield Place(medium / "case", place.source, place.out)
    if mounted:
        subprocess.run(["umount", "-l", medium], check=True)
    for path in [] if mounted else [medium, *medium.rglob("*")]:
        path.chmod(0o755)


class TestReadOnly:
    @pytest.mark.parametrize("name", WRITING)
    def test_writing_says_what_to_do(self, read_only: Place, name: str) -> None:
        code, lines = read_only.run(WRITING[name])
        assert code == 1
        one_line(lines, "cannot be written; copy the case to a folder you may write to")

    @pytest.mark.parametrize("name", READING)
    def test_reading_works(self, read_only: Place, name: str) -> None:
        code, lines = read_only.run(READING[name])
        assert code == 0, lines
        assert not any("Traceback" in line for line in lines)

    def test_status_says_so(self, read_only: Place, capsys: pytest.CaptureFixture[str]) -> None:
        assert "cannot be written" in status(read_only.case, capsys)["obstacle"]

    @pytest.mark.parametrize("command", ["report", "export"])
    def test_an_output_folder_that_cannot_be_written(self, read_only: Place, command: str) -> None:
        closed = read_only.case / "new"
        code, lines = answer([command, str(read_only.case), "--out", str(closed)])
        assert code == 2
        one_line(lines, str(closed), "cannot be written", "choose another --out")

    def test_a_new_case_goes_elsewhere(self, read_only: Place) -> None:
        new = str(read_only.case.parent / "new")
        code, lines = read_only.run(("run", "SOURCE", "--case", new))
        assert code == 1
        one_line(lines, new, "cannot be written", "choose another --case")

    @pytest.mark.parametrize("command", ["report", "export"])
    def test_json_says_what_is_not_in_the_log(
        self, read_only: Place, command: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, _ = read_only.run((command, "CASE", "--out", "OUT", "--json"))
        assert code == 0
        assert "not in the audit log" in json.loads(capsys.readouterr().out)["note"]


@pytest.mark.parametrize("command", ["report", "export"])
def test_an_output_folder_below_a_file(place: Place, command: str) -> None:
    code, lines = answer([command, str(place.case), "--out", str(place.source / "x")])
    assert code == 2
    one_line(lines, f"{place.source}: is a file, not a folder; choose another --out")


class Disk(Place):
    """A case on a disk of its own that can be filled."""

    def fill(self, leave: int) -> None:
        """Leave ``leave`` bytes free."""
        with (self.case.parent / "ballast").open("wb") as file:
            file.write(b"\0" * (shutil.disk_usage(self.case).free - leave))


@pytest.fixture
def disk(original: tuple[Path, Path], tmp_path: Path) -> Iterator[Disk]:
    """A disk of 16 MB with the case on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("making a small disk needs to be root")
    case, source = original
    yield Disk(Path(shutil.copytree(case, folder / "case")), source, folder / "out")
    subprocess.run(["umount", "-l", folder], check=True)


class TestFull:
    @pytest.mark.parametrize("name", sorted(WRITING.keys() - {"cluster undo", "cluster split"}))
    def test_writing_says_what_to_do(self, disk: Disk, name: str) -> None:
        disk.fill(0)
        code, lines = disk.run(WRITING[name])
        assert code == 1
        one_line(lines, str(disk.case), "the disk is full; free some space")

    @pytest.mark.parametrize("name", ["report", "derive", "review"])
    def test_it_fills_while_the_report_is_written(
        self, disk: Disk, name: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        before = (disk.case / "report" / "index.html").read_bytes()
        disk.fill(1 << 20)  # room for rows, none for the scripts of a report
        code, lines = disk.run(WRITING[name])
        assert code == 1
        one_line(lines, str(disk.case / "report"), "the disk is full; free some space")
        assert (disk.case / "report" / "index.html").read_bytes() == before
        assert not list(disk.case.glob(".report-*")), "nothing half written stays"
        assert status(disk.case, capsys)["report_stale"] is (name != "report")

    def test_status_tells_why_a_run_failed_that_could_not_write_it_down(
        self, disk: Disk, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with Case.open(disk.case, create=False) as case:
            run = RecordedRun(case, "analyzer run", Settings(), [])
            with (
                pytest.raises(CaseError, match="disk is full"),
                RunLog(disk.case, run.run_id, "analyzer run", []) as log,
                run,
            ):
                log.state("analysing")
                disk.fill(0)
                run.writer.write_segment(segment(2, tracklets=30), run.raw_hash, None)
        found = status(disk.case, capsys)
        assert found["run"]["status"] == "running", "the database could not take its end"
        assert "the disk is full" in found["reason"]

    @pytest.mark.parametrize("command", ["report", "export"])
    def test_it_fills_while_something_is_written_elsewhere(
        self, place: Place, disk: Disk, command: str
    ) -> None:
        disk.fill(0)
        code, lines = answer([command, str(place.case), "--out", str(disk.out)])
        assert code == 2
        one_line(lines, str(disk.out), "cannot be written (No space left on device)")

    @pytest.mark.parametrize("name", ["status", "verify", "policy", "review", "cluster"])
    def test_reading_works(self, disk: Disk, name: str) -> None:
        disk.fill(0)
        assert disk.run(READING[name])[0] == 0

    def test_status_says_so(self, disk: Disk, capsys: pytest.CaptureFixture[str]) -> None:
        disk.fill(0)
        assert "the disk is full" in status(disk.case, capsys)["obstacle"]
