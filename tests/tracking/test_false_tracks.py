"""Tracks of things that a detector takes for faces."""

import numpy as np

from analyzer.tracking.false_tracks import has_sure_face, is_person
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


def test_one_sure_face_or_one_body_makes_a_person() -> None:
    assert is_person(tracklet((0.8, False), (0.99, False), (0.8, False)), 0.97)
    assert is_person(tracklet((0.8, False), (None, True)), 0.97)


def test_a_body_does_not_make_its_weak_face_sure() -> None:
    assert not has_sure_face(tracklet((0.8, True), (None, True)), 0.97)
    assert has_sure_face(tracklet((0.97, False)), 0.97)
