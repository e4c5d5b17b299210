"""Detections against boxes: every rule on cases that can be counted by hand."""

import numpy as np
import pytest

from analyzer.lab.detection.score import FrameMatches, ScoredBoxes, Truth, curve, figures, judge

NONE = np.zeros((0, 4), np.float32)


def boxes(*rows):
    return np.array(rows, np.float32).reshape(-1, 4)


def found(*rows):
    table = np.array(rows, np.float32).reshape(-1, 5)
    return ScoredBoxes(table[:, :4], table[:, 4])


def test_each_box_is_found_once_and_a_second_detection_of_it_is_wrong():
    truth = Truth("a", boxes((0, 0, 10, 20), (50, 0, 10, 20)), NONE)
    judged = judge(truth, found((1, 0, 10, 20, 0.6), (0, 0, 10, 20, 0.9), (80, 0, 9, 9, 0.8)))
    assert judged.wanted == 2
    assert judged.scores.tolist() == pytest.approx([0.9, 0.8, 0.6])
    assert judged.right.tolist() == [True, False, False]


def test_a_detection_half_inside_an_ignored_box_counts_for_nothing():
    truth = Truth("a", boxes((0, 0, 10, 20)), boxes((40, 0, 40, 40)))
    judged = judge(truth, found((0, 0, 10, 20, 0.9), (42, 2, 10, 10, 0.8), (35, 0, 10, 20, 0.7),
                                (30, 0, 12, 20, 0.6)))  # fmt: skip
    assert judged.right.tolist() == [True, False]
    assert judged.scores.tolist() == pytest.approx([0.9, 0.6])


def test_sizes_leave_out_other_boxes_and_what_found_them():
    truth = Truth("a", boxes((0, 0, 10, 20), (50, 0, 40, 90)), NONE)
    seen = found((0, 0, 10, 20, 0.9), (50, 0, 40, 90, 0.8), (200, 0, 9, 19, 0.7),
                 (200, 0, 30, 80, 0.6))  # fmt: skip
    small, large = judge(truth, seen, (0, 40)), judge(truth, seen, (40, 1e9))
    assert (small.wanted, small.right.tolist()) == (1, [True, False])
    assert (large.wanted, large.right.tolist()) == (1, [True, False])
    assert small.scores.tolist() == pytest.approx([0.9, 0.7])


def frame(scene, scores, right, wanted):
    return FrameMatches(scene, np.array(scores, np.float32), np.array(right, bool), wanted)


def test_the_curve_of_four_detections_of_four_boxes():
    line = curve([frame("a", [0.9, 0.7], [1, 0], 2), frame("b", [0.8, 0.6], [1, 1], 2)])
    assert line.recall.tolist() == [0.25, 0.5, 0.5, 0.75]
    assert line.precision.tolist() == pytest.approx([1, 1, 2 / 3, 0.75])
    assert line.average_precision() == pytest.approx(0.5 + 0.25 * 0.75)
    assert line.at_precision(0.85) == (0.5, pytest.approx(0.8))
    assert line.at_precision(0.7) == (0.75, pytest.approx(0.6))


def test_equal_scores_are_one_step_whatever_their_order():
    one = curve([frame("a", [0.5, 0.5], [1, 0], 2)])
    other = curve([frame("a", [0.5, 0.5], [0, 1], 2)])
    assert one.precision.tolist() == other.precision.tolist() == [0.5]
    assert one.at_precision(0.9) == (0.0, None)


def test_the_interval_is_over_scenes_and_repeats():
    good, bad = frame("a", [0.9], [1], 1), frame("b", [0.8], [0], 1)
    values = figures([good, bad], (0.9,))
    assert values["ap"] == 0.5 and values["ci95"] == [0.0, 1.0]
    assert values["found_at_p90"] == 1
    assert figures([good, good], (0.9,))["ci95"] == [1.0, 1.0]
    assert figures([good, bad], (0.9,)) == values
