"""A face goes to the body that carries it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from analyzer.detection.pairing import assign, pair, pairing_cost, without_parts_of_faced
from analyzer.types import Box, Detection, PersonDetection


def body(x: float, y: float, w: float, h: float) -> Detection:
    return Detection(Box(x, y, w, h), 0.8, "person")


def face(x: float, y: float, w: float, h: float) -> Detection:
    return Detection(Box(x, y, w, h), 0.9, "face")


def test_each_face_goes_to_its_own_body() -> None:
    left, right = body(100, 50, 60, 180), body(140, 55, 60, 180)
    on_left, on_right = face(120, 58, 20, 24), face(160, 62, 20, 24)
    seen = pair([on_right, on_left], [left, right])
    assert [(s.face, s.body) for s in seen] == [(on_left, left), (on_right, right)]


def test_a_face_right_above_a_body_that_was_cut_at_the_neck_is_its_face() -> None:
    headless = body(100, 80, 60, 150)
    (only,) = pair([face(120, 55, 20, 24)], [headless])
    assert only.face is not None and only.body is headless
    assert len(pair([face(120, 40, 20, 24)], [headless])) == 2


def test_a_sure_face_comes_before_a_hand_that_looks_like_one() -> None:
    hand, head = face(122, 130, 20, 24), face(120, 55, 20, 24)
    hand, head = replace(hand, score=0.74), replace(head, score=1.0)
    seen = pair([hand, head], [body(100, 80, 60, 180)])
    assert [s.face for s in seen if s.body is not None] == [head]


def test_an_unsure_face_on_the_body_of_somebody_with_a_face_is_a_hand() -> None:
    mother, head = body(100, 50, 60, 180), face(120, 55, 20, 24)
    hand, child = (replace(face(122, 150, 20, 24), score=score) for score in (0.8, 0.99))
    beside = replace(face(300, 150, 20, 24), score=0.8)
    seen = pair([head, hand, beside], [mother])
    assert [s.face for s in without_parts_of_faced(seen, 0.97)] == [head, beside]
    assert len(without_parts_of_faced(pair([head, child], [mother]), 0.97)) == 2
    assert (
        len(
            without_parts_of_faced(pair([hand], [replace(mother, box=Box(100, 140, 60, 90))]), 0.97)
        )
        == 1
    )


def test_a_faint_trunk_under_a_sure_face_is_nobody_of_its_own() -> None:
    head = replace(face(305, 110, 54, 70), score=0.99)
    trunk = replace(body(219, 228, 144, 132), score=0.5)
    assert without_parts_of_faced(
        [PersonDetection(head, None), PersonDetection(None, trunk)], 0.97
    ) == [PersonDetection(head, None)]
    sure, tall = replace(trunk, score=0.8), replace(trunk, box=Box(219, 228, 144, 300))
    beside = replace(trunk, box=Box(500, 228, 144, 132))
    for other in (sure, tall, beside):
        seen = [PersonDetection(head, None), PersonDetection(None, other)]
        assert without_parts_of_faced(seen, 0.97) == seen


def test_a_face_goes_to_the_whole_body_before_a_faint_box_of_head_and_chest() -> None:
    head, whole = face(120, 58, 20, 24), replace(body(95, 78, 70, 180), score=0.9)
    chest = replace(body(112, 50, 36, 60), score=0.2)
    seen = pair([head], [chest, whole])
    assert [(s.face, s.body) for s in seen] == [(None, chest), (head, whole)]


def test_the_face_inside_a_body_comes_before_one_above_it() -> None:
    above, inside = face(120, 20, 20, 24), face(120, 58, 20, 24)
    seen = pair([above, inside], [body(100, 46, 60, 180)])
    assert [(s.face, s.body is not None) for s in seen if s.body is not None] == [(inside, True)]


def test_what_is_left_over_stands_alone() -> None:
    lonely, stranger = body(100, 50, 60, 180), face(400, 80, 20, 24)
    seen = pair([stranger], [lonely])
    assert [(s.face, s.body) for s in seen] == [(None, lonely), (stranger, None)]
    assert pair([], []) == []


def test_a_face_at_the_feet_or_of_a_giant_does_not_fit() -> None:
    at_the_feet, giant = face(120, 190, 20, 24), face(60, 40, 150, 160)
    tiny = face(128, 60, 4, 5)
    seen = pair([at_the_feet, giant, tiny], [body(100, 50, 60, 180)])
    assert all(s.face is None or s.body is None for s in seen)
    assert len(seen) == 4


def test_one_body_keeps_one_face() -> None:
    seen = pair([face(120, 58, 20, 24), face(104, 80, 20, 24)], [body(100, 50, 60, 180)])
    assert [s.face is not None and s.body is not None for s in seen] == [True, False]


def test_unknown_boxes_fit_nothing() -> None:
    nothing = np.full((1, 4), np.nan)
    assert math.isinf(pairing_cost(nothing, np.array([[100.0, 50, 60, 180]]))[0, 0])


def test_assignment_makes_as_many_possible_pairs_as_there_are() -> None:
    costs = np.array([[0.0, 0.9], [0.1, np.inf]])
    assert assign(costs) == [(0, 1), (1, 0)]
