"""Fields are seen in decoded pictures, in any container, and what is progressive stays so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.types import Frame, VideoInfo
from analyzer.video.combing import LooksTold, field_order
from analyzer.video.decode import Decoder
from analyzer.video.ffmpeg_command import command
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.clips import MakeClip

pytestmark = pytest.mark.slow

SOURCE = ("-f", "lavfi", "-i", "testsrc2=size=352x288:rate=50:duration=2,scroll=horizontal=0.02")
WOVEN = ("-vf", "interlace=scan={order},format=yuv420p")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "18")
DECLARED = ("-flags", "+ilme+ildct")

CODINGS = {
    "declared.mp4": (*X264, "-x264-params", "{order}=1"),
    "declared.ts": (*X264, "-x264-params", "{order}=1"),
    "declared.h264": (*X264, "-x264-params", "{order}=1"),
    "declared.avi": (*X264, "-x264-params", "{order}=1"),
    "not_declared.mp4": X264,
    "not_declared.mkv": X264,
    "mpeg4.avi": ("-c:v", "mpeg4", "-q:v", "3", *DECLARED),
    "mpeg4_not_declared.avi": ("-c:v", "mpeg4", "-q:v", "3"),
    "mpeg2.mpg": ("-c:v", "mpeg2video", "-q:v", "3", *DECLARED),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-q:v", "3", *DECLARED),
    "mjpeg.avi": ("-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"),
}


def made(name: str, order: str, make_clip: MakeClip) -> Path:
    words = [word.format(order=order) for word in (*WOVEN, *CODINGS[name])]
    return make_clip(f"{order}_{name}", *SOURCE, *words)


def frames(info: VideoInfo) -> list[Frame]:
    (span,) = plan_segments(info, 1e9, 0)
    return list(Decoder(info, span, 25.0))


@pytest.mark.parametrize("order", ["tff", "bff"])
@pytest.mark.parametrize("name", CODINGS)
def test_woven_fields_are_seen_and_told_apart(name: str, order: str, make_clip: MakeClip) -> None:
    info = probe(made(name, order, make_clip))
    assert (info.interlaced, info.field_order) == (True, order)


def test_dv_is_seen(make_clip: MakeClip) -> None:
    source = (
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=720x576:rate=50:duration=1,scroll=horizontal=0.02",
    )
    dv = ("-c:v", "dvvideo", "-pix_fmt", "yuv420p")
    for suffix in ("avi", "dv", "mov"):
        woven = make_clip(f"woven_dv.{suffix}", *source, "-vf", "interlace=scan=tff", *dv)
        plain = make_clip(f"plain_dv.{suffix}", *source, "-r", "25", *dv)
        assert probe(woven).interlaced, suffix
        assert not probe(plain).interlaced, "DV declares every picture as interlaced"


@pytest.mark.parametrize("name", CODINGS)
def test_combs_are_gone_after_decoding(name: str, make_clip: MakeClip) -> None:
    info = probe(made(name, "tff", make_clip))

    def combed(info: VideoInfo) -> int:
        lumas = [frame.luma for frame in frames(info)]
        found = [field_order(*lumas[i : i + 3]) for i in range(len(lumas) - 2)]
        return sum(order in ("tff", "bff") for order in found)

    assert combed(replace(info, interlaced=False)) > 20
    assert combed(info) == 0


def test_progressive_pictures_that_are_declared_interlaced_stay_as_they_are(
    make_clip: MakeClip,
) -> None:
    flags = ("-r", "25", "-vf", "setfield=tff", *X264, "-x264-params", "tff=1", *DECLARED)
    info = probe(make_clip("declared_progressive.mp4", *SOURCE, *flags))
    assert not info.interlaced
    assert "yadif" not in " ".join(command("ffmpeg", info, None, 5.0, 1))


def test_where_nothing_moves_the_declaration_counts(make_clip: MakeClip) -> None:
    still = ("-f", "lavfi", "-i", "smptebars=size=352x288:rate=25:duration=2")
    declared = (*X264, "-x264-params", "tff=1", *DECLARED)
    assert probe(make_clip("still_declared.mp4", *still, *declared)).interlaced
    assert not probe(make_clip("still.mp4", *still, *X264)).interlaced


def test_noise_is_no_field() -> None:
    rng = np.random.default_rng(1)
    told = LooksTold(pictures=200)
    for _ in range(50):
        noisy = [np.clip(rng.normal(120, 12, (288, 352)), 0, 255).astype(np.uint8) for _ in "abc"]
        found = field_order(*noisy)
        if found is not None:
            setattr(told, found, getattr(told, found) + 1)
    assert told.field_order == ""


def test_one_walker_in_a_still_scene_is_enough() -> None:
    rng = np.random.default_rng(2)
    scene = rng.integers(40, 200, (288, 352)).astype(np.uint8)
    scene = np.repeat(np.repeat(scene[::8, ::8], 8, 0), 8, 1)

    def at(field: int) -> np.ndarray:
        picture = scene.copy()
        picture[150:230, 40 + 3 * field : 70 + 3 * field] = 250
        return picture

    def woven(i: int) -> np.ndarray:
        picture = at(2 * i)
        picture[1::2] = at(2 * i + 1)[1::2]
        return picture

    assert field_order(woven(0), woven(1), woven(2)) == "tff"
    assert field_order(at(0), at(2), at(4)) == "progressive"
    assert field_order(scene, scene, scene) is None
