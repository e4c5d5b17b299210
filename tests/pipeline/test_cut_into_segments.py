"""What is told of a file does not depend on how it was cut."""

import sqlite3

import pytest

from tests.jobs import made_once
from tests.pipeline.small import CORRIDOR, STORE, analysed, cut

BOXES = ", ".join(f"o.{kind}_{side}" for kind in ("face", "body") for side in ("x", "y", "w", "h"))
TOLD = {
    "tracks": "SELECT number, start_pts, end_pts, observations, face_observations, main_action,"
    " dominant_emotion, emotion_confidence, assessed_share FROM tracks k",
    "observations": f"SELECT k.number, o.pts, o.t, o.seen, o.landmarks, {BOXES}"
    " FROM track_observations t JOIN observations o USING (tracklet_id, pts)"
    " JOIN tracks k ON k.id = t.track_id",
    "expressions": "SELECT k.number, e.pts, e.angry, e.fear, e.happy, e.neutral, e.assessed,"
    " e.quality, e.reason FROM track_emotions e JOIN tracks k ON k.id = e.track_id",
    "actions": "SELECT k.number, a.start_pts, a.end_pts, a.label, a.standing, a.walking, a.features"
    " FROM track_actions a JOIN tracks k ON k.id = a.track_id",
}
"""Everything derived but ids of tracklets, and which of the faces were kept and embedded: each part
keeps the best of its own."""


@pytest.fixture(scope="session")
def whole_case(tmp_path_factory):
    """The case of ``small_case`` in one segment a file."""
    settings = cut().with_values("sampling", segment_s=300.0)

    def make(folder):
        analysed(folder / "case", settings, workers=1)

    return made_once(tmp_path_factory, "whole", make) / "case"


@pytest.mark.slow
@pytest.mark.parametrize("clip", [CORRIDOR, STORE], ids=lambda clip: clip.stem[:5])
@pytest.mark.parametrize("what", TOLD)
def test_one_segment_and_many_tell_the_same(whole_case, small_case, clip, what):
    where = " WHERE k.video_sha256 = (SELECT sha256 FROM files WHERE path = ?) ORDER BY 1, 2, 3"
    answers = []
    for case in (whole_case, small_case):
        with sqlite3.connect(case / "case.db") as db:
            answers.append(db.execute(TOLD[what] + where, [str(clip)]).fetchall())
    assert answers[0]
    assert answers[1] == answers[0]
    with sqlite3.connect(small_case / "case.db") as db:
        assert db.execute("SELECT count(*) FROM segments").fetchone()[0] >= 5
    with sqlite3.connect(whole_case / "case.db") as db:
        assert db.execute("SELECT count(*) FROM segments").fetchone()[0] == 2
