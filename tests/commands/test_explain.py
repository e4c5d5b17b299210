"""`analyzer explain`: the picture of a stored face, what it says, and when there is none."""

import json
import shutil

import cv2
import pytest

from analyzer.types import EMOTIONS
from tests.jobs import analyzer


@pytest.fixture(scope="module")
def case(samples_case, tmp_path_factory):
    return shutil.copytree(samples_case[0], tmp_path_factory.mktemp("explained") / "case")


def faces_of(case):
    from analyzer.store.reader import CaseReader

    with CaseReader(case) as reader:
        track = max(reader.rows("tracks"), key=lambda row: row["face_observations"])["id"]
        return track, reader.faces(track)


def test_the_best_face_is_explained_and_the_log_tells_of_it(case, tmp_path):
    track, faces = faces_of(case)
    out = tmp_path / "why.png"
    told = json.loads(analyzer("explain", case, "--track", track, "--out", out, "--json").stdout)
    assert (told["track_id"], told["t"]) == (track, round(faces[0].moment.t, 3))
    assert sum(told["probabilities"].values()) == pytest.approx(1, abs=1e-3)
    assert told["same_model"] is True and told["note"] is None
    assert len(told["saliency"]) == 7
    assert cv2.imread(str(out)).shape == (364, 684, 3)
    analyzer("export", case, "--table", "audit", "--format", "jsonl", "--out", tmp_path)
    entries = [json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()]
    (entry,) = [e for e in entries if e["action"] == "expression explained"]
    assert track in entry["detail"] and "why.png" in entry["detail"]


def test_a_moment_and_an_expression_can_be_asked_for(case, tmp_path):
    track, faces = faces_of(case)
    last = max(faces, key=lambda face: face.moment.t)
    out = tmp_path / "sad.png"
    asked = ("--at", last.moment.t, "--expression", "sad", "--out", out)
    told = analyzer("explain", case, "--track", track, *asked).stdout
    assert "apparent sad" in told and str(out) in told
    assert all(name in told for name in EMOTIONS)


def test_what_cannot_be_explained_is_told(case, tmp_path):
    track, _ = faces_of(case)
    wrong = analyzer("explain", case, "--track", track, "--expression", "bored", code=2).stderr
    assert "'bored' is none of angry" in wrong
    assert "no track T999" in analyzer("explain", case, "--track", "T999", code=2).stderr
    bare = shutil.copytree(case, tmp_path / "bare")
    analyzer("policy", bare, "--forbid", "emotion", "--by", "A. Examiner")
    assert "forbid" in analyzer("explain", bare, "--track", track, code=2).stderr
