"""Analyse one segment of one video: pictures in, raw rows out. Runs in any process."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from analyzer.actions.classifier import Surroundings, person_windows
from analyzer.actions.scene import Measured, SceneFlow, flow_fps, judge
from analyzer.config import Settings
from analyzer.detection.pairing import pair, without_parts_of_faced
from analyzer.faces.quality import assess_quality
from analyzer.pipeline.best_faces import BestFaces, BodyFlows, Expressions
from analyzer.pipeline.frame_selection import FrameSelection
from analyzer.pipeline.inference import Inference
from analyzer.pipeline.tasks import SegmentTask
from analyzer.pipeline.triage import pays, triage, united, unseen_s
from analyzer.tracking.appearance import describe
from analyzer.tracking.false_tracks import DOUBTFUL_FACE, has_sure_face, is_person
from analyzer.tracking.tracker import Tracker
from analyzer.types import (
    ActionWindow,
    Frame,
    Gap,
    PersonDetection,
    SceneWindow,
    SegmentResult,
    SegmentSpan,
    Tracklet,
)
from analyzer.video.decode import DecodeErrors, Decoder
from analyzer.video.ffmpeg_command import grid_slack
from analyzer.video.motion import MotionGate, MotionState
from analyzer.video.source_file import require_unchanged


@dataclass(slots=True)
class SegmentAnalyzer:
    """The state of one pass over a segment."""

    settings: Settings
    engines: Inference
    gate: MotionGate
    attention: FrameSelection
    tracker: Tracker
    best: dict[int, BestFaces]
    expressions: Expressions | None
    flow: SceneFlow | None
    bodies: BodyFlows
    slack_s: float
    seen: Callable[[float], None] | None = None
    scene: list[SceneWindow] = field(default_factory=list)
    sampled: int = 0
    examined: int = 0
    _bin: int | None = None

    def take(self, frame: Frame) -> None:
        """Take one decoded frame: the flow sees all, everything else those of the sampling grid."""
        if self.flow is not None:
            self._tell(self.flow.update(frame))
            if not self._on_the_grid(frame.moment.t):
                return
        self.step(frame)

    def _tell(self, windows: Sequence[Measured]) -> None:
        model = self.engines.actions
        if model is not None:
            self.scene.extend(judge(window, model) for window in windows)

    def end(self) -> None:
        """Say that there are no more frames."""
        if self.flow is not None:
            self._tell(self.flow.finish())
        if self.expressions is not None:
            self.expressions.flush()

    def _on_the_grid(self, t: float) -> bool:
        """Say whether this is the first frame of its stretch of the sampling grid.

        Decoding gives the first frame of each stretch of a finer grid that divides it; a segment
        that begins in the second part of a stretch leaves it to the segment before.
        """
        fps = self.settings.sampling.fps
        fine = math.floor((t + self.slack_s) * flow_fps(fps) + 1e-6)
        parts = round(flow_fps(fps) / fps)
        first, before = self._bin is None, self._bin
        self._bin = fine // parts
        return fine % parts == 0 if first else self._bin != before

    def step(self, frame: Frame) -> None:
        """Take one sampled frame: look where something moved, else hold what is known."""
        self.sampled += 1
        state = self.gate.update(frame.luma, frame.moment.t)
        if not self.attention.should_detect(state, frame.moment.t):
            self.tracker.hold(frame.moment)
            return
        self.examined += 1
        sightings = self._sightings(frame, state)
        for number, sighting in zip(
            self.tracker.update(frame.moment, sightings, state.regions), sightings, strict=True
        ):
            if number is None:
                continue
            if self.flow is not None and sighting.body is not None:
                self.bodies.consider(number, frame.moment, sighting.body.box, self.flow.latest)
            if sighting.face is not None:
                self._collect(number, frame, sighting)

    def begin_anew(self) -> None:
        """Say that the next frame does not follow the last one: nobody is followed across."""
        self.tracker.cut()
        self.attention.force_next()

    def _sightings(self, frame: Frame, state: MotionState) -> list[PersonDetection]:
        faces, bodies = self.engines.detect(frame.bgr, state.regions)
        people = without_parts_of_faced(pair(faces, bodies), self.engines.sure_face)
        return [replace(seen, appearance=describe(frame.bgr, seen)) for seen in people]

    def _collect(self, number: int, frame: Frame, sighting: PersonDetection) -> None:
        face = sighting.face
        if face is None or face.landmarks is None:
            return
        quality = assess_quality(frame.bgr, face.box, face.landmarks)
        self.best[number].consider(frame, face, quality)
        if self.expressions is not None:
            self.expressions.consider(number, frame, face, quality)


def analyse_segment(
    task: SegmentTask, engines: Inference, seen: Callable[[float], None] | None = None
) -> SegmentResult:
    """Decode, detect, track and measure one segment; ``seen`` is told the time of every picture.

    Nothing is kept of a frame but its boxes, its answers, two seconds of coarse flow and the best
    few faces of a tracklet, so memory is bounded by the number of people, not by the length of the
    video. Raises VideoError when not one frame of the segment can be decoded, SourceError when its
    file is not what it was.
    """
    require_unchanged(task.info)
    run, people, decoded = follow(task, engines, seen)
    require_unchanged(task.info)
    sure = engines.sure_face
    return SegmentResult(
        video_sha256=task.info.sha256,
        span=task.span,
        tracklets=tuple(_complete(run, tracklet, sure) for tracklet in people),
        frames_sampled=run.sampled,
        frames_examined=run.examined,
        bad_frames=decoded.bad_frames,
        gaps=decoded.gaps,
        keyframes_only_s=decoded.keyframes_only_s,
        scene=_scene(run, task),
    )


def follow(
    task: SegmentTask, engines: Inference, seen: Callable[[float], None] | None = None
) -> tuple[SegmentAnalyzer, list[Tracklet], DecodeSummary]:
    """Read one segment: return what was seen, who was followed and what could not be decoded."""
    settings = task.settings
    run = SegmentAnalyzer(
        settings,
        engines,
        MotionGate(settings.motion),
        FrameSelection(settings.motion),
        Tracker(settings.tracking),
        defaultdict(lambda: BestFaces(settings.faces.keep)),
        Expressions(engines.emotions) if engines.emotions is not None else None,
        SceneFlow(settings.actions) if engines.actions is not None else None,
        BodyFlows((float(task.info.width), float(task.info.height))),
        grid_slack(task.info),
        seen,
    )
    decoded = _triaged(run, task) if settings.sampling.triage else _whole(run, task)
    run.end()
    sure = engines.sure_face
    people = [found for found in run.tracker.finish() if is_person(found, sure)]
    return run, people, decoded


def _scene(run: SegmentAnalyzer, task: SegmentTask) -> tuple[SceneWindow, ...]:
    """Return the windows of the whole picture that end in the segment, which has seen all of them.

    The next segment begins a window's length before its own, and tells of those that end there.
    """
    info, span = task.info, task.span
    first, last = span.start_pts <= info.start_pts, span.end_pts >= info.end_pts
    after = -math.inf if first else info.clock.moment(span.start_pts).t
    until = math.inf if last else info.clock.moment(span.end_pts).t
    length = run.settings.actions.window_s
    return tuple(w for w in run.scene if after < w.begins + length <= until)


@dataclass(frozen=True, slots=True)
class DecodeSummary:
    """What of a segment was decoded and what was not; see SegmentResult."""

    bad_frames: int
    gaps: tuple[Gap, ...]
    keyframes_only_s: float = 0.0


def _whole(run: SegmentAnalyzer, task: SegmentTask) -> DecodeSummary:
    """Take every sampled frame of the segment."""
    errors = _read(run, task, task.span)
    return DecodeSummary(errors.bad_frames, errors.gaps)


def _triaged(run: SegmentAnalyzer, task: SegmentTask) -> DecodeSummary:
    """Take the sampled frames of the stretches that triage names, where triage saves time."""
    if not pays(task.info, task.settings.sampling.fps):
        return _whole(run, task)
    keyframes = triage(task, run.engines)
    run.sampled += keyframes.sampled
    run.examined += keyframes.examined
    parts = [keyframes.errors]
    for stretch in keyframes.stretches:
        run.begin_anew()
        parts.append(_read(run, task, stretch))
    return DecodeSummary(
        sum(errors.bad_frames for errors in parts),
        united([gap for errors in parts for gap in errors.gaps]),
        unseen_s(task.info, task.span, keyframes.stretches),
    )


def _read(run: SegmentAnalyzer, task: SegmentTask, span: SegmentSpan) -> DecodeErrors:
    settings = task.settings
    fps = settings.sampling.fps
    rate = fps if run.flow is None else flow_fps(fps)
    decoder = Decoder(task.info, span, rate, limits=settings.limits)
    for frame in decoder:
        run.take(frame)
        if run.seen is not None:
            run.seen(frame.moment.t)
    return decoder.errors


def _complete(run: SegmentAnalyzer, tracklet: Tracklet, sure: float) -> Tracklet:
    """Return the tracklet with its faces, expressions and actions.

    Where no face of it is surely one, none is compared with anybody and no expression is told.
    """
    settings, engines = run.settings, run.engines
    a_face = has_sure_face(tracklet, sure)
    faces = run.best[tracklet.number].samples(
        engines.embedder if a_face else None, settings.embedding
    )
    if not settings.faces.crops:
        faces = tuple(replace(face, jpeg=b"") for face in faces)
    emotions = run.expressions.samples(tracklet.number) if run.expressions is not None else ()
    if not a_face:
        emotions = tuple(replace(e, assessed=False, reason=DOUBTFUL_FACE) for e in emotions)
    actions: tuple[ActionWindow, ...] = ()
    if engines.actions is not None:
        around = Surroundings(run.bodies.picture, run.bodies.of(tracklet.number))
        actions = person_windows(tracklet.observations, around, engines.actions, settings.actions)
    return replace(tracklet, faces=faces, emotions=emotions, actions=actions)
