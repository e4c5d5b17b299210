"""Clothes in plain words, on drawn people whose colours are known."""

from __future__ import annotations

import itertools

import cv2
import numpy as np
import pytest

from analyzer.clothing.describe import describe
from analyzer.clothing.light import LIGHT, VideoLight, scene_light
from analyzer.clothing.naming import TERMS, term_shares
from analyzer.types import BodySample, Box, Clothing
from tests.clothing.drawn import BOX, COLOURS, person, sample, street

PAIRS = [("red", "black"), ("white", "blue"), ("green", "brown"), ("yellow", "grey"),
         ("blue", "white"), ("black", "red"), ("pink", "black"), ("orange", "blue"),
         ("grey", "green"), ("purple", "black"), ("brown", "white")]  # fmt: skip


def told(*samples: BodySample) -> Clothing:
    return describe(samples, VideoLight.of(samples))


@pytest.mark.parametrize(("upper", "lower"), PAIRS)
def test_every_basic_colour_is_called_by_its_name(upper: str, lower: str) -> None:
    said = told(sample(person(street(), upper, lower)))
    assert (said.upper, said.lower, said.reason) == (upper, lower, None)
    assert said.upper_probability is not None
    assert 0.6 <= said.upper_probability <= 1


@pytest.mark.parametrize(
    "gains", [(0.86, 1.0, 1.12), (1.12, 1.0, 0.86)], ids=["warm lamps", "blue sky"]
)
@pytest.mark.parametrize(
    ("upper", "lower"), [("red", "black"), ("white", "blue"), ("grey", "green")]
)
def test_a_colour_cast_of_the_recording_is_taken_out(
    gains: tuple[float, float, float], upper: str, lower: str
) -> None:
    picture = person(street(), upper, lower)
    cast = np.clip(picture * np.array(gains), 0, 255).astype(np.uint8)
    assert (told(sample(cast)).upper, told(sample(cast)).lower) == (upper, lower)


def test_stripes_are_two_colours() -> None:
    said = told(sample(person(street(), "white", "black", stripe="blue")))
    assert said.upper is not None
    assert set(said.upper.split(" and ")) == {"white", "blue"}
    assert said.lower == "black"


def test_infra_red_tells_no_colour_and_why() -> None:
    grey = cv2.cvtColor(person(street(), "red", "blue"), cv2.COLOR_BGR2GRAY)
    said = told(sample(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)))
    assert (said.upper, said.lower) == (None, None)
    assert said.reason is not None
    assert "infra-red" in said.reason


def test_pictures_in_colour_count_where_others_of_the_track_are_infra_red() -> None:
    picture = person(street(), "red", "blue")
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert told(sample(grey), sample(picture, pts=5)).upper == "red"


def test_night_tells_no_colour() -> None:
    dark = (person(street(), "red", "blue") * 0.08).astype(np.uint8)
    assert told(sample(dark)).upper is None


def test_strongly_coloured_light_tells_no_colour() -> None:
    sodium = (person(street(), "white", "blue") * np.array((0.1, 0.55, 1.0))).astype(np.uint8)
    said = told(sample(sodium))
    assert (said.upper, said.lower) == (None, None)
    assert said.reason is not None
    assert "light" in said.reason


def test_legs_outside_the_picture_are_not_described() -> None:
    picture = person(street(), "red", "blue", Box(280, 200, 100, 270))
    said = told(sample(picture, Box(280, 200, 100, 160)))
    assert said.upper == "red"
    assert said.lower is None
    assert said.reason == "lower: not seen"


def test_a_tiny_body_tells_nothing() -> None:
    box = Box(300, 150, 12, 30)
    said = told(sample(person(street(), "red", "blue", box), box))
    assert (said.upper, said.lower) == (None, None)
    assert said.reason is not None


def test_a_lying_body_tells_nothing_wrong() -> None:
    picture = person(street(), "red", "blue", Box(100, 100, 80, 220))
    lying = cv2.rotate(picture[80:340, 60:220], cv2.ROTATE_90_CLOCKWISE)
    said = told(sample(lying, Box(20, 40, 220, 80)))
    assert said.upper in (None, "red")
    assert said.lower in (None, "blue")


def test_pictures_that_disagree_tell_nothing() -> None:
    one, other = person(street(), "red", "blue"), person(street(), "green", "blue")
    said = told(sample(one), sample(other, pts=5))
    assert said.upper is None
    assert said.lower == "blue"
    assert said.reason is not None
    assert "disagree" in said.reason


def test_no_sample_is_no_description() -> None:
    assert describe([], VideoLight()).reason == "no picture of the body"


def test_skin_is_left_out() -> None:
    picture = person(street(), "blue", "black")
    bare = picture.copy()
    for x in (0.1, 0.78):
        corner = (round(BOX.x + x * BOX.w), round(BOX.y + 0.22 * BOX.h))
        other = (round(BOX.x + (x + 0.12) * BOX.w), round(BOX.y + 0.5 * BOX.h))
        cv2.rectangle(bare, corner, other, (120, 150, 205), -1)
    assert told(sample(bare)).upper == "blue"


def test_the_same_picture_gives_the_same_bytes() -> None:
    picture = person(street(), "red", "blue", stripe="white")
    one, other = sample(picture).clothes, sample(picture.copy()).clothes
    assert one is not None
    assert other is not None
    assert one.upper.tobytes() == other.upper.tobytes()
    assert one.lower.tobytes() == other.lower.tobytes()
    assert one.light.tobytes() == other.light.tobytes()


def test_palettes_are_shares_of_a_part_largest_first() -> None:
    clothes = sample(person(street(), "white", "black", stripe="blue")).clothes
    assert clothes is not None
    for palette in (clothes.upper, clothes.lower):
        assert palette.dtype == np.float32
        assert palette[:, 0].sum() == pytest.approx(1, abs=1e-5)
        assert list(palette[:, 0]) == sorted(palette[:, 0], reverse=True)


@pytest.mark.parametrize("size", [(1080, 1920), (360, 640), (40, 40), (2, 2)])
def test_light_has_one_length_whatever_the_picture(size: tuple[int, int]) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (*size, 3)).astype(np.uint8)
    light = scene_light(picture)
    assert light.shape == (LIGHT,)
    assert light.dtype == np.float32
    assert np.isfinite(light).all()


@pytest.mark.parametrize(
    "box",
    [Box(-30, -40, 80, 200), Box(600, 200, 90, 300), Box(0, 0, 640, 360), Box(639, 359, 40, 90),
     Box(700, 400, 40, 90), Box(10, 10, 0, 0)],
)  # fmt: skip
def test_boxes_that_leave_the_picture_are_measured_or_not_seen(box: Box) -> None:
    clothes = sample(street(), box).clothes
    assert clothes is not None
    for palette in (clothes.upper, clothes.lower):
        assert palette.shape[1] == 4
        assert np.isfinite(palette).all()


def test_drawn_colours_have_their_own_name_above_all() -> None:
    rgb = np.array([COLOURS[name] for name in TERMS], np.float32).reshape(-1, 1, 3) / 255
    shares = term_shares(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).reshape(-1, 3))
    assert [TERMS[i] for i in shares.argmax(axis=1)] == list(TERMS)
    assert shares.sum(axis=1) == pytest.approx(1)


def test_names_cover_all_of_lab_without_holes() -> None:
    grid = np.array(list(itertools.product(range(0, 101, 10), *[range(-90, 91, 15)] * 2)), float)
    shares = term_shares(grid)
    assert np.isfinite(shares).all()
    assert shares.sum(axis=1) == pytest.approx(1)
