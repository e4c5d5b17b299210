"""Triage of a segment by its keyframes: around which of them somebody is.

A keyframe decodes alone, so a recording with one every few seconds is looked through in a fraction
of the time. What it cannot see is whoever comes and goes between two keyframes, and whoever the
detectors do not find on a keyframe.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.pipeline.frame_selection import FrameSelection
from analyzer.pipeline.inference import Inference
from analyzer.pipeline.tasks import SegmentTask
from analyzer.types import Box, Detection, Gap, SegmentSpan, VideoInfo
from analyzer.video.decode import DecodeErrors, Decoder
from analyzer.video.motion import MotionGate


@dataclass(frozen=True, slots=True)
class Triaged:
    """What the keyframes of a segment told; ``stretches`` are to be decoded in full, in order."""

    stretches: tuple[SegmentSpan, ...]
    sampled: int
    examined: int
    errors: DecodeErrors


def saves_time(info: VideoInfo, fps: float) -> bool:
    """Return whether the keyframes are few enough to save time, and known by their time."""
    return info.seekable and 2 * len(info.keyframes) < fps * info.recorded_s


def triage(task: SegmentTask, inference: Inference) -> Triaged:
    """Look at the keyframes of a segment; raises as Decoder does."""
    settings = task.settings
    gate, selection = MotionGate(settings.motion), FrameSelection(settings.motion)
    decoder = Decoder(
        task.info,
        task.span,
        settings.sampling.fps,
        keyframes_only=True,
        limits=settings.limits,
    )
    looks: list[tuple[int, bool]] = []
    somebody, examined = False, 0
    for frame in decoder:
        state = gate.update(frame.luma, frame.moment.t)
        if selection.should_detect(state, frame.moment.t):
            examined += 1
            found = _found(inference, frame.bgr, state.regions)
            # What cannot begin a track in full cannot call for a full look either.
            somebody = any(d.score >= settings.tracking.high_score for d in found)
        # Where nothing moved, whoever was there still is.
        looks.append((frame.moment.pts, somebody))
    return Triaged(stretches(task.span, looks), len(looks), examined, decoder.errors)


def _found(inference: Inference, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
    """Return the faces, else the bodies, of the first detector that finds anything."""
    for detector in inference.detectors:
        if found := detector.detect(bgr, regions):
            return [d for d in found if d.kind == "face"] or found
    return []


def stretches(span: SegmentSpan, looks: Sequence[tuple[int, bool]]) -> tuple[SegmentSpan, ...]:
    """Return the parts of ``span`` to decode in full: about each keyframe with somebody.

    ``looks`` are the pts of the keyframes in order, and whether somebody was there. A part reaches
    from the keyframe before to the keyframe after; parts that touch are one.
    """
    at = [pts for pts, _ in looks]
    before, after = [span.lead_pts, *at], [*at[1:], span.end_pts]
    parts: list[tuple[int, int]] = []
    for i, (_, somebody) in enumerate(looks):
        if not somebody:
            continue
        begin = before[i]
        if parts and begin <= parts[-1][1]:
            begin = parts.pop()[0]
        parts.append((begin, after[i]))
    return tuple(
        SegmentSpan(span.index, begin, max(begin, span.start_pts), end) for begin, end in parts
    )


def keyframes_only_s(info: VideoInfo, span: SegmentSpan, parts: Sequence[SegmentSpan]) -> float:
    """Return how many seconds of the segment's own stretch were looked at by keyframes only."""
    own = info.recorded_between(span.start_pts, span.end_pts)
    full = sum(info.recorded_between(part.start_pts, part.end_pts) for part in parts)
    return max(own - full, 0.0)


def merged_gaps(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    """Return ``gaps`` in order of time, those that touch as one: two passes find the same hole."""
    result: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: (gap.t_start, gap.t_end)):
        if result and gap.t_start <= result[-1].t_end:
            first = result.pop()
            gap = Gap(first.t_start, max(first.t_end, gap.t_end), first.reason)
        result.append(gap)
    return tuple(result)
