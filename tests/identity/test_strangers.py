"""Real clips against a gallery with two hundred people who are not in them."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.config import IdentitySettings
from analyzer.faces.calibration import calibration_of
from analyzer.identity.candidates import TrackFace, rank_candidates
from analyzer.identity.operating_point import MOST_CORRECTION, operating_point_for
from analyzer.store.reader import CaseReader
from tests.places import DATA, needs_data

DISTRACTORS = 200
CLIPS = ("obama_podium", "biden_talking", "stanwin_talking", "street_1080p")
TRUE = {"obama_podium": "Barack Obama", "biden_talking": "Joe Biden"}

pytestmark = [needs_data, pytest.mark.slow]


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clips analysed with a gallery of both presidents and the distractors, nothing pulled."""
    folder = tmp_path_factory.mktemp("strangers")
    gallery = folder / "gallery"
    for person in sorted((DATA / "gallery").iterdir()):
        (gallery / person.name).mkdir(parents=True)
        (gallery / person.name / "portrait.jpg").symlink_to(person / "portrait.jpg")
    for person in sorted((DATA / "identity" / "lfw").iterdir())[: DISTRACTORS + 80]:
        (gallery / person.name).mkdir()
        picture = sorted(person.glob("*.jpg"))[0]
        (gallery / person.name / picture.name).symlink_to(picture)
    done = subprocess.run(
        [
            sys.executable, "-c", "from analyzer.cli.main import main; main()", "run",
            *(str(DATA / "footage" / f"{clip}.mp4") for clip in CLIPS),
            "--gallery", str(gallery), "--case", str(folder / "case"), "--fps", "2",
            "--no-emotion", "--no-action", "--json",
        ],
        env=os.environ | {"ANALYZER_MODELS": str(folder / "none")},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["exit"] == 0
    return folder / "case"


def rows(case: Path, sql: str) -> list[tuple]:
    with sqlite3.connect(case / "case.db") as db:
        return db.execute(sql).fetchall()


def test_the_gallery_holds_enough_strangers(case: Path) -> None:
    sql = "SELECT count(DISTINCT person) FROM gallery_faces WHERE status = 'used'"
    assert rows(case, sql)[0][0] >= DISTRACTORS + len(TRUE)


@pytest.mark.parametrize("clip", TRUE)
def test_who_is_there_is_rank_1_and_named(case: Path, clip: str) -> None:
    found = rows(
        case,
        "SELECT c.person, c.accepted, c.reason FROM candidates c "
        "JOIN tracks k ON k.id = c.track_id "
        f"JOIN files f ON f.sha256 = k.video_sha256 WHERE c.rank = 1 AND f.path LIKE '%{clip}%'",
    )
    assert (TRUE[clip], 1, None) in found
    assert {person for person, accepted, _ in found if accepted} == {TRUE[clip]}


@pytest.mark.parametrize("clip", [clip for clip in CLIPS if clip not in TRUE])
def test_no_stranger_is_named_and_the_reason_is_stored(case: Path, clip: str) -> None:
    found = rows(
        case,
        "SELECT c.accepted, c.reason, c.false_match_rate FROM candidates c "
        "JOIN tracks k ON k.id = c.track_id JOIN files f ON f.sha256 = k.video_sha256 "
        f"WHERE c.rank = 1 AND f.path LIKE '%{clip}%'",
    )
    assert found
    assert not any(accepted for accepted, _, _ in found)
    assert all(reason for _, reason, _ in found)
    assert {round(rate * MOST_CORRECTION, 6) for _, _, rate in found} == {1e-3}


def test_a_track_that_goes_on_with_somebody_else_is_not_named(case: Path) -> None:
    faces = {clip: _faces(case, clip) for clip in ("biden_talking", "stanwin_talking")}
    point = operating_point_for(IdentitySettings(), calibration_of("face_recognition"), 1)
    with CaseReader(case) as reader:
        known = [f for f in reader.gallery() if f.person == "Joe Biden"]
    (alone,) = rank_candidates("t", faces["biden_talking"], known, point)
    short = replace(faces["stanwin_talking"][0], weight=0.3)
    (mixed,) = rank_candidates("t", [*faces["biden_talking"], short], known, point)
    assert alone.accepted
    assert mixed.distance <= mixed.threshold, "it would be named but for the second person"
    assert not mixed.accepted
    assert "two people" in (mixed.reason or "")


def _faces(case: Path, clip: str) -> list[TrackFace]:
    found = rows(
        case,
        "SELECT e.id, e.quality, e.embedding FROM faces e JOIN tracklets t ON t.id = e.tracklet_id "
        "JOIN segments s ON s.id = t.segment_id JOIN files f ON f.sha256 = s.video_sha256 "
        f"WHERE e.embedding IS NOT NULL AND f.path LIKE '%{clip}%' ORDER BY e.quality DESC",
    )
    return [TrackFace(key, weight, np.frombuffer(data, "<f4")) for key, weight, data in found]
