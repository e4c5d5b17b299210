"""Analyse one segment of one video: pictures in, raw rows out. Runs in any process."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from analyzer.config import Settings
from analyzer.faces.detect import sure_score
from analyzer.faces.quality import assess_quality
from analyzer.people.appearance import describe
from analyzer.people.pairing import pair
from analyzer.pipeline.attention import Attention
from analyzer.pipeline.collect import BestFaces, Expressions
from analyzer.pipeline.engines import Engines
from analyzer.pipeline.tasks import SegmentTask
from analyzer.pipeline.triage import pays, triage, united, unseen_s
from analyzer.tracking.belief import DOUBTFUL_FACE, has_sure_face, is_person
from analyzer.tracking.tracker import Tracker
from analyzer.types import Frame, Gap, SegmentResult, SegmentSpan, Sighting, Tracklet, VideoInfo
from analyzer.video.decode import Decoder, Trouble
from analyzer.video.intact import require_unchanged
from analyzer.video.motion import MotionGate, MotionState


@dataclass(slots=True)
class _Pass:
    """The state of one pass over a segment."""

    settings: Settings
    engines: Engines
    gate: MotionGate
    attention: Attention
    tracker: Tracker
    best: dict[int, BestFaces]
    expressions: Expressions | None
    seen: Callable[[float], None] | None = None
    sampled: int = 0
    examined: int = 0

    def step(self, frame: Frame) -> None:
        """Take one sampled frame: look where something moved, else hold what is known."""
        self.sampled += 1
        state = self.gate.update(frame.luma, frame.moment.t)
        if not self.attention.asks(state, frame.moment.t):
            self.tracker.hold(frame.moment)
            return
        self.examined += 1
        sightings = self._sightings(frame, state)
        for number, sighting in zip(
            self.tracker.update(frame.moment, sightings, state.regions), sightings, strict=True
        ):
            if number is not None and sighting.face is not None:
                self._collect(number, frame, sighting)

    def begin_anew(self) -> None:
        """Say that the next frame does not follow the last one: nobody is followed across."""
        self.tracker.cut()
        self.attention.demand()

    def _sightings(self, frame: Frame, state: MotionState) -> list[Sighting]:
        faces = self.engines.faces.detect(frame.bgr)
        if self.engines.landmarks is not None:
            faces = [self.engines.landmarks.complete(frame.bgr, face) for face in faces]
        bodies = self.engines.people.detect(frame.bgr, state.regions)
        return [
            replace(sighting, appearance=describe(frame.bgr, sighting))
            for sighting in pair(faces, bodies)
        ]

    def _collect(self, number: int, frame: Frame, sighting: Sighting) -> None:
        face = sighting.face
        if face is None or face.landmarks is None:
            return
        quality = assess_quality(frame.bgr, face.box, face.landmarks)
        self.best[number].offer(frame, face, quality)
        if self.expressions is not None:
            self.expressions.offer(number, frame, face, quality)


def analyse_segment(
    task: SegmentTask, engines: Engines, seen: Callable[[float], None] | None = None
) -> SegmentResult:
    """Decode, detect, track and measure one segment; ``seen`` is told the time of every picture.

    Nothing is kept of a frame but its boxes, its answers and the best few faces of a tracklet, so
    memory is bounded by the number of people, not by the length of the video. Raises VideoError
    when not one frame of the segment can be decoded, SourceError when its file is not what it was.
    """
    settings = task.settings
    require_unchanged(task.info)
    run = _Pass(
        settings,
        engines,
        MotionGate(settings.motion),
        Attention(settings.motion),
        Tracker(settings.tracking),
        defaultdict(lambda: BestFaces(settings.faces.keep)),
        Expressions(engines.emotions) if engines.emotions is not None else None,
        seen,
    )
    decoded = _triaged(run, task) if settings.sampling.triage else _whole(run, task)
    require_unchanged(task.info)
    if run.expressions is not None:
        run.expressions.flush()
    sure = sure_score(engines.faces.name)
    people = [found for found in run.tracker.finish() if is_person(found, sure)]
    return SegmentResult(
        video_sha256=task.info.sha256,
        span=task.span,
        tracklets=tuple(_complete(run, tracklet, task.info, sure) for tracklet in people),
        frames_sampled=run.sampled,
        frames_examined=run.examined,
        bad_frames=decoded.bad_frames,
        gaps=decoded.gaps,
        keyframes_only_s=decoded.keyframes_only_s,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """What of a segment was decoded and what was not; see SegmentResult."""

    bad_frames: int
    gaps: tuple[Gap, ...]
    keyframes_only_s: float = 0.0


def _whole(run: _Pass, task: SegmentTask) -> _Seen:
    """Take every sampled frame of the segment."""
    trouble = _read(run, task, task.span)
    return _Seen(trouble.bad_frames, trouble.gaps)


def _triaged(run: _Pass, task: SegmentTask) -> _Seen:
    """Take the sampled frames of the stretches that triage names, where triage saves time."""
    if not pays(task.info, task.settings.sampling.fps):
        return _whole(run, task)
    keyframes = triage(task, run.engines)
    run.sampled += keyframes.sampled
    run.examined += keyframes.examined
    troubles = [keyframes.trouble]
    for stretch in keyframes.stretches:
        run.begin_anew()
        troubles.append(_read(run, task, stretch))
    return _Seen(
        sum(trouble.bad_frames for trouble in troubles),
        united([gap for trouble in troubles for gap in trouble.gaps]),
        unseen_s(task.info, task.span, keyframes.stretches),
    )


def _read(run: _Pass, task: SegmentTask, span: SegmentSpan) -> Trouble:
    settings = task.settings
    decoder = Decoder(task.info, span, settings.sampling.fps, limits=settings.limits)
    for frame in decoder:
        run.step(frame)
        if run.seen is not None:
            run.seen(frame.moment.t)
    return decoder.trouble


def _complete(run: _Pass, tracklet: Tracklet, info: VideoInfo, sure: float) -> Tracklet:
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
    actions = (
        engines.actions.windows(tracklet.observations, settings.actions, (info.width, info.height))
        if engines.actions is not None
        else ()
    )
    return replace(tracklet, faces=faces, emotions=emotions, actions=actions)
