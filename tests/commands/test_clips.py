"""`analyzer clip` on the samples."""

from __future__ import annotations

import hashlib
import json
import shutil

import pytest
from click.testing import CliRunner

from analyzer.cli.clip import clip
from analyzer.config import ReportSettings
from analyzer.errors import UsageError
from analyzer.report.filter import ReportFilter
from tests.manifests import differences
from tests.report.reading import build_report, load_case


@pytest.fixture
def case(samples_case, tmp_path):
    """A copy that a test may write to."""
    return shutil.copytree(samples_case[0], tmp_path / "case")


def cut(case, *arguments):
    done = CliRunner().invoke(clip, [str(case), *arguments, "--json"])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return json.loads(done.stdout)


def test_clips_and_stills_carry_both_hashes_and_stand_in_the_manifest(case):
    video = next(video for video in load_case(case).videos if video.events)
    event, name = video.events[0], video.name
    made = [
        cut(case, "--event", f"{name}:{event.name}"),
        cut(case, "--track", f"{name}:{event.track}", "--still", "--redact"),
        cut(case, "--video", name, "--from", "0", "--to", "1", "--plain"),
    ]
    assert [about["drawn"] for about in made] == [True, True, False]
    assert made[0]["event"] == event.id and made[1]["redacted"]
    for about in made:
        product = case / about["product"]
        assert hashlib.sha256(product.read_bytes()).hexdigest() == about["product_sha256"]
        assert about["source_sha256"] == video.sha256 and about["derived"]
        assert json.loads((case / f"{about['product']}.json").read_text()) == {
            key: value for key, value in about.items() if key != "case"
        }
    assert differences(case) == []
    listed = {
        entry["path"] for entry in json.loads((case / "manifest.json").read_text())["products"]
    }
    assert {about["product"] for about in made} <= listed


def test_what_is_not_there_is_told(case):
    with pytest.raises(UsageError, match="no event E99"):
        cut(case, "--event", f"{load_case(case).videos[0].name}:E99")
    with pytest.raises(UsageError, match="say which video, as in NAME:T1; known: "):
        cut(case, "--track", "T1")
    with pytest.raises(UsageError, match="say what to cut"):
        cut(case)


def test_a_report_of_a_part_carries_only_its_clips_and_leaves_the_case_alone(case, tmp_path):
    of_event = {v.name: v for v in load_case(case).videos if v.events}
    name, video = next(iter(of_event.items()))
    made = cut(case, "--event", f"{name}:{video.events[0].name}", "--still")
    clip_name = made["product"].rpartition("/")[2]
    whole = build_report(case, tmp_path / "whole", ReportSettings(player_width=200)).parent
    assert (whole / "media" / clip_name).is_file()
    other = next(other.name for other in load_case(case).videos if other.name != name)
    part = build_report(case, tmp_path / "part", wish=ReportFilter(videos=(other,))).parent
    assert not (part / "media" / clip_name).exists()
    assert differences(case) == [], "nothing was written behind the manifest"
