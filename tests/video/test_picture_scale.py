"""Heights in metres by known heights in the picture: what is measured, what is not told."""

import json

import numpy as np
import pytest

from analyzer.errors import ConfigError
from analyzer.types import BodyQuality, BodySample, Box, Moment
from analyzer.video.cameras import read_cameras
from analyzer.video.picture_scale import height_of, marks_of, scale_from


def seen(metres, away_m, tilt=0.0, reasons=(), wide=0.4):
    """Somebody as a camera 3 m above the ground sees them: focal length 800 px, 1280 × 720 px."""

    def row(up_m):
        down, angle = 3.0 - up_m, np.radians(tilt)
        depth = away_m * np.cos(angle) + down * np.sin(angle)
        return 360 + 800 * (down * np.cos(angle) - away_m * np.sin(angle)) / depth

    top, foot = row(metres), row(0.0)
    box = Box(500.0, top, wide * (foot - top), foot - top)
    return BodySample(Moment(0, 0.0), box, BodyQuality(box.h, 100.0, 0.9, reasons), b"")


def mark(metres, away_m, tilt=0.0):
    box = seen(metres, away_m, tilt).box
    return [box.y, box.y2, metres]


@pytest.mark.parametrize(("tilt", "off"), [(0, 0.001), (10, 0.02), (20, 0.05)])
def test_people_between_two_known_heights_are_measured(tilt, off):
    marks = marks_of([mark(2.0, 15, tilt), mark(1.8, 6, tilt)])
    for metres in (1.1, 1.55, 1.75, 1.95):
        told = height_of([seen(metres, away, tilt) for away in (7, 9, 12)], marks)
        assert told.height_m == pytest.approx(metres, rel=off + 0.003)
        assert told.height_low_m < metres < told.height_high_m


def test_a_third_mark_straightens_what_a_steep_camera_bends():
    two = [mark(2.0, 16, 30), mark(1.8, 3.5, 30)]
    people = [seen(1.75, away, 30) for away in (6, 7, 8)]
    bent = height_of(people, marks_of(two))
    straight = height_of(people, marks_of([*two, mark(2.0, 7, 30)]))
    assert abs(straight.height_m - 1.75) < 0.04 < abs(bent.height_m - 1.75)


def test_more_pictures_and_better_read_marks_narrow_the_interval():
    near, far = mark(1.8, 6), mark(2.0, 15)
    one = height_of([seen(1.75, 9)], marks_of([near, far]))
    many = height_of([seen(1.75, 9)] * 6, marks_of([near, far]))
    assert one.height_m == many.height_m
    assert many.height_high_m - many.height_low_m < one.height_high_m - one.height_low_m
    assert many.height_high_m - many.height_low_m > 0.3, "shoes, hats and bent knees stay"


def test_what_cannot_be_measured_is_not_told():
    marks = marks_of([mark(2.0, 15), mark(1.8, 6)])
    assert height_of([seen(1.75, 9)], ()) is None, "no scale"
    assert height_of([], marks) is None
    assert height_of([seen(1.75, 4)], marks) is None, "nearer than any mark"
    assert height_of([seen(1.75, 20)], marks) is None, "farther than any mark"
    assert height_of([seen(1.75, 9, reasons=("cut off by the border",))], marks) is None
    assert height_of([seen(0.9, 9, wide=0.8)], marks) is None, "somebody who sits"
    assert height_of([seen(2.8, 9)], marks) is None, "nobody is that tall"


def test_a_camera_file_tells_known_heights(tmp_path):
    path = tmp_path / "cameras.toml"
    head = '[[camera]]\nname = "Gate"\npattern = "*"\n'
    path.write_text(head + "known_heights = [[250, 600, 1.8], [180, 300, 2.0]]\n")
    (camera,) = read_cameras(path)
    assert json.loads(camera.known_heights) == [[250, 600, 1.8], [180, 300, 2.0]]
    assert [mark.foot for mark in scale_from(camera.known_heights)] == [300, 600]


@pytest.mark.parametrize(("values", "said"), [
    ("[[250, 600, 1.8]]", "two or more"),
    ("[[250, 600, 1.8], [350, 603, 2]]", "same row"),
    ("[[600, 250, 1.8], [180, 300, 2]]", "below the top"),
    ('[[250, 600, "1.8"], [180, 300, 2]]', "no known height"),
    ("[[250, 600], [180, 300, 2]]", "no known height"),
    ("2.0", "two or more"),
])  # fmt: skip
def test_known_heights_that_make_no_scale_are_refused(tmp_path, values, said):
    path = tmp_path / "cameras.toml"
    path.write_text(f'[[camera]]\nname = "Gate"\npattern = "*"\nknown_heights = {values}\n')
    with pytest.raises(ConfigError, match=said):
        read_cameras(path)
