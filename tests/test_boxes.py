"""Intersection over union and non-maximum suppression."""

import numpy as np
import pytest

from analyzer.boxes import iou, nms
from analyzer.types import Box


def random_boxes(count, seed):
    rng = np.random.default_rng(seed)
    return np.concatenate((rng.uniform(0, 100, (count, 2)), rng.uniform(1, 60, (count, 2))), 1)


def test_iou_of_many_is_that_of_each_pair():
    one, two = random_boxes(20, 1), random_boxes(30, 2)
    expected = [[Box(*a).iou(Box(*b)) for b in two] for a in one]
    np.testing.assert_allclose(iou(one, two), expected, atol=1e-12)
    assert iou(one.astype(np.float32), two.astype(np.float32)).dtype == np.float32
    assert iou(one, two[:0]).shape == (20, 0)


@pytest.mark.parametrize("most", [0.2, 0.45, 0.7])
def test_what_is_kept_is_what_overlaps_no_better_one(most):
    boxes, scores = random_boxes(80, 3), np.random.default_rng(4).uniform(0, 1, 80)
    expected = []
    for index in np.argsort(-scores):
        if not (iou(boxes[[index]], boxes[expected]) > most).any():
            expected.append(index)
    assert nms(boxes, scores, most).tolist() == expected


def test_of_equal_scores_the_first_is_kept_whatever_their_order():
    boxes = np.array([[0, 0, 10, 10], [1, 0, 10, 10], [50, 50, 5, 5]], np.float32)
    assert nms(boxes, np.array([0.5, 0.5, 0.1], np.float32), 0.5).tolist() == [0, 2]
    assert nms(boxes, np.array([0.1, 0.9, 0.5], np.float32), 0.5, most_boxes=1).tolist() == [1]
    assert nms(boxes[:0], np.empty(0, np.float32), 0.5).tolist() == []
