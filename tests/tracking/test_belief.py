"""Tracks of things that a detector takes for faces."""

import numpy as np

from analyzer.tracking.belief import has_sure_face, is_person
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


def test_one_sure_face_or_one_body_makes_a_person() -> None:
    assert is_person(tracklet((0.8, False), (0.99, False), (0.8, False)), 0.97)
    assert is_person(tracklet((0.8, False), (None, True)), 0.97)


def test_a_body_does_not_make_its_weak_face_sure() -> None:
    assert not has_sure_face(tracklet((0.8, True), (None, True)), 0.97)
    assert has_sure_face(tracklet((0.97, False)), 0.97)
