"""The committed clips are what truth.json says, so that other tests may lean on it."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

MIB = 1 << 20


@lru_cache(maxsize=1)
def _decoded(path: Path) -> tuple[list[Fraction], NDArray[np.int16]]:
    """Exact times of all frames, and their half-size luma without the burnt-in texts."""
    times, pictures = [], []
    with av.open(str(path)) as video:
        for frame in video.decode(video.streams.video[0]):
            assert frame.pts is not None
            assert frame.time_base is not None
            times.append(Fraction(frame.pts) * frame.time_base)
            pictures.append(frame.to_ndarray(format="gray")[40:330:2, ::2].astype(np.int16))
    return times, np.stack(pictures)


def _times(samples: Path, clip: dict[str, Any]) -> list[Fraction]:
    return _decoded(samples / "footage" / clip["file"])[0]


def test_every_frame_lies_where_truth_says(samples: Path, clip: dict[str, Any]) -> None:
    base = Fraction(clip["time_base"])
    assert len(clip["pts"]) == clip["frames"]
    assert _times(samples, clip) == [pts * base for pts in clip["pts"]]


def test_duration_ends_with_the_last_frame(samples: Path, clip: dict[str, Any]) -> None:
    with av.open(str(samples / "footage" / clip["file"])) as video:
        stream = video.streams.video[0]
        assert stream.duration is not None
        assert stream.time_base is not None
        assert float(stream.duration * stream.time_base) == pytest.approx(
            clip["duration_s"], abs=1e-6
        )


def test_the_variable_rate_clip_is_really_irregular(samples: Path, clip: dict[str, Any]) -> None:
    steps = np.diff(np.array([float(t) for t in _times(samples, clip)]))
    if not clip["variable_rate"]:
        assert np.ptp(steps) < 1e-6
        return
    assert len(set(steps.round(4))) > 100
    assert steps.max() > 2.5
    assert np.median(steps) < 0.1 < np.percentile(steps, 90)


def test_variable_rate_and_a_pause_are_among_the_clips(truth_clips: list[dict[str, Any]]) -> None:
    assert sorted(clip["variable_rate"] for clip in truth_clips) == [False, False, True]
    assert any(clip["pauses"] for clip in truth_clips)


def test_a_pause_holds_no_frame(samples: Path, clip: dict[str, Any]) -> None:
    for start, end in clip["pauses"]:
        assert end - start == pytest.approx(3.0)
        assert not [t for t in _times(samples, clip) if start < t < end]


def _pictures(samples: Path, clip: dict[str, Any], spans: list[list[float]]) -> NDArray[np.int16]:
    """Luma of up to 40 frames inside ``spans`` (seconds, as rounded in the truth)."""
    times, pictures = _decoded(samples / "footage" / clip["file"])
    chosen = [i for i, t in enumerate(times) if any(a - 1e-3 <= t <= b + 1e-3 for a, b in spans)]
    return pictures[chosen[:: max(1, len(chosen) // 40)]]


def test_nothing_moves_in_the_empty_stretch(samples: Path, clip: dict[str, Any]) -> None:
    empty = _pictures(samples, clip, clip["empty"])
    room = np.median(empty, axis=0)
    assert max(float((abs(p - room) > 40).mean()) for p in empty) < 0.002


def test_somebody_is_there_when_a_face_is_said_to_be(samples: Path, clip: dict[str, Any]) -> None:
    room = np.median(_pictures(samples, clip, clip["empty"]), axis=0)
    stretches = [span for person in clip["people"] for span in person["face_visible"]]
    assert len(stretches) >= len(clip["people"]) >= 1
    for span in stretches:
        changed = [float((abs(p - room) > 40).mean()) for p in _pictures(samples, clip, [span])]
        # The farthest person, at night, changed 0.57 % of the picture; noise alone changed nothing.
        assert len(changed) >= 5
        assert min(changed) > 0.002


def test_first_stretch_of_the_lobby_is_empty_for_four_seconds(
    truth_clips: list[dict[str, Any]],
) -> None:
    start, end = truth_clips[0]["empty"][0]
    assert start == 0.0
    assert end >= 4.0


def test_footage_stays_small(samples: Path) -> None:
    sizes = [path.stat().st_size for path in (samples / "footage").iterdir()]
    assert len(sizes) == 3
    assert sum(sizes) <= 3 * MIB
