"""Smoothing over irregular time, never across a gap, and honest summaries."""

import numpy as np
import pytest

from analyzer.config import SmoothingSettings
from analyzer.emotions import timeline
from analyzer.types import EMOTIONS, EmotionSample, Moment

HAPPY, NEUTRAL = EMOTIONS.index("happy"), EMOTIONS.index("neutral")


def rows(*names):
    sure = np.full((len(names), 7), 0.01)
    for row, name in zip(sure, names, strict=True):
        row[EMOTIONS.index(name)] = 0.94
    return sure


def test_one_odd_sample_is_outvoted_and_rows_still_sum_to_one():
    t = np.array([0.0, 0.2, 0.4, 0.6, 0.8])
    raw = rows("happy", "happy", "fear", "happy", "happy")
    smooth = timeline.smooth(t, raw, np.ones(5), 1.5, 2.0)
    assert (smooth.argmax(1) == HAPPY).all()
    assert smooth.sum(1) == pytest.approx(np.ones(5))


def test_the_window_is_in_seconds_whatever_the_frame_rate():
    step = np.repeat(rows("neutral", "happy"), 10, axis=0)
    slow, fast = np.arange(20) * 1.0, np.arange(20) * 0.01
    spread = timeline.smooth(fast, step, np.ones(20), 1.5, 2.0)
    kept = timeline.smooth(slow, step, np.ones(20), 1.5, 2.0)
    assert np.ptp(spread[:, HAPPY]) < 0.3
    assert kept == pytest.approx(step, abs=1e-6)


def test_nothing_is_smoothed_across_a_gap():
    t = np.array([0.0, 0.2, 3.0, 3.2])
    raw = rows("happy", "happy", "neutral", "neutral")
    smooth = timeline.smooth(t, raw, np.ones(4), 10.0, 2.0)
    assert smooth == pytest.approx(raw, abs=1e-6)


def test_what_was_not_assessed_neither_speaks_nor_breaks():
    t = np.array([0.0, 0.2, 0.4])
    raw = rows("happy", "fear", "happy")
    smooth = timeline.smooth(t, raw, np.array([1.0, 0.0, 1.0]), 1.5, 2.0)
    assert smooth[1].argmax() == HAPPY
    alone = timeline.smooth(t, raw, np.zeros(3), 1.5, 2.0)
    assert alone == pytest.approx(raw, abs=1e-6)


def test_summary_weighs_time_not_samples():
    t = np.array([0.0, 0.1, 0.2, 1.2, 2.2])
    raw = rows("happy", "happy", "happy", "neutral", "neutral")
    summary = timeline.summarise(t, raw, np.ones(5, bool), 2.0)
    assert summary.dominant == "neutral"
    assert summary.dominant_share == pytest.approx(1.5 / 2.2)
    assert summary.shares.sum() == pytest.approx(1)
    assert summary.confidence == pytest.approx(0.94)


def test_clear_faces_count_more_in_the_summary():
    t = np.arange(5) * 0.2
    raw = rows("sad", "sad", "sad", "neutral", "neutral")
    clear_at_the_end = np.array([0.1, 0.1, 0.1, 0.9, 0.9])
    assert timeline.summarise(t, raw, np.ones(5), 2.0).dominant == "sad"
    assert timeline.summarise(t, raw, clear_at_the_end, 2.0).dominant == "neutral"


def test_what_lasts_for_less_than_half_the_time_does_not_move_the_usual():
    t = np.arange(50) * 0.2
    raw = rows(*["neutral"] * 30, *["happy"] * 20)
    usual = timeline.usual(t, raw, np.ones(50), 3.0, 2.0)
    assert usual.reason is None
    assert usual.assessed_s == pytest.approx(9.8)
    assert usual.probabilities == pytest.approx(rows("neutral")[0], abs=1e-6)
    blurred = np.where(np.arange(50) < 30, 0.1, 1.0)
    assert timeline.usual(t, raw, blurred, 3.0, 2.0).probabilities.argmax() == HAPPY


def test_too_little_assessed_time_tells_no_usual_and_says_so():
    t = np.arange(50) * 0.2
    weight = np.where(np.arange(50) < 10, 1.0, 0.0)
    usual = timeline.usual(t, np.tile(rows("sad"), (50, 1)), weight, 3.0, 2.0)
    assert usual.reason == "1.8 s assessed, a usual expression needs 3 s"
    none = timeline.usual(t, rows(*["sad"] * 50), np.zeros(50), 3.0, 2.0)
    assert none.reason.startswith("0.0 s assessed")
    assert timeline.usual_of_track([], np.zeros((0, 7)), SmoothingSettings()) is None


def test_a_talking_mouth_is_not_steady_although_its_mean_is_high():
    t = np.arange(20) * 0.2
    held, talking = rows(*["sad"] * 20), rows(*["sad", "sad", "neutral"] * 6, "sad", "sad")
    smooth = timeline.smooth(t, talking, np.ones(20), 1.5, 2.0)[:, EMOTIONS.index("sad")]
    assert smooth[5:-5].min() > 0.55
    steady = [
        timeline.steadiness(t, raw, np.ones(20), 0.6, 1.5)[5:-5, EMOTIONS.index("sad")]
        for raw in (held, talking)
    ]
    assert steady[0].min() == 1
    assert steady[1].max() < 0.75


def test_summary_of_a_track_that_could_not_be_assessed_is_empty():
    moments = [Moment(i, i * 0.2) for i in range(3)]
    samples = [EmotionSample(m, rows("fear")[0], False, 0.1, "too small") for m in moments]
    smoothed = timeline.smooth_track(samples, SmoothingSettings())
    summary = timeline.summarise_track(samples, smoothed, SmoothingSettings())
    assert summary.dominant is None
    assert summary.assessed_share == 0
    assert timeline.smooth_track([], SmoothingSettings()).shape == (0, 7)


def test_the_mix_of_a_scene_counts_a_face_once_however_often_it_is_seen():
    t = np.array([0.1, 0.2, 0.3, 0.4, 2.5])
    track = np.array([1, 1, 1, 2, 2])
    mix = timeline.scene_mix(t, track, rows(*["happy"] * 3, "neutral", "neutral"), 1.0)
    assert mix.faces.tolist() == [2, 0, 1]
    assert mix.share[0, HAPPY] == pytest.approx(mix.share[0, NEUTRAL])
    assert np.isnan(mix.share[1]).all()
    assert mix.share[2].argmax() == NEUTRAL
