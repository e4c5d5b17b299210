"""Regions of a camera: who stands in a part left out is in no track; nothing is measured anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzer.config import Settings
from analyzer.custody.verify import verify_case
from analyzer.pipeline.derive import Deriver, KnownPeople
from analyzer.pipeline.left_out import View
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store import seals
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.types import (
    ActionWindow,
    Box,
    Detection,
    EmotionSample,
    FaceQuality,
    FaceSample,
    Observation,
    PairWindow,
    SegmentResult,
    SegmentSpan,
    Tracklet,
)
from analyzer.video.cameras import read_cameras
from analyzer.video.regions import Region
from tests.pipeline.test_main_job import rows
from tests.store.cases import PATH, RAW_HASH, SHA, moment, video

RIGHT = Region("leave_out", "street", ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0)))
PICTURE = (640.0, 360.0)
SETTINGS = Settings().with_values("actions", enabled=False).with_values("embedding", enabled=False)


def walker(number: int, xs: list[float]) -> Tracklet:
    """Return somebody whose feet are at ``xs``, one a sample, with faces and windows of action."""
    observations = tuple(
        Observation(
            moment(i),
            Detection(Box(x - 8, 60, 16, 20), 0.9, "face"),
            Detection(Box(x - 30, 50, 60, 200), 0.9, "person"),
            "detected",
        )
        for i, x in enumerate(xs)
    )
    good = FaceQuality(31.5, 120.0, 0.4, 0.0, 0.0, 0.0, 0.7)
    nothing = np.zeros((5, 2), np.float32)
    faces = tuple(
        FaceSample(o.moment, o.face.box, nothing, good, b"", None)
        for o in observations
        if o.face is not None
    )
    even = np.full(7, 1 / 7, np.float32)
    emotions = tuple(EmotionSample(o.moment, even, True, 0.7, None) for o in observations)
    eighth = np.full(8, 1 / 8, np.float32)
    actions = tuple(
        ActionWindow(moment(i), moment(i + 3), eighth, {}, float(i), 4) for i in range(len(xs) - 3)
    )
    return Tracklet(number, observations, faces, emotions, actions)


CROSSING = [100.0 + 40 * i for i in range(12)]
"""Feet that cross the middle at 320 px after the sixth of twelve samples."""


def test_what_is_measured_in_a_part_left_out_is_taken_out_of_a_track() -> None:
    view = View([RIGHT], PICTURE)
    part = view.part(walker(0, CROSSING))
    assert [o.moment for o in part.observations] == [moment(i) for i in range(6)]
    assert len(part.faces) == len(part.emotions) == 6
    # Windows of which half or more counts: those that begin at 0 to 4 of four samples each.
    assert [w.begins for w in part.actions] == [0, 1, 2, 3, 4]
    assert not view.part(walker(1, [400.0] * 8)).observations
    whole = walker(2, [100.0] * 8)
    assert view.part(whole) is whole
    (stretch,) = view.left_out(walker(0, CROSSING), "A")
    assert (stretch.start, stretch.end) == (moment(6), moment(11))


def test_a_face_without_a_body_is_where_its_centre_is() -> None:
    seen = Observation(moment(0), Detection(Box(310, 10, 16, 16), 0.9, "face"), None, "detected")
    near = Observation(moment(1), Detection(Box(300, 10, 16, 16), 0.9, "face"), None, "detected")
    assert View([RIGHT], PICTURE).holds([seen, near]).tolist() == [True, True]
    low = Region("leave_out", "low", ((0, 0.04), (1, 0.04), (1, 1), (0, 1)))
    assert View([low], PICTURE).holds([seen]).tolist() == [False]


def test_a_fight_of_nobody_is_no_fight_where_it_is_left_out() -> None:
    def window(x: float, size: float = 60.0) -> PairWindow:
        return PairWindow((), moment(0), moment(5), 0.9, {}, Box(x, 0, size, size), 0.0)

    places = View([RIGHT], PICTURE).places
    here, there = window(100), window(500)
    assert list(places([here, there])) == [here]
    everywhere = PairWindow((), moment(0), moment(5), 0.9, {}, Box(0, 0, *PICTURE), 0.0)
    assert list(View([RIGHT, left()], PICTURE).places([everywhere])) == [everywhere]


def left() -> Region:
    """Return the left half as a region to leave out."""
    return Region("leave_out", "hall", ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0)))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case of a person who crosses the picture, one who stays left and one who stays right."""
    folder = tmp_path_factory.mktemp("left-out") / "case"
    people = (walker(0, CROSSING), walker(1, [60.0] * 12), walker(2, [600.0] * 12))
    span = SegmentSpan(0, 512, 512, 2_304_000)
    with (
        Case.open(folder, create=True) as case,
        RecordedRun(case, "test", SETTINGS, [], RAW_HASH) as run,
    ):
        run.writer.record_video(video(), None, None)
        run.writer.record_file(PATH, SHA, "done", None, SHA)
        run.writer.write_segment(SegmentResult(SHA, span, people, 12, 12, 0, ()), RAW_HASH, None)
    return folder


def derived(folder: Path, cameras: str) -> int:
    """Derive what is stale with a camera file of that text; return how many videos that were."""
    path = folder.parent / "cameras.toml"
    path.write_text(f'[[camera]]\nname = "Hall"\npattern = "*"\n{cameras}')
    with (
        Case.open(folder, create=False) as case,
        RecordedRun(case, "test", SETTINGS, [], RAW_HASH) as run,
    ):
        run.writer.write_cameras(read_cameras(path))
        return Deriver(case, SETTINGS, KnownPeople((), None, ()), run).derive_stale()


RIGHT_TOML = "[[camera.leave_out]]\ncorners = [[0.5, 0], [1, 0], [1, 1], [0.5, 1]]\n"


def test_regions_change_what_is_derived_and_nothing_that_was_measured(template: Path) -> None:
    measured = "SELECT tracklet_id, pts, body_x FROM observations ORDER BY 1, 2"
    before = rows(template, measured)
    assert derived(template, "") == 1
    assert derived(template, "") == 0
    assert tracks(template) == [12, 12, 12]

    assert derived(template, RIGHT_TOML) == 1, "another region"
    assert derived(template, RIGHT_TOML) == 0
    assert sorted(tracks(template)) == [6, 12]
    assert rows(template, "SELECT id FROM tracks ORDER BY id") == [
        (f"{SHA[:16]}:T{n}",) for n in (1, 2)
    ]
    assert rows(template, measured) == before
    with CaseReader(template) as reader:
        faces = [len(reader.faces(f"{SHA[:16]}:T{n}")) for n in (1, 2)]
        assert sorted(faces) == [6, 12], "no face of the street is shown"
        assert [seals.kept(reader.db, scope, SHA) != {} for scope in ("derived", "left out")] == [
            True,
            True,
        ]
    assert verify_case(template).problems == []

    # Somebody who is nowhere is found again when the region is taken back.
    assert derived(template, "") == 1
    assert tracks(template) == [12, 12, 12]
    assert rows(template, "SELECT count(*) FROM left_out") == [(0,)]
    assert verify_case(template).problems == []


def test_only_recordings_of_the_camera_whose_regions_change_are_derived(template: Path) -> None:
    elsewhere = '[[camera]]\nname = "Other"\npattern = "other*"\n'
    derived(template, elsewhere)
    assert derived(template, elsewhere + RIGHT_TOML) == 0


def tracks(folder: Path) -> list[int]:
    """Return how many observations each track has, by number."""
    return [n for (n,) in rows(folder, "SELECT observations FROM tracks ORDER BY number")]
