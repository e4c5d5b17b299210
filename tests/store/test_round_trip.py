"""What is written comes back equal, to the bit."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from analyzer.errors import CaseError, UsageError
from analyzer.store.case import Case
from analyzer.store.ids import track_id
from analyzer.store.reader import CaseReader
from analyzer.store.writer import CaseWriter
from analyzer.types import (
    ActionWindow,
    Box,
    DerivedVideo,
    EmotionSample,
    FaceSample,
    Observation,
    PairWindow,
    Tracklet,
)
from tests.store.cases import (
    DERIVED_HASH,
    PATH,
    RAW_HASH,
    SHA,
    begin,
    derived,
    make_case,
    moment,
    segment,
    video,
)


def assert_same_observation(found: Observation, given: Observation) -> None:
    for side in ("face", "body"):
        a, b = getattr(found, side), getattr(given, side)
        assert (a is None) == (b is None)
        if a and b:
            assert (a.box, a.score, a.kind) == (b.box, b.score, b.kind)
            np.testing.assert_equal(a.landmarks, b.landmarks)
    assert (found.moment, found.seen) == (given.moment, given.seen)


def assert_same_face(found: FaceSample, given: FaceSample) -> None:
    assert (found.moment, found.box, found.quality) == (given.moment, given.box, given.quality)
    assert found.jpeg == given.jpeg
    np.testing.assert_equal(found.landmarks, given.landmarks)
    np.testing.assert_equal(found.embedding, given.embedding)


def assert_same_emotion(found: EmotionSample, given: EmotionSample) -> None:
    for name in ("moment", "assessed", "quality", "reason"):
        assert getattr(found, name) == getattr(given, name)
    expected = given.probabilities if given.assessed else np.full(7, 1 / 7, np.float32)
    assert found.probabilities.dtype == np.float32
    np.testing.assert_array_equal(found.probabilities, expected)


def assert_same_action(found: ActionWindow, given: ActionWindow) -> None:
    for name in ("start", "end", "features", "begins", "observations", "label"):
        assert getattr(found, name) == getattr(given, name)
    np.testing.assert_array_equal(found.probabilities, given.probabilities)


def assert_same_tracklet(found: Tracklet, given: Tracklet) -> None:
    assert found.number == given.number
    for a, b in zip(found.observations, given.observations, strict=True):
        assert_same_observation(a, b)
    for c, d in zip(found.faces, given.faces, strict=True):
        assert_same_face(c, d)
    for e, f in zip(found.emotions, given.emotions, strict=True):
        assert_same_emotion(e, f)
    for g, h in zip(found.actions, given.actions, strict=True):
        assert_same_action(g, h)


def test_windows_of_the_scene_go_with_their_segment(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case")
    with CaseReader(folder) as reader:
        rows = list(reader.rows("scene_actions"))
        assert reader.scene(SHA)[0] == segment(0).scene[0]
    assert [row["fighting"] for row in rows] == [0.75, 0.75]
    assert rows[0]["features"] == '{"fine.strength.mean": 1.5, "window_t": 0.0}'
    with Case.open(folder, create=False) as case:
        CaseWriter(case, "run").forget_video(SHA)
    with CaseReader(folder) as reader:
        assert list(reader.rows("scene_actions")) == []


def test_windows_of_pairs_go_with_their_tracks(tmp_path: Path) -> None:
    folder, track = make_case(tmp_path / "case"), track_id(SHA, 1)
    alone = PairWindow(
        (track,), moment(0), moment(9), 0.25, {"scene": 1.5}, Box(1.0, 2.0, 30.0, 40.0), 0.5
    )
    with Case.open(folder, create=False) as case:
        writer = CaseWriter(case, "run")
        two = replace(derived().tracks[0], id=track_id(SHA, 2), number=2, members=(), candidates=())
        both = replace(alone, tracks=(track, two.id), fighting=0.75)
        video = replace(derived(), tracks=(derived().tracks[0], two), pairs=(alone, both))
        writer.write_derived(SHA, video, "hash")
        with case.reader() as reader:
            assert reader.pairs(SHA) == (alone, both)
        writer.forget_video(SHA)
        with case.reader() as reader:
            assert reader.pairs(SHA) == ()


def test_segments_come_back_in_order_whatever_the_order_of_writing(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case", order=(1, 0))
    with CaseReader(folder) as reader:
        found = list(reader.tracklets(SHA, pictures=True))
    for (span, tracklets), given in zip(found, (segment(0), segment(1)), strict=True):
        assert span == given.span
        for a, b in zip(tracklets, given.tracklets, strict=True):
            assert_same_tracklet(a, b)


def test_pictures_are_read_only_when_asked_for(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case")
    for picture in (folder / "faces").rglob("*.jpg"):
        picture.unlink()
    with CaseReader(folder) as reader:
        tracklets = [t for _, group in reader.tracklets(SHA) for t in group]
        assert {face.jpeg for t in tracklets for face in t.faces} == {b""}
        with pytest.raises(CaseError, match="No such file"):
            list(reader.tracklets(SHA, pictures=True))


def test_what_probing_told_comes_back(tmp_path: Path) -> None:
    with CaseReader(make_case(tmp_path / "case")) as reader:
        row = reader.frame("videos").iloc[0]
        assert reader.clock(SHA) == video().clock
        assert (row["width"], row["rotation"], row["sample_aspect"]) == (640, 90, "16/15")
        assert row["creation_time"] is None
        with pytest.raises(CaseError, match="no video"):
            reader.clock("0" * 64)


def test_gallery_comes_back(tmp_path: Path) -> None:
    with CaseReader(make_case(tmp_path / "case")) as reader:
        used, aside = reader.gallery()
        assert reader.people() == ["=Ann"]
    assert (used.path, used.jpeg, used.embedder) == ("ann.jpg", b"\xff\xd8ann", "dlib")
    np.testing.assert_array_equal(used.embedding, np.arange(128, dtype=np.float32))
    assert (aside.reason, aside.jpeg, aside.embedding) == ("two faces", None, None)


def test_views_show_derived_rows(tmp_path: Path) -> None:
    with CaseReader(make_case(tmp_path / "case")) as reader:
        emotions, actions = reader.frame("emotion_timeline"), reader.frame("action_timeline")
        (appearance,) = reader.rows("appearances")
    seven = emotions[["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]]
    assert np.allclose(seven.sum(axis=1), 1, atol=1e-6)
    assert list(emotions["assessed"]) == [1, 0] + [1] * 6
    assert set(emotions["video_path"]) == {PATH} and set(emotions["person"]) == {"=Ann"}
    assert list(actions["t_start"]) == [0.0, 0.2, 0.4]
    assert (appearance["status"], appearance["distance"]) == ("candidate", 0.41)
    assert appearance["margin"] is None, "a gallery of one has no next person"


def test_boxes_of_tracks_are_those_of_their_observations(tmp_path: Path) -> None:
    with CaseReader(make_case(tmp_path / "case")) as reader:
        boxes = reader.frame("track_boxes")
        (track,) = reader.frame("tracks").itertuples()
        members = reader.frame("track_observations").merge(
            reader.frame("observations"), on=["tracklet_id", "pts"]
        )
    assert set(boxes["track_id"]) == {track.id} and set(boxes["video_path"]) == {PATH}
    for kind in ("body", "face"):
        own = boxes[boxes["kind"] == kind].set_index("pts")
        at = members[members[f"{kind}_x"].notna()].set_index("pts").sort_index()
        assert len(own) == len(at) > 0
        for column in ("x", "y", "w", "h", "score"):
            assert list(own[column]) == list(at[f"{kind}_{column}"])
        assert list(own["seen"]) == list(at["seen"]) and list(own["t"]) == list(at["t"])


def test_the_public_tables_hold_one_row_per_thing(tmp_path: Path) -> None:
    with CaseReader(make_case(tmp_path / "case")) as reader:
        assert list(reader.frame("videos")["sha256"]) == [SHA]
        assert list(reader.frame("files")["status"]) == ["done", "failed"]
        (track,) = reader.frame("tracks").itertuples()
        assert (track.number, track.main_action, track.dominant_share) == (1, "walking", 0.75)
        assert (
            len(reader.frame("emotion_timeline")) == 8 and len(reader.frame("action_timeline")) == 3
        )
        (appearance,) = reader.frame("appearances").itertuples()
        assert (appearance.person, appearance.track_id) == ("=Ann", track.id)
        assert list(reader.frame("events").columns[:4]) == [
            "id",
            "video_sha256",
            "number",
            "track_id",
        ]


def test_frames_keep_their_types_without_rows(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True):
        pass
    with CaseReader(tmp_path / "case") as reader:
        kinds = reader.frame("appearances").dtypes
        assert (kinds["distance"], kinds["person"]) == ("float64", "object")
        assert reader.frame("emotion_timeline").dtypes["assessed"] == "int64"
        with pytest.raises(UsageError, match="no table 'sqlite_master'"):
            reader.rows("sqlite_master")


def test_deriving_again_replaces(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case")
    with Case.open(folder, create=False) as case:
        begin(case, "run-2").write_derived(SHA, derived(person=None), "other gallery")
    with CaseReader(folder) as reader:
        (appearance,) = reader.rows("appearances")
        assert (appearance["status"], appearance["person"]) == ("unknown", None)
    with Case.open(folder, create=False) as case:
        begin(case, "run-3").write_derived(SHA, DerivedVideo(()), "no gallery")
    with CaseReader(folder) as reader:
        for name in ("tracks", "track_emotions", "candidates", "track_tracklets"):
            assert list(reader.rows(name)) == []
        assert len(list(reader.tracklets(SHA))) == 2, "raw rows are not derivation's to change"


def test_derivation_is_due_when_what_it_follows_from_changed(tmp_path: Path) -> None:
    with Case.open(make_case(tmp_path / "case"), create=False) as case:
        writer = begin(case, "run-2")
        assert writer.derived_states() == {SHA: DERIVED_HASH}, "probing again changes nothing"
        writer.write_segment(segment(1), RAW_HASH, "dlib")
        assert writer.derived_states() == {SHA: None}, "a segment is new"
        writer.write_derived(SHA, derived(), DERIVED_HASH)
        assert writer.derived_states() == {SHA: DERIVED_HASH}
        writer.forget_video(SHA)
        assert writer.derived_states() == {}, "nothing is left to derive from"


def test_wall_clock_and_gallery_of_a_run_come_back(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case")
    start = datetime(2026, 3, 1, 23, 59, 58, 500_000, tzinfo=UTC)
    with CaseReader(folder) as reader:
        assert reader.wall_start(SHA) is None
    with Case.open(folder, create=False) as case:
        writer = begin(case, "run-2")
        writer.record_video(video(), start.isoformat(), "the file's name")
        writer.use_gallery("abc")
    with CaseReader(folder) as reader:
        assert reader.wall_start(SHA) == start
        runs = {row["id"]: row["gallery_fingerprint"] for row in reader.rows("runs")}
    assert runs == {"run-1": None, "run-2": "abc"}


def test_resume_by_settings_and_starting_over(tmp_path: Path) -> None:
    with Case.open(make_case(tmp_path / "case"), create=False) as case:
        writer = begin(case, "run-2")
        assert writer.segments_done(SHA, RAW_HASH).keys() == {0, 1}
        assert writer.segments_done(SHA, "other settings").keys() == set()
        writer.write_segment(segment(1), "other settings", None)
        assert writer.segments_done(SHA, RAW_HASH).keys() == {0}
        writer.forget_video(SHA)
        assert writer.segments_done(SHA, RAW_HASH).keys() == set()
        empty = ("tracklets", "observations", "faces", "emotions", "actions", "gaps", "tracks")
        assert {name: case.db.table(name).count for name in empty} == dict.fromkeys(empty, 0)
        assert case.db.table("videos").count == 1


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_number_that_is_none_is_refused_with_its_place(tmp_path: Path, value: float) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        writer = begin(case)
        with pytest.raises(ValueError, match=r"finite number in gaps\.t_end"):
            result = segment()
            gap = replace(result.gaps[0], t_end=value)
            writer.write_segment(replace(result, gaps=(gap,)), RAW_HASH, None)
        assert writer.segments_done(SHA, RAW_HASH).keys() == set()


def test_a_path_of_undecodable_bytes_is_kept_readable(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        begin(case).record_file("clip\udcff.mp4", None, "failed", "unreadable")
    with CaseReader(tmp_path / "case") as reader:
        assert list(reader.frame("files")["path"]) == [PATH, "clip\\xff.mp4"]


def test_the_audit_table_refuses_changes(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        case.db.execute("INSERT INTO audit VALUES (1, 'now', 'me', 'run', '{}', '0', '1')")
        for change in ("UPDATE audit SET actor = 'you'", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError, match="may not be changed"):
                case.db.execute(change)
        with pytest.raises(sqlite3.IntegrityError, match="may not be changed"):
            case.db.execute("REPLACE INTO audit VALUES (1, 'now', 'me', 'x', '{}', '0', '2')")
