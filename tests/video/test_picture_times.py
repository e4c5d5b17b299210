"""Every picture has the moment at which it was recorded, whatever the file does with its stamps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import pytest

from analyzer.clock.rule import stored_clocks
from analyzer.types import VideoInfo
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.clips import MakeClip
from tests.video.damage import PES_OF_VIDEO, with_clock, without_stamps
from tests.video.fields import Pair, field_pictures

pytestmark = pytest.mark.slow

SOURCE = ("-f", "lavfi", "-i", "testsrc2=size=176x144:rate=25:duration=6")
X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "2", "-pix_fmt", "yuv420p")
FPS = 5.0
TICKS = 90_000


def paused(seconds: float) -> tuple[str, ...]:
    """Return what lets the recorder pause for so long after 3 s."""
    return ("-vf", f"setpts='round((N/25+gte(N,75)*{seconds})/TB)'", "-fps_mode", "passthrough")


def decoded(info: VideoInfo, segment_s: float = 1e9) -> list[float]:
    """Return the times of the sampled pictures, of all segments."""
    return [
        frame.moment.t
        for span in plan_segments(info, segment_s, 0)
        for frame in Decoder(info, span, FPS)
        if frame.moment.pts >= span.start_pts
    ]


def in_two_bursts(pause_s: float) -> list[float]:
    return [i / FPS + (pause_s if i >= 15 else 0) for i in range(30)]


CONTAINERS = {
    "mp4": X264,
    "mov": X264,
    "mkv": X264,
    "ts": X264,
    "flv": X264,
    "avi": X264,
    "mjpeg.avi": ("-c:v", "mjpeg", "-pix_fmt", "yuvj420p"),
    "mpeg4.avi": ("-c:v", "mpeg4", "-bf", "2", "-g", "25"),
    "mpeg2.ts": ("-c:v", "mpeg2video", "-bf", "2", "-g", "15"),
    "mpg": ("-c:v", "mpeg2video", "-bf", "2", "-g", "15"),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_pause_is_known_and_sampling_goes_by_time(name: str, make_clip: MakeClip) -> None:
    path = make_clip(f"paused.{name}", *SOURCE, *paused(7), *CONTAINERS[name])
    info = probe(path)
    (pause,) = info.pauses
    at = [info.clock.moment(pts).t for pts in pause]
    # A program stream has a stamp for the first of the pictures that share a packet only.
    assert at == pytest.approx([2.96, 10.0], abs=0.09 if name == "mpg" else 0.002)
    assert info.duration_s == pytest.approx(13.0, abs=0.05)
    assert info.recorded_s == pytest.approx(6.0, abs=0.09)
    assert (info.frames, info.usual_step_s) == (150, pytest.approx(0.04, abs=0.001))
    assert decoded(info) == pytest.approx(in_two_bursts(7.0), abs=0.002)


def test_one_segment_and_many_see_the_same_pictures_about_a_pause(make_clip: MakeClip) -> None:
    for name in ("mp4", "ts", "mkv", "flv"):
        path = make_clip(f"long_pause.{name}", *SOURCE, *paused(100), *X264)
        info = probe(path)
        assert len(plan_segments(info, 2.0, 0)) > 2
        assert decoded(info, 2.0) == decoded(info), name


@pytest.mark.parametrize("rate", [0.5, 1.0, 2.0])
def test_a_slow_stretch_is_no_pause(rate: float, make_clip: MakeClip) -> None:
    slow = f"3+(N-75)/{rate}"
    times = f"setpts='round(if(lt(N,75),N/25,if(lt(N,85),{slow},{slow}+(N-85)/25))/TB)'"
    arguments = (*SOURCE, "-vf", times, "-fps_mode", "passthrough", *X264)
    info = probe(make_clip(f"slow_{rate}.mp4", *arguments))
    assert info.pauses == ()
    assert info.recorded_s == info.duration_s


CLOCKS: dict[str, Callable[[int], int]] = {
    f"{bits} bits": lambda stamp, bits=bits: (stamp + (1 << bits) - 400_000) % (1 << bits)  # type: ignore[misc]
    for bits in (31, 32, 33)
}


@pytest.mark.parametrize("suffix", ["ts", "mpeg2.ts", "mpg"])
@pytest.mark.parametrize(
    ("clock", "pause_s"),
    [*((clock, 0.0) for clock in CLOCKS), ("32 bits", 60.0), ("33 bits", 60.0)],
)
def test_a_clock_that_starts_over_goes_on(
    clock: str, suffix: str, pause_s: float, make_clip: MakeClip, tmp_path: Path
) -> None:
    whole = make_clip(f"clock{pause_s}.{suffix}", *SOURCE, *paused(pause_s), *CONTAINERS[suffix])
    path = tmp_path / whole.name
    path.write_bytes(with_clock(CLOCKS[clock], whole.read_bytes()))
    info, expected = probe(path), probe(whole)
    assert info.duration_s == pytest.approx(expected.duration_s, abs=1e-6)
    assert len(info.pauses) == (1 if pause_s else 0)
    assert decoded(info) == pytest.approx(in_two_bursts(pause_s), abs=0.002)
    assert info.timestamps == expected.timestamps


def test_a_recording_that_was_joined_follows_at_the_usual_step(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    one = make_clip("part.ts", *SOURCE, *X264).read_bytes()
    late = with_clock(lambda stamp: stamp + 9000 * TICKS, one)
    for name, parts in {
        "equal": [one, one, one],
        "later": [one, late],
        "back": [late, one],
    }.items():
        path = tmp_path / f"{name}.ts"
        path.write_bytes(b"".join(parts))
        info = probe(path)
        if name == "later":  # nothing tells this from a pause
            assert info.recorded_s == pytest.approx(12.0, abs=0.01)
            continue
        seconds = 6 * len(parts)
        assert (info.timestamps, info.interpolated) == ("interpolated", len(parts) - 1)
        assert info.duration_s == pytest.approx(seconds, abs=0.01)
        assert decoded(info) == pytest.approx([i / FPS for i in range(5 * seconds)], abs=0.002)


@pytest.mark.parametrize(
    ("share", "within"), [(20, 0.002), (3, 0.09), (2, 0.09), (25, 0.13)], ids=lambda v: str(v)
)
def test_missing_stamps_are_interpolated_and_counted(
    share: int, within: float, make_clip: MakeClip, tmp_path: Path
) -> None:
    """One of 20, of 3 and of 2 is missing, and all but one of 25, in a recording with a pause."""
    whole = make_clip("unstamped.ts", *SOURCE, *paused(30), *X264)
    gone = (lambda n: n % 25 != 0) if share == 25 else (lambda n: n % share == 1)
    path = tmp_path / "gone.ts"
    path.write_bytes(without_stamps(gone, whole.read_bytes()))
    info = probe(path)
    assert (info.timestamps, info.frames) == ("interpolated", 150)
    assert info.interpolated == sum(map(gone, range(150)))
    assert info.duration_s == pytest.approx(36.0, abs=within + 0.01)
    if share < 25:
        (pause,) = info.pauses
        at = [info.clock.moment(pts).t for pts in pause]
        assert at == pytest.approx([2.96, 33.0], abs=within)
    times = decoded(info)
    assert times == sorted(times)
    assert len([t for t in times if t > 32]) >= 15
    assert len(times) == pytest.approx(30, abs=1)


@pytest.mark.parametrize("off", [3_000_000, 900_000_000, -400_000], ids=str)
@pytest.mark.parametrize("wrong", [{40}, {60, 61}, {20, 110}], ids=str)
def test_a_stamp_that_is_far_off_is_left_out(
    wrong: set[int], off: int, make_clip: MakeClip, tmp_path: Path
) -> None:
    whole = make_clip("outlier.ts", *SOURCE, *X264, "-output_ts_offset", "20")
    number = -1

    def change(stamp: int) -> int:
        return stamp + off if number in wrong else stamp

    parts = []
    for piece in whole.read_bytes().split(PES_OF_VIDEO):
        parts.append(with_clock(change, PES_OF_VIDEO + piece)[len(PES_OF_VIDEO) :])
        number += 1
    path = tmp_path / "outlier.ts"
    path.write_bytes(PES_OF_VIDEO.join(parts))
    info = probe(path)
    assert (info.timestamps, info.interpolated, info.pauses) == ("interpolated", len(wrong), ())
    assert info.duration_s == pytest.approx(6.0, abs=0.01)
    assert decoded(info) == pytest.approx([i / FPS for i in range(30)], abs=0.09)


def muxed(path: Path, pairs: Sequence[Pair], stamps: Callable[[int], list[int | None]]) -> Path:
    """Write field pictures as ``path``: whole where ``stamps`` gives one, else field by field."""
    raw = path.with_suffix(".h264")
    raw.write_bytes(b"".join(a + b for a, b in pairs))
    with av.open(str(raw)) as source, av.open(str(path), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for i, (a, b) in enumerate(pairs):
            times = stamps(i)
            for data, pts in zip((a + b,) if len(times) == 1 else (a, b), times, strict=True):
                packet = av.Packet(data)
                packet.stream, packet.time_base = stream, Fraction(1, TICKS)
                packet.pts = packet.dts = pts
                packet.is_keyframe = i % 25 == 0 and data is not b
                target.mux(packet)
    return path


STEP = TICKS // 25
FIELDS: dict[str, Callable[[int], list[int | None]]] = {
    "one_stamp.ts": lambda i: [TICKS + i * STEP],
    "two_stamps.ts": lambda i: [TICKS + i * STEP, TICKS + i * STEP + STEP // 2],
    "two_stamps.mp4": lambda i: [i * STEP, i * STEP + STEP // 2],
    "one_stamp.mkv": lambda i: [i * STEP],
    "paused.ts": lambda i: [TICKS + i * STEP + (i >= 50) * 30 * TICKS],
    "invented.mp4": lambda i: [2 * i * STEP, (2 * i + 1) * STEP],
}


@pytest.mark.parametrize("name", FIELDS)
def test_two_fields_are_one_picture(name: str, tmp_path: Path) -> None:
    info = probe(muxed(tmp_path / name, field_pictures(100), FIELDS[name]))
    pause = 30.0 if name == "paused.ts" else 0.0
    assert info.frames == 100
    assert info.duration_s == pytest.approx(4.0 + pause, abs=0.001)
    assert info.recorded_s == pytest.approx(4.0, abs=0.001)
    assert info.timestamps == ("invented" if name == "invented.mp4" else "stored")
    expected = [i / FPS + (pause if i >= 10 else 0) for i in range(20)]
    assert decoded(info) == pytest.approx(expected, abs=0.001)


def test_fields_without_stamps_are_counted_as_pictures(tmp_path: Path) -> None:
    path = tmp_path / "fields.h264"
    path.write_bytes(b"".join(a + b for a, b in field_pictures(100)))
    info = probe(path)
    assert (info.timestamps, info.frames, info.duration_s) == ("counted", 100, 4.0)
    assert decoded(info) == pytest.approx([i / FPS for i in range(20)])


def test_fields_that_do_not_decode_are_a_gap_and_no_pause(tmp_path: Path) -> None:
    path = muxed(tmp_path / "broken.mp4", field_pictures(150), FIELDS["two_stamps.mp4"])
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        for packet in container.demux(video=0):
            if packet.size and 2.4 <= packet.pts * packet.time_base < 5.0:
                data[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    path.write_bytes(data)
    info = probe(path)
    assert info.pauses == ()
    (span,) = plan_segments(info, 1e9, 0)
    decoder = Decoder(info, span, FPS)
    for _ in decoder:
        pass
    (gap,) = decoder.errors.gaps
    assert (gap.t_start, gap.t_end) == pytest.approx((2.4, 5.0), abs=0.25)


def test_pictures_that_refer_to_what_was_cut_away_do_not_count(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    coding = ("-c:v", "mpeg2video", "-bf", "2", "-g", "15")
    whole = make_clip("groups.ts", *SOURCE, *coding)
    for suffix in ("ts", "mkv"):
        path = tmp_path / f"cut.{suffix}"
        keyframes = 0
        with av.open(str(whole)) as source, av.open(str(path), "w") as target:
            stream = target.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                keyframes += packet.is_keyframe
                if packet.size and keyframes > 1:
                    packet.stream = stream
                    target.mux(packet)
        with av.open(str(path)) as cut:
            truth = [frame.pts for frame in cut.decode(video=0)]
        info = probe(path)
        assert (info.frames, info.start_pts) == (len(truth), truth[0]), suffix


@pytest.mark.parametrize("suffix", ["mp4", "mov", "mkv", "ts"])
def test_pictures_that_begin_after_the_sound_begin_later(suffix: str, make_clip: MakeClip) -> None:
    sound = ("-f", "lavfi", "-i", "anullsrc", "-t", "8")
    late = ("-filter_complex", "[0:v]setpts=PTS+2/TB[v]", "-map", "[v]", "-map", "1:a")
    codecs = (*X264[:-4], "-bf", "0", "-c:a", "mp2" if suffix == "ts" else "aac")
    made = ("-metadata", "creation_time=2024-01-15T12:00:00Z")
    path = make_clip(f"late.{suffix}", *SOURCE, *sound, *late, *codecs, *made)
    info = probe(path)
    assert info.start_offset_s == pytest.approx(2.0, abs=0.06)
    assert info.duration_s == pytest.approx(6.0, abs=0.01)
    for clock in stored_clocks(info, ["cam1_20240115_120000.mp4"]):
        (piece,) = clock.pieces
        assert (piece.wall - datetime(2024, 1, 15, 12)).total_seconds() == pytest.approx(2, abs=0.1)


def test_a_stream_that_begins_at_any_clock_begins_at_its_first_picture(
    clip_transport: Path, clip_constant: Path, clip_edited: Path
) -> None:
    assert probe(clip_transport).start_offset_s == 0.0
    assert probe(clip_constant).start_offset_s == 0.0
    assert abs(probe(clip_edited).start_offset_s) < 0.1
