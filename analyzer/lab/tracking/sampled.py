"""Sampled frames of a sequence and what was found in them, as a run hands them to the tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from analyzer.config import Settings
from analyzer.detection.pairing import pair, without_parts_of_faced
from analyzer.pipeline.frame_selection import FrameSelection
from analyzer.pipeline.inference import Inference
from analyzer.pipeline.second_looks import SURE_BODY, Look
from analyzer.tracking.appearance import describe
from analyzer.types import Box, Detection, Frame, Moment, PersonDetection, SegmentSpan, VideoInfo
from analyzer.video.decode import Decoder
from analyzer.video.motion import MotionGate

SecondLook = Callable[[NDArray[np.uint8]], Look | None]
"""From a picture, uint8 (H, W, 3), to what looks again at a box in it."""

Detect = Callable[[Frame, Sequence[Box]], list[PersonDetection]]
"""From a frame, and the regions in which something moved, to the people in it."""


@dataclass(frozen=True, slots=True)
class SampledFrame:
    """One sampled frame; ``people`` is None where nothing moved and no detector looked.

    ``second`` has the second score of each of the people whose body is doubtful.
    """

    moment: Moment
    people: tuple[PersonDetection, ...] | None
    regions: tuple[Box, ...]
    second: Mapping[Box, float] = field(default_factory=dict)


def sampled_frames(
    info: VideoInfo, settings: Settings, detect: Detect, second: SecondLook | None = None
) -> Iterator[SampledFrame]:
    """Yield the frames of the whole video that a run with ``settings`` samples.

    Sampling, motion gate and frame selection are those of a run; so is the appearance of people.
    """
    span = whole_span(info)
    gate, selection = MotionGate(settings.motion), FrameSelection(settings.motion)
    for frame in Decoder(info, span, settings.sampling.fps, limits=settings.limits):
        state = gate.update(frame.luma, frame.moment.t)
        regions = tuple(state.regions)
        if not selection.should_detect(state, frame.moment.t):
            yield SampledFrame(frame.moment, None, regions)
            continue
        people = [
            replace(one, appearance=describe(frame.bgr, one)) for one in detect(frame, regions)
        ]
        look = second(frame.bgr) if second is not None else None
        yield SampledFrame(frame.moment, tuple(people), regions, _second_scores(people, look))


def _second_scores(people: Sequence[PersonDetection], look: Look | None) -> dict[Box, float]:
    """Return the second scores of the bodies that a run may look at again."""
    bodies = [one.body for one in people if one.body is not None]
    doubtful = [body.box for body in bodies if body.score < SURE_BODY]
    return {box: look(box) for box in doubtful} if look is not None else {}


def whole_span(info: VideoInfo) -> SegmentSpan:
    """Return the whole video as one segment."""
    return SegmentSpan(0, info.start_pts, info.start_pts, info.end_pts + 1)


def detect_with(inference: Inference) -> Detect:
    """Return the detection of a run: faces and bodies, paired."""

    def detect(frame: Frame, regions: Sequence[Box]) -> list[PersonDetection]:
        faces, bodies = inference.detect(frame.bgr, regions)
        return without_parts_of_faced(pair(faces, bodies), inference.sure_face)

    return detect


def detect_from(boxes: Mapping[int, Sequence[Detection]], fps: float) -> Detect:
    """Return a detection that answers with stored ``boxes`` by frame number, ``fps`` a second."""

    def detect(frame: Frame, regions: Sequence[Box]) -> list[PersonDetection]:
        found = boxes.get(frame_number(frame.moment, fps), ())
        return [PersonDetection(None, body) for body in found]

    return detect


def frame_number(moment: Moment, fps: float) -> int:
    """Return the number of the labelled frame at ``moment``: counted from 1, ``fps`` a second."""
    return round(moment.t * fps) + 1
