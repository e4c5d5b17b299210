"""Derivation of one video: tracks, timelines and candidates, from raw rows and settings alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.model import ActionModel
from analyzer.actions.pairs import lone_places, pair_windows
from analyzer.actions.timeline import extend_falls
from analyzer.clothing.describe import VERSION as WORDS
from analyzer.clothing.light import VideoLight
from analyzer.config import Settings, switched_off
from analyzer.emotions.timeline import (
    smooth_track,
    steadiness_of_track,
    summarise_track,
    usual_of_track,
)
from analyzer.events.expressions import Expressions
from analyzer.events.levels import levels_of, state_of
from analyzer.events.outline import outline_of
from analyzer.events.rules import VERSION as RULES
from analyzer.events.rules import TrackTimeline, events_of
from analyzer.events.running import Ground, ground_of, speeds
from analyzer.faces.calibration import Calibration, calibration_of
from analyzer.identity.candidates import OperatingPoint, TrackFace, rank_candidates
from analyzer.identity.operating_point import operating_point_for
from analyzer.models import registry
from analyzer.pipeline.left_out import View
from analyzer.pipeline.run_record import RecordedRun
from analyzer.pipeline.track_bodies import best_body, bodies_of, clothing_of, light_of_video
from analyzer.store import ids
from analyzer.store.case import Case
from analyzer.store.places import Places, camera_of_video
from analyzer.tracking.stitch import Member
from analyzer.tracking.tracks import StitchedTrack, tracks_of
from analyzer.types import (
    EMOTIONS,
    Candidate,
    Clock,
    DerivedTrack,
    DerivedVideo,
    Event,
    FaceSample,
    GalleryFace,
    Identity,
    LeftOut,
    PairWindow,
    SceneWindow,
    SegmentSpan,
    SmoothedEmotion,
    Tracklet,
    TrackSummary,
    used_clock,
    wall_text,
)
from analyzer.video.cameras import Camera, settings_of
from analyzer.video.picture_scale import KnownHeight, height_of, scale_from
from analyzer.video.regions import Region


@dataclass(frozen=True, slots=True, eq=False)
class KnownPeople:
    """Gallery pictures that candidates are computed from; ``fingerprint`` None without a gallery.

    ``notes`` say in a line each which pictures were set aside and why.
    """

    faces: tuple[GalleryFace, ...]
    fingerprint: str | None
    notes: tuple[str, ...]

    @property
    def all_aside(self) -> bool:
        """Whether there is a gallery, but no picture in it that a face can be compared with."""
        return self.fingerprint is not None and not self.faces


class Deriver:
    """Derives the videos of one case with one set of settings and known people."""

    def __init__(
        self, case: Case, settings: Settings, people: KnownPeople, run: RecordedRun
    ) -> None:
        self._case = case
        self._run = run
        self._settings = settings
        self._people = people
        embedder = run.embedder
        self._calibration = None if embedder is None else calibration_of(embedder)
        self._actions = _actions(settings)
        self._states: dict[Camera | None, str] = {}

    def _state_of(self, camera: Camera | None) -> str:
        """Return what the derived rows of a recording of ``camera`` follow from."""
        if camera not in self._states:
            self._states[camera] = self._new_state(camera)
        return self._states[camera]

    def _new_state(self, camera: Camera | None) -> str:
        settings = settings_of(camera, self._settings)
        off = "".join(f":no {name}" for name in switched_off(settings))
        acts = "" if self._actions is None else f".{self._actions.name}"
        rules = f"{settings.derived_hash()}.{RULES}.{state_of(settings)}.{WORDS}{acts}"
        seen = "" if camera is None else _seen_by(camera)
        return f"{rules}:{self._people.fingerprint or 'no gallery'}{off}{seen}"

    def derive(self, sha256: str) -> None:
        """Derive one video and write it, in place of what was there."""
        with self._case.reader() as reader:
            parts = list(reader.tracklets(sha256))
            clock = used_clock(reader.clocks(sha256))
            scene = reader.scene(sha256) if self._settings.actions.enabled else ()
            camera = camera_of_video(reader, sha256)
            pauses = [(s.start.t, s.end.t) for s in reader.stretches(sha256) if s.kind == "pause"]
            picture = reader.size(sha256)
        marks = () if camera is None else scale_from(camera.known_heights)
        regions = () if camera is None else camera.regions
        spans, segments = [span for span, _ in parts], [tracklets for _, tracklets in parts]
        video = derive_video(
            RawVideo(sha256, spans, segments, clock, scene, pauses, picture, marks, regions),
            settings_of(camera, self._settings),
            self._people,
            self._calibration,
            self._actions,
        )
        self._run.writer.write_derived(sha256, video, self._state_of(camera))

    def derive_stale(self, on_step: Callable[[int, int], None] = lambda _done, _all: None) -> int:
        """Derive every video of the case whose derived rows are of other settings or people.

        ``on_step`` is called with how many are done, and of how many. Returns that number.
        """
        with self._case.reader() as reader:
            places = Places(reader)
            stale = [
                sha256
                for sha256, state in self._run.writer.derived_states().items()
                if state != self._state_of(places.camera(sha256))
            ]
        for done, sha256 in enumerate(stale):
            on_step(done, len(stale))
            self.derive(sha256)
        return len(stale)


def _seen_by(camera: Camera) -> str:
    """Return what of a camera, besides its settings, derived rows follow from; empty for nothing.

    Known heights are not part of it: the writer outdates rows where they change.
    """
    told = camera.look + camera.leave_out
    return f":regions {hashlib.sha256(told.encode()).hexdigest()[:8]}" if told else ""


def _actions(settings: Settings) -> ActionModel | None:
    """Return what tells fights of pairs; None where actions are off."""
    if not settings.actions.enabled:
        return None
    return ActionModel.load(registry.trained("action", settings.actions.model))


@dataclass(frozen=True, eq=False)
class RawVideo:
    """The raw rows of one video, segment by segment.

    ``picture`` is the displayed w, h in px, ``marks`` are the scale of the camera and ``regions``
    what of the picture is looked at and left out.
    """

    sha256: str
    spans: Sequence[SegmentSpan]
    segments: Sequence[Sequence[Tracklet]]
    clock: Clock | None
    scene: Sequence[SceneWindow] = ()
    pauses: Sequence[tuple[float, float]] = ()
    picture: tuple[float, float] = (0.0, 0.0)
    marks: Sequence[KnownHeight] = ()
    regions: Sequence[Region] = ()

    @property
    def view(self) -> View:
        """What of the picture is looked at."""
        return View(self.regions, self.picture)

    @cached_property
    def tracklets(self) -> dict[Member, Tracklet]:
        """What of every tracklet counts, by the number of its segment and its own."""
        parts = zip(self.spans, self.segments, strict=True)
        part = self.view.part if self.regions else lambda one: one
        return {(span.index, one.number): part(one) for span, own in parts for one in own}

    def left_out(self) -> Iterator[LeftOut]:
        """Yield when which tracklet is in a part of the picture that is left out."""
        for span, own in zip(self.spans, self.segments, strict=True) if self.regions else ():
            for one in own:
                key = ids.tracklet_id(self.sha256, span.index, one.number)
                yield from self.view.left_out(one, key)


def derive_video(
    video: RawVideo,
    settings: Settings,
    people: KnownPeople,
    calibration: Calibration | None,
    actions: ActionModel | None = None,
) -> DerivedVideo:
    """Return the tracks of ``video`` with timelines, summaries, candidates and pairs.

    Without the ``calibration`` of what embedded the faces, none is compared; without ``actions``
    no pair is judged. Which tracklets are
    one track does not depend on the gallery or on how sure a name must be.
    """
    smoothing = settings.smoothing
    same_face = 0.0 if calibration is None else calibration.threshold
    point = None
    if calibration is not None:
        point = operating_point_for(settings.identity, calibration, len(people.faces))
    stitched = tracks_of(video.segments, video.spans, smoothing.stitch_iou, same_face, video.pauses)
    if video.regions:
        stitched = video.view.tracks(stitched)
    light = light_of_video(video.segments)
    tracks = tuple(_track(one, video, settings, people, point, light) for one in stitched)
    ground = ground_of([one.whole.observations for one in stitched])
    timelines = [_timeline(*pair, ground, settings) for pair in zip(tracks, stitched, strict=True)]
    pairs = _pairs(tracks, stitched, video, settings, actions)
    fights = (*pairs, *video.view.places(lone_places(video.scene, pairs, video.picture)))
    events = events_of(timelines, fights, settings.events, levels_of(settings))
    timed = tuple(_timed(event, video.clock) for event in events)
    return DerivedVideo(tracks, timed, pairs, tuple(video.left_out()))


def _timed(event: Event, clock: Clock | None) -> Event:
    return replace(event, wall_start=wall_text(clock, event.start.t))


def _pairs(
    tracks: Sequence[DerivedTrack],
    stitched: Sequence[StitchedTrack],
    video: RawVideo,
    settings: Settings,
    actions: ActionModel | None,
) -> tuple[PairWindow, ...]:
    if actions is None or not actions.tells_pairs:
        return ()
    bodies = [one.whole.observations for one in stitched]
    people = list(zip((track.id for track in tracks), bodies, strict=True))
    return pair_windows(people, video.scene, video.picture, actions, settings.actions)


def _timeline(
    track: DerivedTrack, stitched: StitchedTrack, ground: Ground | None, settings: Settings
) -> TrackTimeline:
    """Return what the rules for events look at of ``track``."""
    faces = [e.moment for e in track.emotions if e.assessed]
    best = faces[len(faces) // 2] if faces else track.start
    probability = track.candidates[0].probability if track.candidates else None
    windows = stitched.whole.actions if track.actions else ()
    return TrackTimeline(
        track_id=track.id,
        start=track.start,
        end=track.end,
        expressions=_expressions(track, stitched.whole, settings),
        windows=windows,
        person=track.person,
        probability=probability,
        best=best,
        outline=outline_of(stitched.whole.observations),
        speeds=speeds(stitched.whole.observations, windows, ground),
    )


def _expressions(track: DerivedTrack, whole: Tracklet, settings: Settings) -> Expressions:
    """Return the expressions of ``track`` for the rules; ``whole`` has the raw samples."""
    told, least = track.emotions, settings.events.expression
    usual = track.usual
    return Expressions(
        moments=[e.moment for e in told],
        probabilities=np.array([e.probabilities for e in told]).reshape(-1, len(EMOTIONS)),
        assessed=np.array([e.assessed for e in told], dtype=bool),
        quality=np.array([e.quality for e in told], np.float64),
        steady=steadiness_of_track(whole.emotions if told else (), settings.smoothing, least),
        usual=None if usual is None or usual.reason else usual.probabilities,
    )


def _track(
    track: StitchedTrack,
    video: RawVideo,
    settings: Settings,
    people: KnownPeople,
    point: OperatingPoint | None,
    light: VideoLight,
) -> DerivedTrack:
    whole = _allowed(track.whole, settings)
    whole = replace(whole, actions=extend_falls(whole.actions))
    owner = _Owner(video.sha256, track)
    track_id = ids.track_id(video.sha256, whole.number)
    candidates = _candidates(track_id, whole, owner, people, point)
    accepted = next((c.person for c in candidates if c.accepted), None)
    bodies = bodies_of(track, video.sha256, video.tracklets)
    best = max(whole.faces, key=lambda f: (f.quality.score, -f.moment.pts), default=None)
    smoothed = smooth_track(whole.emotions, settings.smoothing)
    return DerivedTrack(
        id=track_id,
        number=whole.number,
        start=whole.observations[0].moment,
        end=whole.observations[-1].moment,
        members=tuple(owner.ids),
        observations=tuple((o.moment.pts, owner.of(o.moment.pts)) for o in whole.observations),
        face_observations=sum(o.face is not None for o in whole.observations),
        best_face_id=None if best is None else owner.face_id(best),
        identity=_identity(whole, accepted),
        person=accepted,
        summary=_summary(whole, smoothed, settings),
        emotions=_smoothed(whole, smoothed, owner, video.clock),
        actions=tuple((owner.of(w.start.pts), w) for w in whole.actions),
        candidates=candidates,
        best_body_id=best_body(bodies),
        clothing=clothing_of(bodies, light, settings),
        height=height_of(bodies.values(), video.marks),
        usual=usual_of_track(whole.emotions, smoothed, settings.smoothing),
    )


def _allowed(whole: Tracklet, settings: Settings) -> Tracklet:
    """Return the track without what was measured by a stage that is switched off by now."""
    if not settings.emotions.enabled:
        whole = replace(whole, emotions=())
    if not settings.actions.enabled:
        whole = replace(whole, actions=())
    if not settings.embedding.enabled:
        faces = tuple(replace(face, embedding=None) for face in whole.faces)
        whole = replace(whole, faces=faces)
    return whole


class _Owner:
    """The tracklets of a track, and to which of them a moment belongs."""

    def __init__(self, sha256: str, track: StitchedTrack) -> None:
        self.ids = [ids.tracklet_id(sha256, index, number) for index, number in track.members]
        self._starts = np.array(track.starts)

    def of(self, pts: int) -> str:
        """Return the id of the tracklet that owns ``pts``."""
        return self.ids[max(int(np.searchsorted(self._starts, pts, side="right")) - 1, 0)]

    def face_id(self, face: FaceSample) -> str:
        """Return the id under which ``face`` is stored."""
        return ids.face_id(self.of(face.moment.pts), face.moment.pts)


def _candidates(
    track_id: str, whole: Tracklet, owner: _Owner, people: KnownPeople, point: OperatingPoint | None
) -> tuple[Candidate, ...]:
    if point is None:
        return ()
    faces = [
        TrackFace(owner.face_id(face), face.quality.score, face.embedding)
        for face in whole.faces
        if face.embedding is not None
    ]
    return rank_candidates(track_id, faces, people.faces, point)


def _identity(whole: Tracklet, accepted: str | None) -> Identity:
    if accepted is not None:
        return "candidate"
    assessable = any(face.embedding is not None for face in whole.faces)
    return "unknown" if assessable else "not assessed"


def _smoothed(
    whole: Tracklet, smoothed: NDArray[np.float32], owner: _Owner, clock: Clock | None
) -> tuple[SmoothedEmotion, ...]:
    return tuple(
        SmoothedEmotion(
            moment=sample.moment,
            probabilities=probabilities,
            assessed=sample.assessed,
            quality=sample.quality,
            reason=sample.reason,
            tracklet_id=owner.of(sample.moment.pts),
            wall_time=wall_text(clock, sample.moment.t),
        )
        for sample, probabilities in zip(whole.emotions, smoothed, strict=True)
    )


def _summary(whole: Tracklet, smoothed: NDArray[np.float32], settings: Settings) -> TrackSummary:
    expression = summarise_track(whole.emotions, smoothed, settings.smoothing)
    labels = Counter(window.label for window in whole.actions)
    known = [(count, label) for label, count in labels.items() if label != "unknown"]
    main = max(known)[1] if known else ("unknown" if labels else None)
    return TrackSummary(
        dominant_emotion=expression.dominant,
        dominant_share=expression.dominant_share,
        emotion_confidence=expression.confidence,
        assessed_share=expression.assessed_share,
        main_action=main,
    )
