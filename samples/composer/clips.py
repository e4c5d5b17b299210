"""Definitions of the three clips: rooms, people, paths, times and encoders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import numpy as np

from composer.camera import Look, Scene
from composer.cutout import BARACK_OBAMA, JOE_BIDEN, cut_out
from composer.encode import Codec
from composer.room import Door, Room, draw_room
from composer.walker import Mark, Walker

LOBBY = Room(
    half_width=3.2,
    depth=11,
    ceiling=2.8,
    eye=2.0,
    focal=820,
    horizon=70,
    wall=(0.74, 0.78, 0.80),
    skirt=(0.52, 0.58, 0.62),
    floor=(0.60, 0.64, 0.68),
    tile=0.6,
    doors=(Door(-1, 9.0, 9.9), Door(1, 9.3, 10.2)),
    lamps=((-1.2, 5.5), (1.2, 5.5), (-1.2, 8.5), (1.2, 8.5), (0.0, 2.0)),
    ambient=0.34,
    seed=1,
)
CORRIDOR = Room(
    half_width=1.5,
    depth=15,
    ceiling=2.6,
    eye=1.95,
    focal=900,
    horizon=60,
    wall=(0.70, 0.72, 0.66),
    skirt=(0.55, 0.50, 0.42),
    floor=(0.50, 0.55, 0.60),
    tile=0.4,
    doors=(Door(1, 7.6, 8.6, is_open=True), Door(-1, 5.6, 6.5), Door(-1, 9.5, 10.4)),
    lamps=((0.0, 3.5), (0.0, 7.0), (0.0, 10.5), (0.0, 14.0)),
    ambient=0.28,
    seed=2,
)
STORE = Room(
    half_width=2.1,
    depth=9,
    ceiling=2.5,
    eye=1.95,
    focal=760,
    horizon=80,
    wall=(0.60, 0.60, 0.60),
    skirt=(0.40, 0.40, 0.40),
    floor=(0.45, 0.45, 0.45),
    tile=0.5,
    doors=(Door(-1, 6.2, 7.3, is_open=True), Door(1, 7.0, 8.0)),
    lamps=((0.0, 4.5),),
    ambient=0.55,
    seed=3,
)


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One clip to compose: frame ``i`` is exposed at ``pts[i]`` of the codec's time base."""

    file: str
    scene: Scene
    pts: tuple[int, ...]
    last_duration: int
    codec: Codec
    pauses: tuple[tuple[float, float], ...] = ()


def _h264(rate: Fraction, crf: int) -> Codec:
    """H.264 as recorders write it: no B-frames, a keyframe every 50 frames, times in 1/90000 s."""
    return Codec(
        name="libx264",
        pixel_format="yuv420p",
        time_base=Fraction(1, 90_000),
        rate=rate,
        options=(
            ("crf", str(crf)),
            ("preset", "slow"),
            ("x264-params", "bframes=0:keyint=50:scenecut=0:threads=1"),
        ),
        container_options=(("video_track_timescale", "90000"), ("movflags", "+faststart")),
    )


def lobby(sources: Path) -> Clip:
    """25 frames/s, 16 s: nobody for 4 s, then the known person comes, stands and leaves."""
    known = Walker(
        cut_out(BARACK_OBAMA, sources),
        (
            Mark(4.0, -3.1, 6.4),
            Mark(8.4, 0.1, 1.9),
            Mark(11.6, 0.1, 1.75),
            Mark(13.2, 1.3, 1.2),
        ),
    )
    look = Look("CAM01 LOBBY", datetime(2024, 3, 12, 8, 15, 0), noise=3.0)
    scene = Scene(LOBBY, draw_room(LOBBY), (known,), look, seed=11)
    pts = tuple(range(0, 16 * 90_000, 3_600))
    return Clip("lobby_cam1_20240312_081500.mp4", scene, pts, 3_600, _h264(Fraction(25), 24))


def corridor(sources: Path) -> Clip:
    """Variable rate, 18 s: the stranger alone, then the stranger and the known person together.

    12 frames/s, 5 frames/s from 6 s, nothing from 11 to 14 s, then 25 frames/s, all with jitter as
    of a busy recorder.
    """
    stranger = cut_out(JOE_BIDEN, sources)
    alone = (Mark(0.8, 2.3, 8.2), Mark(2.2, 0.5, 7.4), Mark(5.4, -0.1, 2.0), Mark(6.6, -1.1, 1.2))
    again = (
        Mark(7.4, 2.3, 8.0),
        Mark(8.6, 0.4, 7.2),
        Mark(11.0, -0.3, 4.6),
        Mark(14.0, -0.42, 2.1),
        Mark(16.2, -0.40, 1.95),
        Mark(17.6, -1.2, 1.25),
    )
    beside = (
        Mark(7.9, 2.3, 8.3),
        Mark(9.2, 0.8, 7.4),
        Mark(11.0, 0.5, 5.0),
        Mark(14.0, 0.38, 2.0),
        Mark(16.0, 0.36, 1.85),
        Mark(17.3, 1.1, 1.2),
    )
    walkers = (
        Walker(stranger, alone, phase=0.2),
        Walker(stranger, again, phase=0.3),
        Walker(cut_out(BARACK_OBAMA, sources), beside, phase=0.6),
    )
    look = Look("CAM02 CORRIDOR", datetime(2024, 3, 12, 8, 16, 30), noise=3.0)
    scene = Scene(CORRIDOR, draw_room(CORRIDOR), walkers, look, seed=12)
    return Clip(
        "corridor_cam2_20240312_081630.mp4",
        scene,
        _irregular_pts(),
        3_600,
        _h264(Fraction(12), 24),
        pauses=((11.0, 14.0),),
    )


def _irregular_pts() -> tuple[int, ...]:
    """Return the pts of the corridor clip in 1/90000 s, each shifted by up to 15 % of a step."""
    rng = np.random.default_rng(21)
    pts: list[int] = []
    for start, end, rate in ((0.0, 6.0, 12), (6.0, 11.0, 5), (14.0, 18.0, 25)):
        steps = np.arange(round((end - start) * rate))
        shift = rng.uniform(-0.15, 0.15, steps.size) * (steps > 0)
        pts += [int(v) for v in ((start + (steps + shift) / rate) * 90_000).round()]
    return tuple(pts)


def store(sources: Path) -> Clip:
    """8 frames/s, 10 s, Motion JPEG in AVI: the known person at night under infra-red light."""
    known = Walker(
        cut_out(BARACK_OBAMA, sources),
        (
            Mark(1.5, -2.9, 6.8),
            Mark(2.8, -1.2, 6.2),
            Mark(5.6, -0.2, 1.85),
            Mark(7.2, -0.2, 1.75),
            Mark(8.6, 1.4, 1.35),
        ),
        phase=0.4,
    )
    look = Look("CAM03 STORE IR", datetime(2024, 3, 12, 22, 40, 10), noise=5.5, infrared=True)
    scene = Scene(STORE, draw_room(STORE), (known,), look, seed=13)
    codec = Codec(
        name="mjpeg",
        pixel_format="yuvj420p",
        time_base=Fraction(1, 8),
        rate=Fraction(8),
        options=(("qmin", "9"), ("qmax", "9"), ("flags", "+qscale+bitexact")),
    )
    return Clip("store_cam3_20240312_224010.avi", scene, tuple(range(80)), 1, codec)


CLIPS = (lobby, corridor, store)
