"""The output map becomes boxes: peaks only, apart from one another, in pixels of the input."""

import numpy as np

from analyzer.detection.joint_decode import BOXES, CHANNELS, POINTS, STRIDE, decode

NOTHING = -8.0


def empty(rows=6, columns=10):
    output = np.zeros((rows, columns, CHANNELS), np.float32)
    output[..., :2] = NOTHING
    return output


def put(output, kind, row, column, logit, box):
    """Let a cell say ``box`` (x, y, w, h in px)."""
    x, y, w, h = (value / STRIDE for value in box)
    output[row, column, kind] = logit
    output[row, column, BOXES[kind]] = (
        x + w / 2 - column - 0.5,
        y + h / 2 - row - 0.5,
        np.log(w),
        np.log(h),
    )


def test_a_peak_of_each_kind_becomes_its_box_best_first():
    output = empty()
    put(output, 0, 3, 4, 1.0, (20, 8, 30, 38))
    put(output, 0, 2, 8, 3.0, (60, 4, 12, 30))
    put(output, 1, 1, 4, 2.0, (30, 10, 9, 11))
    output[1, 4, POINTS] = [-0.2, -0.2, 0.2, -0.2, 0, 0, -0.1, 0.3, 0.1, 0.3]
    people_first = decode(output, (0.3, 0.3), 80, 48)
    assert [d.kind for d in people_first] == ["person", "person", "face"]
    assert [round(d.score, 3) for d in people_first] == [0.953, 0.731, 0.881]
    best, other, face = people_first
    np.testing.assert_allclose(
        (best.box.x, best.box.y, best.box.w, best.box.h), (60, 4, 12, 30), 1e-5
    )
    np.testing.assert_allclose((other.box.x2, other.box.y2), (50, 46), rtol=1e-5)
    assert other.landmarks is None
    np.testing.assert_allclose(face.landmarks[0], (34.5 - 1.8, 15.5 - 2.2), rtol=1e-5)
    np.testing.assert_allclose(face.landmarks[2], (34.5, 15.5), rtol=1e-5)


def test_one_person_seen_by_two_cells_is_one_and_two_people_are_two():
    output = empty()
    put(output, 0, 3, 2, 2.0, (5, 5, 30, 40))
    put(output, 0, 3, 4, 1.5, (6, 5, 30, 40))
    put(output, 0, 3, 6, 1.0, (22, 5, 30, 40))
    found = decode(output, (0.3, 0.3), 80, 48)
    assert [round(d.box.x) for d in found] == [5, 22]


def test_boxes_end_where_the_picture_does_and_those_outside_are_dropped():
    output = empty()
    put(output, 0, 2, 1, 2.0, (-10, -10, 40, 50))
    put(output, 0, 5, 9, 2.0, (70, 41, 10, 7))
    (only,) = decode(output, (0.3, 0.3), 70, 41)
    assert (only.box.x, only.box.y) == (0, 0)
    np.testing.assert_allclose((only.box.x2, only.box.y2), (30, 40), rtol=1e-5)
