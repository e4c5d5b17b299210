"""Analysis of one segment of a video: pictures in, raw rows out. Runs in any process."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from analyzer.actions.classifier import Surroundings, person_windows
from analyzer.actions.scene import Measured, SceneFlow, flow_fps, judge
from analyzer.config import Settings
from analyzer.config_detection import TrackingSettings
from analyzer.detection.pairing import pair, without_parts_of_faced
from analyzer.faces.quality import assess_quality
from analyzer.pipeline.best_bodies import BodyPictures
from analyzer.pipeline.best_faces import BestFaces, BodyFlows, Expressions
from analyzer.pipeline.body_joints import BodyJoints
from analyzer.pipeline.frame_selection import FrameSelection
from analyzer.pipeline.inference import Inference
from analyzer.pipeline.second_looks import SecondLooks
from analyzer.pipeline.stretch_watch import StretchWatch
from analyzer.pipeline.tasks import SegmentTask
from analyzer.pipeline.triage import keyframes_only_s, merged_gaps, saves_time, triage
from analyzer.pipeline.turned_looks import TurnedLooks
from analyzer.tracking.appearance import describe
from analyzer.tracking.false_tracks import DOUBTFUL_FACE, has_sure_face
from analyzer.tracking.tracker import Tracker
from analyzer.types import (
    ActionWindow,
    Box,
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
from analyzer.video.motion_grid import MotionGrid
from analyzer.video.source_file import require_unchanged


@dataclass(slots=True)
class SegmentAnalyzer:
    """The state of one pass over a segment: who is followed, and what is measured of each.

    ``best`` holds the best faces by number of the tracklet, ``pictures`` the best bodies, ``scene``
    the windows of the whole picture. ``slack_s`` is the rounding error of stored times, by which a
    picture may be early. ``stretch`` tells when the recorder paused, ``motion`` where the picture
    changed.
    """

    settings: Settings
    inference: Inference
    gate: MotionGate
    selection: FrameSelection
    tracker: Tracker
    best: dict[int, BestFaces]
    expressions: Expressions | None
    flow: SceneFlow | None
    bodies: BodyFlows
    joints: BodyJoints
    pictures: BodyPictures
    second: SecondLooks
    slack_s: float
    stretch: StretchWatch
    motion: MotionGrid
    on_time: Callable[[float], None] | None = None
    scene: list[SceneWindow] = field(default_factory=list)
    sampled: int = 0
    examined: int = 0
    _cell: int | None = None
    _faces: list[tuple[float, Box]] = field(default_factory=list)
    _turned: TurnedLooks = field(default_factory=TurnedLooks)

    def take(self, frame: Frame) -> None:
        """Take one decoded frame: the flow sees all, everything else those of the sampling grid."""
        if self.stretch.passes_pause(frame.moment.pts):
            self.tracker.cut(lone=self.stretch.was_lone)
            self.selection.force_next()
        if self.flow is not None:
            self._judge(self.flow.update(frame))
            if not self._on_the_grid(frame.moment.t):
                return
        self.sample(frame)

    def _judge(self, windows: Sequence[Measured]) -> None:
        model = self.inference.actions
        if model is not None:
            self.scene.extend(judge(window, model) for window in windows)

    def finish(self) -> None:
        """Take note that there are no more frames."""
        if self.flow is not None:
            self._judge(self.flow.finish())
        if self.expressions is not None:
            self.expressions.flush()

    def faces_turned(self) -> int:
        """Return by how many degrees the pictures must be turned to show faces, or 0."""
        return self._turned.turn(self.inference.detector_of("face"), self.inference.sure_face)

    def _on_the_grid(self, t: float) -> bool:
        """Say whether this is the first frame of its stretch of the sampling grid.

        Decoding gives the first frame of each stretch of a finer grid that divides it; a segment
        that begins in the second part of a stretch leaves it to the segment before.
        """
        fps = self.settings.sampling.fps
        fine = math.floor((t + self.slack_s) * flow_fps(fps) + 1e-6)
        parts = round(flow_fps(fps) / fps)
        first, before = self._cell is None, self._cell
        self._cell = fine // parts
        return fine % parts == 0 if first else self._cell != before

    def sample(self, frame: Frame) -> None:
        """Take one sampled frame: detect people where something moved, else keep their boxes."""
        self.sampled += 1
        self.stretch.sample()
        state = self.gate.update(frame.luma, frame.moment.t)
        self.motion.update(frame.moment, state)
        if not self.selection.should_detect(state, frame.moment.t):
            self.tracker.hold(frame.moment)
            return
        self.examined += 1
        people = self._detect(frame, state)
        look = self.inference.second_look(frame.bgr) if people else None
        for number, person in zip(
            self.tracker.update(frame.moment, people, state.regions), people, strict=True
        ):
            if number is None:
                continue
            self.second.consider(number, frame.moment.t, person, look)
            self.pictures.consider(number, frame, person, people)
            if self.flow is not None and person.body is not None:
                self.bodies.consider(number, frame.moment, person.body.box, self.flow.latest)
                self.joints.consider(number, frame, person.body.box)
            if person.face is not None:
                self._collect(number, frame, person)

    def begin_stretch(self) -> None:
        """Prepare for a frame that does not follow the last one: nobody is followed across."""
        self.tracker.cut()
        self.stretch.cut()
        self.selection.force_next()

    def _detect(self, frame: Frame, state: MotionState) -> list[PersonDetection]:
        t = frame.moment.t
        recent = [(at, box) for at, box in self._faces if at > t - self.settings.tracking.lost_s]
        before = [box for _, box in recent]
        faces, bodies = self.inference.detect(frame.bgr, state.regions, before)
        self._turned.consider(frame.bgr, faces, self.inference.sure_face)
        self._faces = [*recent, *((t, face.box) for face in faces)]
        people = without_parts_of_faced(pair(faces, bodies), self.inference.sure_face)
        return [replace(seen, appearance=describe(frame.bgr, seen)) for seen in people]

    def _collect(self, number: int, frame: Frame, person: PersonDetection) -> None:
        face = person.face
        if face is None or face.landmarks is None:
            return
        quality = assess_quality(frame.bgr, face.box, face.landmarks)
        self.best[number].consider(frame, face, quality)
        if self.expressions is not None:
            self.expressions.consider(number, frame, face, quality)


def analyse_segment(
    task: SegmentTask, inference: Inference, on_time: Callable[[float], None] | None = None
) -> SegmentResult:
    """Decode, detect, track and measure one segment; ``on_time`` gets the time of every picture.

    Nothing is kept of a frame but its boxes, its answers, two seconds of coarse flow and the best
    few faces and bodies of a tracklet, so memory is bounded by the number of people, not by the
    length of the video. Raises VideoError when not one frame of the segment can be decoded,
    SourceError when its file is not what it was.
    """
    require_unchanged(task.info)
    segment, people, decoded = track_people(task, inference, on_time)
    require_unchanged(task.info)
    sure = inference.sure_face
    return SegmentResult(
        video_sha256=task.info.sha256,
        span=task.span,
        tracklets=tuple(_complete(segment, tracklet, sure) for tracklet in people),
        frames_sampled=segment.sampled,
        frames_examined=segment.examined,
        bad_frames=decoded.bad_frames,
        gaps=decoded.gaps,
        keyframes_only_s=decoded.keyframes_only_s,
        scene=_scene(segment, task),
        faces_turned=segment.faces_turned(),
        motion=segment.motion.seconds() if task.settings.motion.enabled else None,
    )


def track_people(
    task: SegmentTask, inference: Inference, on_time: Callable[[float], None] | None = None
) -> tuple[SegmentAnalyzer, list[Tracklet], DecodeSummary]:
    """Read one segment; return its measurements, the people followed, and what did not decode."""
    settings = task.settings
    segment = SegmentAnalyzer(
        settings,
        inference,
        MotionGate(settings.motion),
        FrameSelection(settings.motion),
        Tracker(_tracking(task)),
        defaultdict(lambda: BestFaces(settings.faces.keep)),
        Expressions(inference.emotions) if inference.emotions is not None else None,
        SceneFlow(settings.actions) if inference.actions is not None else None,
        BodyFlows((float(task.info.width), float(task.info.height))),
        BodyJoints(inference.joints),
        BodyPictures(task.span.start_pts, settings.clothing.enabled),
        SecondLooks(inference.sure_face),
        grid_slack(task.info),
        StretchWatch(task.info, task.span),
        MotionGrid(task.span),
        on_time,
    )
    decoded = _triaged(segment, task) if settings.sampling.triage else _whole(segment, task)
    segment.finish()
    if on_time is not None:
        on_time(task.info.clock.moment(task.span.end_pts).t)
    tracklets = segment.tracker.finish(segment.stretch.ends_lone)
    return segment, segment.second.people(tracklets), decoded


def _tracking(task: SegmentTask) -> TrackingSettings:
    """Return the settings of tracking: in a recording of one picture one sighting makes a track."""
    tracking = task.settings.tracking
    return replace(tracking, min_hits=1) if task.info.frames == 1 else tracking


def _scene(segment: SegmentAnalyzer, task: SegmentTask) -> tuple[SceneWindow, ...]:
    """Return the windows of the whole picture that end in the segment, which has seen all of them.

    The next segment begins a window's length before its own, and tells of those that end there.
    """
    info, span = task.info, task.span
    first, last = span.start_pts <= info.start_pts, span.end_pts >= info.end_pts
    after = -math.inf if first else info.clock.moment(span.start_pts).t
    until = math.inf if last else info.clock.moment(span.end_pts).t
    length = segment.settings.actions.window_s
    return tuple(w for w in segment.scene if after < w.begins + length <= until)


@dataclass(frozen=True, slots=True)
class DecodeSummary:
    """What of a segment was decoded and what was not; see SegmentResult."""

    bad_frames: int
    gaps: tuple[Gap, ...]
    keyframes_only_s: float = 0.0


def _whole(segment: SegmentAnalyzer, task: SegmentTask) -> DecodeSummary:
    """Take every sampled frame of the segment."""
    errors = _read(segment, task, task.span)
    return DecodeSummary(errors.bad_frames, errors.gaps)


def _triaged(segment: SegmentAnalyzer, task: SegmentTask) -> DecodeSummary:
    """Take the sampled frames of the stretches that triage names, where triage saves time."""
    if not saves_time(task.info, task.settings.sampling.fps):
        return _whole(segment, task)
    keyframes = triage(task, segment.inference)
    segment.sampled += keyframes.sampled
    segment.examined += keyframes.examined
    parts = [keyframes.errors]
    for stretch in keyframes.stretches:
        segment.begin_stretch()
        parts.append(_read(segment, task, stretch))
    return DecodeSummary(
        sum(errors.bad_frames for errors in parts),
        merged_gaps([gap for errors in parts for gap in errors.gaps]),
        keyframes_only_s(task.info, task.span, keyframes.stretches),
    )


def _read(segment: SegmentAnalyzer, task: SegmentTask, span: SegmentSpan) -> DecodeErrors:
    settings = task.settings
    fps = settings.sampling.fps
    rate = fps if segment.flow is None else flow_fps(fps)
    decoder = Decoder(task.info, span, rate, limits=settings.limits)
    for frame in decoder:
        segment.take(frame)
        if segment.on_time is not None:
            segment.on_time(frame.moment.t)
    return decoder.errors


def _complete(segment: SegmentAnalyzer, tracklet: Tracklet, sure: float) -> Tracklet:
    """Return the tracklet with its pictures, expressions and actions.

    Where no face of it is surely one, none is compared with anybody and no expression is told.
    """
    settings, inference = segment.settings, segment.inference
    a_face = has_sure_face(tracklet, sure)
    faces = segment.best[tracklet.number].samples(
        inference.embedder if a_face else None, settings.embedding
    )
    if not settings.faces.crops:
        faces = tuple(replace(face, jpeg=b"") for face in faces)
    expressions = segment.expressions
    emotions = expressions.samples(tracklet.number) if expressions is not None else ()
    if not a_face:
        emotions = tuple(replace(e, assessed=False, reason=DOUBTFUL_FACE) for e in emotions)
    actions: tuple[ActionWindow, ...] = ()
    if inference.actions is not None:
        around = Surroundings(
            segment.bodies.picture,
            segment.bodies.of(tracklet.number),
            segment.joints.of(tracklet.number),
        )
        actions = person_windows(tracklet.observations, around, inference.actions, settings.actions)
    bodies = segment.pictures.samples(tracklet, settings.bodies, inference.looks)
    return replace(tracklet, faces=faces, emotions=emotions, actions=actions, bodies=bodies)
