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


def test_summary_of_a_track_that_could_not_be_assessed_is_empty():
    moments = [Moment(i, i * 0.2) for i in range(3)]
    samples = [EmotionSample(m, rows("fear")[0], False, 0.1, "too small") for m in moments]
    summary = timeline.summarise_track(samples, SmoothingSettings())
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
