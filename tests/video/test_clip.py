"""What is cut and painted, picture by picture."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from analyzer.errors import VideoError
from analyzer.types import Moment
from analyzer.video import annotate
from analyzer.video.clip import cut, still
from analyzer.video.probe import probe
from tests.clips import *  # noqa: F403 - the fixtures that make clips


def times(path: Path) -> list[float]:
    with av.open(str(path)) as clip:
        return [float(frame.time or 0.0) for frame in clip.decode(video=0)]


def test_every_picture_keeps_its_time_on_a_variable_rate(
    clip_variable: Path, tmp_path: Path
) -> None:
    info = probe(clip_variable)
    made = cut(info, 0.0, info.duration_s, tmp_path / "copy.mp4")
    with av.open(str(clip_variable)) as source:
        frames = list(source.decode(video=0))
    stored = sorted(float((f.pts - info.start_pts) * info.time_base) for f in frames)
    assert made.frames == len(stored)
    assert times(tmp_path / "copy.mp4") == pytest.approx(stored, abs=2e-5)


def test_a_stretch_begins_and_ends_where_it_was_asked(clip_constant: Path, tmp_path: Path) -> None:
    info = probe(clip_constant)
    made = cut(info, 1.0, 2.0, tmp_path / "part.mp4", width=64)
    assert made.first.t == pytest.approx(1.0, abs=0.05)
    assert made.last.t == pytest.approx(2.0, abs=0.05)
    assert made.width <= 64 and made.width % 2 == made.height % 2 == 0
    assert times(tmp_path / "part.mp4")[0] == 0
    with pytest.raises(VideoError, match="can be decoded"):
        cut(info, 1e5, 1e5 + 1, tmp_path / "none.mp4")
    assert not (tmp_path / "none.mp4").exists()
    png, moment = still(info, 1.0)
    assert png.startswith(b"\x89PNG") and moment == made.first


def test_the_same_stretch_gives_the_same_bytes(clip_constant: Path, tmp_path: Path) -> None:
    info = probe(clip_constant)
    for name in ("a.mp4", "b.mp4"):
        cut(info, 0.5, 1.5, tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_smaller_copy_shows_the_same_pictures_painted_or_not(
    clip_constant: Path, tmp_path: Path
) -> None:
    info = probe(clip_constant)
    plain, painted = tmp_path / "plain.mp4", tmp_path / "painted.mp4"
    made = cut(info, 1.0, 2.0, plain, width=160)
    assert cut(info, 1.0, 2.0, painted, width=160, paint=lambda picture, _: picture) == made
    for a, b in zip(*(pictures(path) for path in (plain, painted)), strict=True):
        assert a.shape == b.shape == (120, 160, 3)
        assert np.abs(a.astype(int) - b).mean() < 6


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as clip:
        return [frame.to_ndarray(format="bgr24") for frame in clip.decode(video=0)]


def path_of(x: float, subject: bool, t: tuple[float, ...] = (1.0, 2.0)) -> annotate.TrackPath:
    face = np.array([[x, 40.0, 20.0, 24.0]] * len(t))
    return annotate.TrackPath(np.array(t), face, np.full((len(t), 4), np.nan), "T1", subject)


def test_others_are_hidden_and_the_subject_is_not() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 255, (120, 200, 3)).astype(np.uint8)
    before = picture.copy()
    annotate.hide_others(picture, [path_of(20, True), path_of(120, False)], 1.5)
    assert (picture[:, :100] == before[:, :100]).all()
    assert (picture[40:64, 120:140] != before[40:64, 120:140]).mean() > 0.9
    late = before.copy()
    annotate.hide_others(late, [path_of(120, False)], 3.2)
    assert (late != before).any(), "hidden for a while after it was last seen"


def test_a_head_is_hidden_where_only_a_body_was_seen() -> None:
    picture = np.random.default_rng(0).integers(0, 255, (200, 100, 3)).astype(np.uint8)
    before = picture.copy()
    body = np.array([[20.0, 20.0, 40.0, 150.0]])
    seen = annotate.TrackPath(np.array([1.0]), np.full((1, 4), np.nan), body, "", False)
    annotate.hide_others(picture, [seen], 1.0)
    assert (picture[22:60, 25:55] != before[22:60, 25:55]).mean() > 0.9
    assert (picture[100:] == before[100:]).all()


def test_boxes_move_in_a_straight_line_and_never_over_a_gap() -> None:
    t = np.array([1.0, 2.0, 10.0])
    boxes = np.array([[0.0, 0, 10, 10], [10, 0, 10, 10], [50, 0, 10, 10]])
    assert annotate.box_at(t, boxes, 1.5).tolist() == [5, 0, 10, 10]  # type: ignore[union-attr]
    assert annotate.box_at(t, boxes, 6.0) is None
    assert annotate.box_at(t, boxes, 2.2) is not None


def test_what_is_drawn_says_the_clock(clip_constant: Path) -> None:
    picture = np.full((180, 320, 3), 128, np.uint8)
    draw = annotate.painter(
        [path_of(100, True)], draw=True, redact=False, clock_of=lambda t: f"{t:.3f}", foot="x"
    )
    drawn = draw(picture.copy(), Moment(0, 1.0))
    assert (drawn[150:] != 128).any() and (drawn[30:70, 90:130] != 128).any()
    assert (drawn[:20, 200:] == 128).all()
