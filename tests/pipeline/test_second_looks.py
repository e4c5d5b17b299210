"""Second looks tell things from people, and are spent on doubtful bodies alone."""

import pytest

from analyzer.pipeline.second_looks import SecondLooks
from analyzer.types import Box, Detection, Moment, Observation, PersonDetection, Tracklet

SURE_FACE = 0.84


def judged(scores, second, *, step_px=0.0, height=100.0, face=None, seconds=0.2):
    """Whether somebody of these body scores is a thing, and how often they were looked at."""
    looks, seen, asked = SecondLooks(SURE_FACE), [], []
    for number, score in enumerate(scores):
        moment = Moment(number, number * seconds)
        body = Detection(Box(50 + step_px * number, 40, 30, height), score, "person")
        head = Detection(Box(55, 42, 12, 12), face, "face") if face and number == 0 else None
        looks.consider(
            1, moment.t, PersonDetection(head, body), lambda box: asked.append(box) or second
        )
        seen.append(Observation(moment, head, body, "detected"))
    return looks.is_thing(Tracklet(1, tuple(seen))), len(asked)


def test_a_thing_is_told_by_its_second_looks():
    assert judged([0.7] * 10, 0.2)[0]
    assert not judged([0.7] * 10, 0.6)[0]
    assert not judged([0.7] * 10, 0.95)[0]


def test_somebody_sure_is_not_looked_at_again():
    assert judged([0.95] * 50, 0.0) == (False, 0)


def test_one_good_second_look_is_enough_and_bad_ones_are_few():
    assert judged([0.7] * 50, 0.9) == (False, 1)
    assert judged([0.7] * 50, 0.2) == (True, 4)


def test_a_sure_face_settles_it():
    assert judged([0.7] * 10, 0.1, face=0.9) == (False, 0)
    assert judged([0.7] * 10, 0.1, face=0.5)[0]


def test_whoever_walks_behind_a_sign_stays_a_person():
    assert not judged([0.85] * 10, 0.3, step_px=8)[0]
    assert judged([0.85] * 10, 0.3, step_px=0.5)[0]


def test_who_comes_and_goes_at_once_has_to_be_a_person_by_the_second_look():
    assert judged([0.7, 0.7], 0.6)[0]
    assert not judged([0.7, 0.7], 0.8)[0]
    assert not judged([0.92, 0.85], 0.6)[0]


@pytest.mark.parametrize("scores", [[0.7] * 10, [0.7] * 40])
def test_somebody_far_away_is_not_dropped_for_being_a_blur(scores):
    assert judged(scores, 0.1, height=30.0) == (False, 1)


def test_without_second_looks_nothing_is_a_thing():
    looks = SecondLooks(SURE_FACE)
    body = Detection(Box(0, 0, 30, 100), 0.5, "person")
    looks.consider(1, 0.0, PersonDetection(None, body), None)
    assert not looks.is_thing(Tracklet(1, (Observation(Moment(0, 0.0), None, body, "detected"),)))
