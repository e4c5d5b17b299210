"""Cameras that hang askew: pictures turned by the camera file, and a hint where none was given."""

import json

import numpy as np
import pytest

from analyzer.detection.protocol import Detector
from analyzer.errors import ConfigError
from analyzer.pipeline.turned_looks import TurnedLooks, is_upright
from analyzer.store.reader import CaseReader
from analyzer.types import Box, Detection
from analyzer.video.cameras import read_cameras, rotation_of
from analyzer.video.clip import cut, still
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from analyzer.video.turning import turn_of, turned, turned_hash, untouched_hash
from tests.places import DATA, needs_centerface, needs_data

CLOCKWISE = {0: 0, 90: -1, 180: 2, 270: 1}
"""Quarter turns of numpy, which are counter-clockwise."""


def frames(info):
    (span,) = plan_segments(info, 1e6, 0)
    return [frame.bgr for frame in Decoder(info, span, 1.0)]


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_pictures_clips_and_stills_are_turned_clockwise(clip_odd, tmp_path, degrees):
    info = probe(clip_odd)
    upright = turned(info, degrees)
    sides = (info.width, info.height)
    assert (upright.width, upright.height) == (sides if degrees == 180 else sides[::-1])
    for before, after in zip(frames(info), frames(upright), strict=True):
        expected = np.rot90(before, CLOCKWISE[degrees])
        assert np.abs(expected.astype(int) - after).mean() < 12
    made = cut(upright, 0.0, 1.0, tmp_path / "a.mp4", fps=2.0)
    assert abs(made.width - upright.width) <= 1
    png = still(upright, 0.0)[0]
    assert int.from_bytes(png[16:20], "big") == upright.width


def test_what_a_file_stores_is_turned_first(clip_rotated):
    info = probe(clip_rotated)
    back = turned(info, 90)
    assert (info.width, info.height, back.width, back.height) == (240, 320, 320, 240)
    assert turned(turned(info, 90), 0) == info


def test_rows_of_a_turned_recording_depend_on_the_turn():
    assert turned_hash("ab12", 0) == "ab12"
    assert (turn_of("ab12"), untouched_hash("ab12")) == (0, "ab12")
    made = turned_hash("ab12", 270)
    assert (turn_of(made), untouched_hash(made)) == (270, "ab12")


def test_the_camera_file_says_which_recordings_are_turned(tmp_path):
    path = tmp_path / "cameras.toml"
    path.write_text('[[camera]]\nname = "A"\npattern = "stairs*"\nrotation = 270\n')
    cameras = read_cameras(path)
    assert rotation_of(cameras, "/f/Stairs_1.mp4") == 270
    assert rotation_of(cameras, "/f/yard.mp4") == 0
    for wrong in ("45", "true", '"180"', "-90"):
        path.write_text(f'[[camera]]\nname = "A"\npattern = "a"\nrotation = {wrong}\n')
        with pytest.raises(ConfigError, match="rotation"):
            read_cameras(path)


class FindsTheMark(Detector):
    """Finds a face where the white mark of a picture is: upright if it is in the upper left."""

    name, kinds, sure_score, landmarks = "mark", frozenset({"face"}), {"face": 0.5}, True

    def detect(self, bgr, regions=()):
        mark = bgr[:8, :8].mean() > 200
        return [face(0.9, 0.0)] if mark else [face(0.9, 180.0)]


def face(score, roll):
    """Return a face whose landmarks are rotated by ``roll`` degrees."""
    points = np.array([(-5, -5), (5, -5), (0, 0), (-4, 6), (4, 6)], np.float32)
    angle = np.radians(roll)
    turn = np.array([(np.cos(angle), -np.sin(angle)), (np.sin(angle), np.cos(angle))])
    return Detection(Box(0, 0, 20, 20), score, "face", (points @ turn.T).astype(np.float32))


def picture(corner):
    found = np.zeros((40, 60, 3), np.uint8)
    rows = slice(0, 8) if corner[0] == "u" else slice(-8, None)
    found[rows, slice(0, 8) if corner[1] == "l" else slice(-8, None)] = 255
    return found


@pytest.mark.parametrize(("corner", "degrees"), [("dl", 90), ("dr", 180), ("ur", 270)])
def test_the_turn_that_shows_faces_is_told(corner, degrees):
    looks, detector = TurnedLooks(), FindsTheMark()
    for _ in range(5):
        looks.consider(picture(corner), [face(0.9, 180.0)], 0.5)
    assert looks.turn(detector, 0.5) == degrees
    assert looks.turn(detector, 0.95) == 0, "nothing there is surely a face"


def test_one_upright_face_ends_the_search_and_one_picture_alone_is_enough():
    looks, detector = TurnedLooks(), FindsTheMark()
    assert looks.turn(detector, 0.5) == 0
    looks.consider(picture("dr"), [], 0.5)
    assert looks.turn(detector, 0.5) == 180
    looks.consider(picture("ul"), [face(0.4, 0.0)], 0.5)
    assert looks.turn(detector, 0.5) == 0, "one picture of two is not enough"
    looks.consider(picture("dr"), [face(0.9, 20.0)], 0.5)
    looks.consider(picture("dr"), [], 0.5)
    assert looks.turn(detector, 0.5) == 0


@pytest.mark.parametrize(("roll", "upright"), [(0, True), (45, True), (-45, True), (90, False)])
def test_a_face_is_upright_up_to_a_tilted_head(roll, upright):
    assert is_upright(face(0.9, roll)) == upright


@needs_data
@needs_centerface
@pytest.mark.slow
def test_a_camera_upside_down_is_told_and_turned(run, make_clip, tmp_path):
    source = DATA / "footage" / "obama_podium.mp4"
    upside_down = ("-an", "-t", "3", "-vf", "hflip,vflip", "-c:v", "libx264", "-preset", "veryfast")
    clip = make_clip("upside_down.mp4", "-i", source, *upside_down)
    options = ("--case", tmp_path / "case", "--gallery", DATA / "gallery", "--workers", "1")
    told = json.loads(run("run", clip, *options, "--json").stdout)
    assert told["videos"][0]["faces_turned"] == 180
    (page,) = (tmp_path / "case" / "report").glob("video-*.html")
    assert "rotation = 180" in page.read_text()
    cameras = tmp_path / "cameras.toml"
    cameras.write_text('[[camera]]\nname = "A"\npattern = "upside*"\nrotation = 180\n')
    done = json.loads(run("run", clip, *options, "--cameras", cameras, "--json").stdout)
    assert done["processed_s"] > 2.5, "what was measured upside down is measured again"
    assert done["videos"][0]["faces_turned"] == 0
    with CaseReader(tmp_path / "case") as reader:
        people = {row["person"] for row in reader.rows("appearances")}
        (video,) = reader.rows("videos")
    assert "Barack Obama" in people
    assert video["turned"] == 180
    run("verify", tmp_path / "case", "--replay", "--sample", "1")
    again = json.loads(run("run", clip, *options, "--json").stdout)
    assert again["processed_s"] == 0, "the camera stays in the case"
