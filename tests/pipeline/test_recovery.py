"""Whatever stops a run, the next one goes on, and the rows are those of an undisturbed run."""

import os
import shutil
import signal
import subprocess
import sys

import pytest

from analyzer.errors import CaseError
from tests.jobs import everything
from tests.pipeline.small import CORRIDOR, STORE, Watched, analysed, light
from tests.places import ROOT

pytestmark = pytest.mark.slow

DEADLY = [
    ("analyzer.store.writer:CaseWriter._insert_tracklet", 1),
    ("analyzer.pipeline.derive:Deriver.derive", 0),
    ("analyzer.store.codec.derived:track_observation_rows", 1),
    ("analyzer.commands.publish:write_manifest", 0),
]
"""Before what the process dies, and after how many calls: in the middle of a segment's rows, before
and in the middle of a derivation, and before the manifest."""


def test_a_power_cut_at_any_stage_leaves_no_trace(undisturbed, tmp_path):
    case = tmp_path / "case"
    for place, survive in DEADLY:
        command = [sys.executable, "-m", "tests.pipeline.dying", case, place, str(survive)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
        assert done.returncode == -signal.SIGKILL, (place, done.stderr[-800:])
    assert analysed(case, workers=1).exit_code == 0
    assert everything(case) == undisturbed


def test_a_disk_that_is_unplugged_is_no_gap_and_the_run_goes_on_when_it_is_back(
    undisturbed, tmp_path
):
    disk = tmp_path / "disk"
    disk.mkdir()
    clip = shutil.copy(CORRIDOR, disk)
    case = tmp_path / "case"
    inputs = (clip, str(STORE))
    summary = analysed(case, inputs=inputs, workers=1, listener=Watched(
        lambda: disk.rename(tmp_path / "gone")
    ))  # fmt: skip
    assert [video.status for video in summary.videos] == ["failed", "done"]
    assert "disappeared while it was being analysed" in summary.videos[0].reason
    (tmp_path / "gone").rename(disk)
    summary = analysed(case, inputs=inputs, workers=1)
    assert [video.status for video in summary.videos] == ["done", "done"]
    assert 0 < summary.processed_s < 18, "what was written before is not analysed again"
    assert raw(case) == {name: undisturbed[name] for name in raw(case)}


def raw(case):
    """Return the rows that hold no path."""
    rows = everything(case)
    return {
        name: rows[name]
        for name in rows
        if not {"path", "video_path"} & {*next(iter(rows[name]), {})}
    }


def test_a_recording_that_is_still_being_copied_is_told(tmp_path):
    clip = tmp_path / "growing.mp4"
    shutil.copy(CORRIDOR, clip)

    def grow():
        with clip.open("ab") as file:
            file.write(b"\0" * 1000)

    watched = Watched(grow)
    summary = analysed(tmp_path / "case", light(), watched, inputs=(str(clip),), workers=1)
    assert summary.videos[0].status == "failed"
    assert "wait until it is complete" in summary.videos[0].reason


@pytest.fixture
def small_disk(tmp_path):
    """A disk of half a megabyte; ``resize`` makes it larger."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def resize(size, *options):
        flags = ",".join([f"size={size}", *options])
        return subprocess.run(
            ["mount", "-t", "tmpfs", "-o", flags, "tmpfs", folder], capture_output=True
        ).returncode

    if os.geteuid() or resize("512k"):
        pytest.skip("making a small disk needs to be root")
    yield folder, resize
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_one_line_and_the_run_goes_on_when_there_is_room(undisturbed, small_disk):
    folder, resize = small_disk
    with pytest.raises(CaseError, match="disk is full; free some space"):
        analysed(folder / "case", workers=1)
    assert resize("64m", "remount") == 0
    assert analysed(folder / "case", workers=1).exit_code == 0
    assert everything(folder / "case") == undisturbed
