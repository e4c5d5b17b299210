"""Triage looks at keyframes, and at everything around those on which somebody is."""

import sqlite3

import pytest

from analyzer.config import Settings
from analyzer.pipeline.triage import keyframes_only_s, merged_gaps, saves_time, stretches
from analyzer.types import Gap, SegmentSpan
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.pipeline.small import STORE, analysed
from tests.places import LOBBY

SPAN = SegmentSpan(1, 80, 100, 200)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("......", []),
        ("...x..", [(120, 120, 160)]),
        ("x.....", [(80, 100, 100)]),
        (".....x", [(160, 160, 200)]),
        (".x.x..", [(80, 100, 160)]),
        ("xxxxxx", [(80, 100, 200)]),
    ],
)
def test_full_decoding_reaches_from_the_keyframe_before_to_the_one_after(seen, expected):
    looks = [(80 + 20 * i, mark == "x") for i, mark in enumerate(seen)]
    found = stretches(SPAN, looks)
    assert [(part.lead_pts, part.start_pts, part.end_pts) for part in found] == expected


def test_two_passes_that_find_one_hole_make_one_gap():
    gaps = [Gap(4, 9, "undecodable"), Gap(0, 1, "undecodable"), Gap(5, 7, "undecodable")]
    assert merged_gaps(gaps) == (Gap(0, 1, "undecodable"), Gap(4, 9, "undecodable"))


def test_keyframes_alone_are_decoded_at_their_own_times(clip_constant):
    info = probe(clip_constant)
    (span,) = plan_segments(info, 180.0, 2.0)
    decoder = Decoder(info, span, 5.0, keyframes_only=True)
    assert tuple(frame.moment.pts for frame in decoder) == info.keyframes
    assert decoder.errors.gaps == ()


def test_a_recording_of_keyframes_alone_is_decoded_as_usual():
    assert not saves_time(probe(STORE), 5.0)
    assert saves_time(probe(LOBBY), 5.0)


@pytest.mark.slow
def test_who_is_seen_on_a_keyframe_is_followed_as_in_full_and_the_rest_is_told(tmp_path):
    settings = Settings().with_values("sampling", triage=True)
    assert settings.raw_hash() != Settings().raw_hash()
    for part in ("embedding", "emotions", "actions"):
        settings = settings.with_values(part, enabled=False)
    case = tmp_path / "case"
    analysed(case, settings, inputs=(str(LOBBY),), workers=1)
    with sqlite3.connect(case / "case.db") as db:
        (passed_over,) = db.execute("SELECT keyframes_only_s FROM segments").fetchone()
        tracks = db.execute("SELECT t_start, t_end, face_observations FROM tracks").fetchall()
        (recorded,) = db.execute(
            "SELECT json_extract(settings, '$.sampling.triage') FROM runs"
        ).fetchone()
    assert recorded == 1
    assert 2 < passed_over < 12
    start, end, faces = max(tracks, key=lambda track: track[2])
    assert start < 6.5
    assert end > 11
    assert faces > 20
    pages = "".join(page.read_text() for page in (case / "report").glob("video-*.html"))
    assert "keyframes only for" in pages


def test_the_time_that_only_keyframes_were_looked_at_is_of_the_segment_s_own_stretch():
    info = probe(LOBBY)
    tick = float(info.time_base)
    own = SegmentSpan(0, info.start_pts, info.start_pts, info.end_pts + 1)
    half = SegmentSpan(0, own.lead_pts, own.start_pts, own.start_pts + round(8 / tick))
    assert keyframes_only_s(info, own, []) == pytest.approx(info.duration_s)
    assert keyframes_only_s(info, own, [half]) == pytest.approx(info.duration_s - 8, abs=0.01)
