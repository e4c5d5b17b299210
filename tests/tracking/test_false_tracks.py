"""Tracks of things that a detector takes for faces."""

import numpy as np

from analyzer.tracking.false_tracks import has_sure_face, is_person, people_of
from analyzer.types import Box, Detection, Moment, Observation, Tracklet


def tracklet(*seen: tuple[float | None, bool]) -> Tracklet:
    """A tracklet of (face score or None, body seen) a frame."""
    box = Box(10, 10, 20, 20)
    return Tracklet(
        1,
        tuple(
            Observation(
                Moment(number, number / 5),
                None if score is None else Detection(box, score, "face", np.zeros((5, 2), "f4")),
                Detection(box, 0.9, "person", None) if body else None,
                "detected",
            )
            for number, (score, body) in enumerate(seen)
        ),
    )


def test_a_long_track_of_weak_faces_alone_is_no_person() -> None:
    assert not is_person(tracklet(*[(0.9, False)] * 300), 0.97)


def standing(stray: float, score: float, face: bool = False) -> Tracklet:
    """Five seconds of a body of 60 px whose box strays by a share of its size."""
    rng = np.random.default_rng(1)
    seen = []
    for number in range(25):
        x, y = 60 * stray * rng.uniform(-0.5, 0.5, 2)
        body = Detection(Box(100 + x, 50 + y, 20, 60), score, "person")
        head = Detection(Box(105, 52, 8, 8), 0.8, "face") if face and number == 9 else None
        seen.append(Observation(Moment(number, number / 5), head, body, "detected"))
    return Tracklet(1, tuple(seen))


def test_a_body_that_never_moves_is_a_thing_unless_it_looks_much_like_somebody() -> None:
    assert not is_person(standing(0.02, 0.65), 0.97)
    assert is_person(standing(0.02, 0.95), 0.97)
    assert is_person(standing(0.3, 0.65), 0.97)
    assert is_person(standing(0.02, 0.65, face=True), 0.97)


def test_a_short_look_at_somebody_still_is_believed() -> None:
    long = standing(0.02, 0.65)
    assert is_person(Tracklet(1, long.observations[:10]), 0.97)


def far_away(seconds: int, strays_px: float, walks_px: float = 0.0) -> Tracklet:
    """A body of 16 px, whose box jitters by some px, and which goes somewhere in that time."""
    rng = np.random.default_rng(2)
    seen = []
    for number in range(5 * seconds):
        x, y = strays_px * rng.uniform(-0.5, 0.5, 2)
        x += walks_px * number / (5 * seconds)
        body = Detection(Box(20 + x, 70 + y, 10, 16), 0.65, "person")
        seen.append(Observation(Moment(number, number / 5), None, body, "detected"))
    return Tracklet(1, tuple(seen))


def test_jitter_of_a_small_box_is_no_movement_if_nothing_else_comes_for_long() -> None:
    assert not is_person(far_away(60, strays_px=3.0), 0.97)
    assert is_person(far_away(8, strays_px=3.0), 0.97)
    assert is_person(far_away(60, strays_px=3.0, walks_px=12.0), 0.97)


def test_one_sure_face_or_one_body_makes_a_person() -> None:
    assert is_person(tracklet((0.8, False), (0.99, False), (0.8, False)), 0.97)
    assert is_person(tracklet((0.8, False), (None, True)), 0.97)


def test_a_body_does_not_make_its_weak_face_sure() -> None:
    assert not has_sure_face(tracklet((0.8, True), (None, True)), 0.97)
    assert has_sure_face(tracklet((0.97, False)), 0.97)


def followed(number: int, box: Box, score: float, speed: float = 60.0) -> Tracklet:
    """Two seconds of a body that moves to the right."""
    seen = []
    for n in range(10):
        moved = Box(box.x + speed * n / 5, box.y, box.w, box.h)
        body = Detection(moved, score, "person")
        seen.append(Observation(Moment(n, n / 5), None, body, "detected"))
    return Tracklet(number, tuple(seen))


def test_what_somebody_carries_is_nobody() -> None:
    man = followed(1, Box(100, 50, 60, 160), 0.8)
    bag = followed(2, Box(115, 110, 20, 30), 0.4)
    assert people_of([man, bag], 0.97) == [man]
    assert people_of([bag], 0.97) == [bag]


def test_a_child_before_its_mother_is_somebody() -> None:
    mother = followed(1, Box(100, 50, 60, 160), 0.8)
    child = followed(2, Box(110, 130, 30, 75), 0.7)
    faint = followed(3, Box(110, 130, 30, 75), 0.4, speed=90.0)
    assert people_of([mother, child], 0.97) == [mother, child]
    assert people_of([mother, faint], 0.97) == [mother, faint], "she walks out of her box"


def post(seconds: int, foot_px: float) -> Tracklet:
    """A thin post of 20 px: its top comes and goes, its foot wanders by some px."""
    rng = np.random.default_rng(3)
    seen = []
    for number in range(5 * seconds):
        top = 70 - (6 if number % 60 < 12 else 0) + rng.uniform(-0.3, 0.3)
        foot = 90 + foot_px * np.sin(number / 20)
        body = Detection(Box(20, top, 9, foot - top), 0.75, "person")
        seen.append(Observation(Moment(number, number / 5), None, body, "detected"))
    return Tracklet(1, tuple(seen))


def test_a_post_is_a_thing_though_its_top_comes_and_goes_in_the_boxes() -> None:
    assert not is_person(post(60, 0.3), 0.97)
    assert is_person(post(15, 0.3), 0.97), "over a short time one edge is enough"
    assert is_person(post(60, 3.0), 0.97), "somebody who shifts his feet as well"


def test_a_second_box_of_somebody_that_is_followed_for_less_long_is_nobody_else() -> None:
    whole = followed(1, Box(100, 50, 80, 290), 0.87)
    half = followed(2, Box(100, 50, 76, 190), 0.65)
    brief = Tracklet(2, half.observations[:3])
    assert people_of([whole, brief], 0.97) == [whole]
    assert people_of([whole, half], 0.97) == [whole, half], "as long as the other: two people"
    child = Tracklet(2, followed(2, Box(110, 130, 30, 75), 0.65).observations[:3])
    assert people_of([whole, child], 0.97) == [whole, child]
    sure = Tracklet(2, followed(2, Box(100, 50, 76, 190), 0.9).observations[:3])
    assert people_of([whole, sure], 0.97) == [whole, sure]
