"""Times of the pictures of a stream, from what its packets and pictures tell.

A packet mostly is a picture with its time. Here is what else it may be: one of two fields, a
picture that cannot be decoded, a stamp that is missing, that an empty clock invented, or that
belongs to another recording.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Timestamps
from analyzer.video import timing
from analyzer.video.packet_scanner import Scan
from analyzer.video.stamps import NO_PTS, continued, filled, without_outliers
from analyzer.video.timing import Timing

# Containers that store a rate and no time of any picture.
_RATE_ONLY = frozenset({"avi", "dv", "yuv4mpegpipe"})
# JPEG pictures one behind another: what libavformat gives them is its default rate.
_NO_CLOCK = "mjpeg"
# Fewest stamps per packet that are believed, and interpolated between: one per group of pictures.
_FEWEST_STAMPS = 1 / 1000
# Difference of two rates, in pictures, that are the same but for rounding.
_SAME_RATE = 0.1
# Most steps that differ from the usual one which an expression for ffmpeg may list.
_MOST_STEPS = 1000


@dataclass(frozen=True, slots=True)
class PictureTimes:
    """The timing of a stream in ticks of ``time_base``, and where it comes from; see VideoInfo."""

    timing: Timing
    time_base: Fraction
    source: Timestamps
    interpolated: int = 0
    retiming: str = ""


def picture_times(scan: Scan) -> PictureTimes | None:
    """Return the times of the pictures of ``scan``; None where no picture is to be shown."""
    of_pictures = len(scan.picture_pts) > 0
    stored = scan.picture_pts if of_pictures else scan.pts
    dts = np.full(len(stored), NO_PTS) if of_pictures else scan.dts
    if (stored == NO_PTS).all() and len(scan.dts) and (scan.dts != NO_PTS).all():
        if of_pictures or scan.reorders:
            return _by_order(scan)
        stored = dts
    if scan.container == _NO_CLOCK:
        return _counted(scan, len(stored), "counted")
    known = int((stored != NO_PTS).sum())
    if known < max(1, _FEWEST_STAMPS * len(stored)) or _one_picture_per_field(scan):
        return _counted(scan, len(stored), "invented" if known else "counted")
    return _stamped(scan, stored, dts)


def _one_picture_per_field(scan: Scan) -> bool:
    """Whether stamps were invented that count every field as a picture of its own.

    The stream itself says that there are twice as many pictures in a second.
    """
    pts = scan.picture_pts[scan.picture_pts != NO_PTS]
    if not len(pts) or not scan.codec_rate:
        return False
    step = timing.usual_step(np.unique(pts))
    return abs(step * float(scan.time_base * scan.codec_rate) - 2.0) < _SAME_RATE


def _stamped(scan: Scan, stored: NDArray[np.int64], dts: NDArray[np.int64]) -> PictureTimes | None:
    """Return times where most or some pictures have one."""
    clean = without_outliers(stored, dts, scan.time_base)
    whole = continued(clean.pts, clean.dts, scan.time_base)
    rules = ";".join(filter(None, (clean.rule, whole.rule)))
    pause = round(timing.PAUSE_S / float(scan.time_base))
    pts = filled(whole.pts, whole.dts, pause)
    if len(scan.picture_pts):
        kept = np.ones(len(pts), dtype=bool)
        key = np.isin(stored, scan.pts[scan.key]) & (stored != NO_PTS)
        duration = np.zeros(len(pts), dtype=np.int64)
    else:
        first = scan.looks.first_pts if not rules else None
        kept = timing.presented(pts, scan.key, scan.discard, first)
        key, duration = scan.key & (clean.pts != NO_PTS), scan.duration
    if not kept.any():
        return None
    times = timing.measure(pts[kept], duration[kept], key[kept], scan.time_base)
    interpolated = int((kept & (clean.pts == NO_PTS)).sum()) + whole.joins
    source: Timestamps = "interpolated" if interpolated else "stored"
    if scan.container in _RATE_ONLY:
        source = "invented"
    if not rules:
        times = _with_declared_end(times, scan)
    if len(scan.picture_pts):
        times = replace(times, pauses=_without_damage(times, scan.pts))
    return PictureTimes(times, scan.time_base, source, interpolated, rules)


def _without_damage(times: Timing, pts: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    """Return the pauses in which no packet lies: pictures that did not decode are no pause."""
    margin = 2 * times.usual_step
    return tuple(
        (a, b) for a, b in times.pauses if not ((pts > a + margin) & (pts < b - margin)).any()
    )


def _counted(scan: Scan, count: int, source: Timestamps) -> PictureTimes | None:
    """Return times of pictures that have none: their number at the rate of the stream."""
    if not len(scan.picture_pts):
        numbers = np.arange(count, dtype=np.int64)
        count = int(timing.presented(numbers, scan.key, scan.discard, None).sum())
    if not count:
        return None
    rate = scan.codec_rate if source == "invented" else scan.rate
    # Decoding can start at the first picture only, since ffmpeg cannot seek without stamps.
    keyframes = (0,) if scan.key.any() else ()
    times = Timing(0, count, count, 1.0, float(rate), False, keyframes, ())
    return PictureTimes(times, 1 / rate, source, 0, "N")


def _by_order(scan: Scan) -> PictureTimes | None:
    """Return times of pictures in a container that tells when each is decoded, in another order.

    Pictures are shown in the order of these times, later by what the decoder waits for. ffmpeg
    would begin one or two pictures late, and by how much depends on its version.
    """
    pts = np.sort(scan.dts)
    if len(scan.picture_pts):
        # The first of the fields of each picture.
        count = len(scan.picture_pts)
        pts = pts[np.arange(count) * len(pts) // count]
    else:
        numbers = np.arange(len(pts), dtype=np.int64)
        pts = pts[timing.presented(numbers, scan.key, scan.discard, None)]
        if not len(pts):
            return None
        pts = _later(pts, min(scan.looks.delay, len(pts) - 1))
    key = np.zeros(len(pts), dtype=bool)
    key[0] = True
    times = timing.measure(pts, np.zeros(len(pts), dtype=np.int64), key, scan.time_base)
    source: Timestamps = "invented" if scan.container in _RATE_ONLY else "stored"
    rule = _by_number(pts, max(1, round(times.usual_step)))
    return PictureTimes(_with_declared_end(times, scan), scan.time_base, source, 0, rule)


def _later(dts: NDArray[np.int64], delay: int) -> NDArray[np.int64]:
    """Return when pictures are shown that are decoded at ``dts`` with ``delay``, from dts[0] on."""
    step = round(timing.usual_step(dts))
    end = dts[-1] + step * np.arange(1, delay + 1)
    return np.concatenate([dts[delay:], end]) - (dts[delay] - dts[0])


def _by_number(pts: NDArray[np.int64], step: int) -> str:
    """Return the expression of ``setpts`` that gives the N-th picture the N-th of ``pts``.

    Where too many steps differ from the usual one, the longest are kept.
    """
    extra = np.diff(pts) - step
    where = np.flatnonzero(extra)
    if len(where) > _MOST_STEPS:
        where = np.sort(where[np.argsort(-np.abs(extra[where]), kind="stable")[:_MOST_STEPS]])
    terms = [f"gt(N,{i})*{extra[i]}" for i in where]
    return "+".join([f"{pts[0]}+N*{step}", *terms])


def _with_declared_end(times: Timing, scan: Scan) -> Timing:
    """Extend to the end that the header declares when the file was cut before it.

    Only where the header also declares how many frames there should be (MP4, AVI) and over 1 % of
    them are not in the file: what is missing is then reported as a gap.
    """
    declared = scan.declared_duration
    if not declared or len(scan.pts) >= 0.99 * scan.declared_frames:
        return times
    return replace(times, end_pts=max(times.end_pts, times.start_pts + declared))
