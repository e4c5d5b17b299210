"""View model of a report: frozen values that `loader` reads and the pages draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from pathlib import PurePath
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analyzer.config import Settings
from analyzer.report.series import Span, as_drawn, complement
from analyzer.store.ids import short_id
from analyzer.store.measured import MeasuredWith
from analyzer.store.policy import Rule
from analyzer.store.records import PassedOver, RunRecord, StoredFile, StoredPicture
from analyzer.types import (
    EMOTIONS,
    NOT_DESCRIBED,
    BodyHeight,
    Candidate,
    Clock,
    Clothing,
    JudgedClock,
    Level,
    UsualExpression,
    Verdict,
    VideoInfo,
    used_clock,
)
from analyzer.video.cameras import Camera

_BAR_PX = 600
"""Largest width of a bar over the whole of a video."""


class Images(Protocol):
    """Addresses of pictures by SHA-256."""

    def get(self, sha256: str, /) -> str | None:
        """Return the address of a picture; None where there is none."""


@dataclass(frozen=True, slots=True)
class FaceShot:
    """A face: ``image`` is the sha256 of its crop under faces/, empty where none was kept."""

    id: str
    t: float
    quality: float
    eye_px: float
    yaw: float
    reasons: tuple[str, ...]
    image: str


@dataclass(frozen=True, slots=True)
class BodyShot:
    """A whole person: ``image`` is the sha256 of its crop under bodies/, empty where none was kept.

    ``box`` is x, y, w, h of the person in pixels of the recording.
    """

    id: str
    t: float
    quality: float
    height_px: float
    reasons: tuple[str, ...]
    image: str
    box: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class EmotionSeries:
    """Probabilities over time: ``t`` float64 (N,), ``p`` float64 (N, 7), NaN where not assessed.

    ``reasons`` tells, a sample, why there is no answer; empty strings where there is one.
    ``quality`` float64 (N,) is that of the faces.
    """

    t: NDArray[np.float64]
    p: NDArray[np.float64]
    reasons: tuple[str, ...]
    quality: NDArray[np.float64]


NO_SERIES = EmotionSeries(np.empty(0), np.empty((0, len(EMOTIONS))), (), np.empty(0))
"""The series of somebody whose face was never seen."""


@dataclass(frozen=True, slots=True)
class CandidateView(Candidate):
    """One person a track was compared with, and the two pictures that produced the distance."""

    face: FaceShot | None = None
    gallery_image: str | None = None
    gallery_path: str = ""


@dataclass(frozen=True, slots=True)
class SimilarTrack:
    """Another track of similar appearance, a weaker lead than a candidate; as in LookLink."""

    track_id: str
    similarity: float
    gap_s: float | None
    distance_m: float | None


@dataclass(frozen=True, slots=True)
class OtherTrack:
    """A track of another video as a page links to it: page, place, and its best picture's time.

    ``body`` is the sha256 of the best picture of the body.
    """

    name: str
    page: str
    place: str
    t_shown: float
    body: str | None


@dataclass(frozen=True, slots=True, eq=False)
class TrackView:
    """One person followed through one video, with everything a page says of it.

    ``cluster`` is the name of an unknown person; ``verdicts`` are what reviews come to.
    ``look_group`` is the group of similar appearance; ``similar`` are single tracks like it;
    ``usual`` is the person's own usual expression, None where no face was seen.
    An outline of a track (``outlined``) has no series: ``shares`` and ``labels`` are what
    ``action_shares`` and ``action_labels`` were.
    """

    id: str
    number: int
    t_start: float
    t_end: float
    observations: int
    face_observations: int
    identity: str
    person: str | None
    dominant_emotion: str | None
    dominant_share: float | None
    emotion_confidence: float | None
    assessed_share: float | None
    main_action: str | None
    presence: tuple[Span, ...]
    face_presence: tuple[Span, ...]
    best_face: FaceShot | None
    faces: tuple[FaceShot, ...]
    emotions: EmotionSeries
    raw_emotions: EmotionSeries
    actions: tuple[Span, ...]
    candidates: tuple[CandidateView, ...]
    cluster: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    best_body: BodyShot | None = None
    bodies: tuple[BodyShot, ...] = ()
    clothing: Clothing = NOT_DESCRIBED
    height: BodyHeight | None = None
    look_group: str | None = None
    similar: tuple[SimilarTrack, ...] = ()
    usual: UsualExpression | None = None
    shares: tuple[tuple[str, float], ...] | None = None
    labels: frozenset[str] | None = None

    @property
    def t_shown(self) -> float:
        """The moment of its best picture: of the face, else of the body, else its first."""
        best = self.best_face or self.best_body
        return best.t if best else self.t_start

    @property
    def confirmed(self) -> str | None:
        """The person whom reviewers confirmed."""
        return next((v.person for v in self.verdicts if v.decision == "confirmed"), None)

    @property
    def status(self) -> str:
        """Confirmed or rejected by reviewers, else candidate, unknown or not assessed."""
        if self.confirmed:
            return "confirmed"
        said = self.verdict(self.person)
        return "rejected" if said and said.decision == "rejected" else self.identity

    @property
    def known(self) -> bool:
        """Whether it is filed under a person of the gallery."""
        return self.status in ("confirmed", "candidate")

    @property
    def who(self) -> str | None:
        """Under whom it is filed: whom reviewers confirmed, the candidate, or the unknown."""
        if self.known:
            return self.confirmed or self.person
        return self.cluster

    def verdict(self, person: str | None) -> Verdict | None:
        """Return what reviews of the track as ``person`` come to; None where there are none."""
        return next((v for v in self.verdicts if v.person == person), None)

    def compared(self, person: str | None) -> CandidateView | None:
        """Return how near it came to ``person``; None where that is not stored."""
        return next((c for c in self.candidates if c.person == person), None)

    @property
    def name(self) -> str:
        """The short name used beside every picture and lane."""
        return f"T{self.number}"

    @property
    def action_shares(self) -> tuple[tuple[str, float], ...]:
        """Actions by share of the told time, largest first; no fall that is no event."""
        if self.shares is not None:
            return self.shares
        totals: dict[str, float] = {}
        for span in filter(attrgetter("is_told"), self.actions):
            totals[span.label] = totals.get(span.label, 0.0) + span.t_end - span.t_start
        whole = sum(totals.values()) or 1.0
        ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        return tuple((label, seconds / whole) for label, seconds in ranked)

    @property
    def action_labels(self) -> frozenset[str]:
        """All actions of its windows, events or not."""
        if self.labels is not None:
            return self.labels
        return frozenset(span.label for span in self.actions)

    def outlined(self, told: bool = False) -> TrackView:
        """Return the track without what only the page of its video draws.

        All pictures of the body are kept of a track that is ``told`` of in an event.
        A case of 200,000 tracks is held in outlines: with all series it would take 6 GB.
        """
        return replace(
            self,
            face_presence=(),
            emotions=NO_SERIES,
            raw_emotions=NO_SERIES,
            actions=(),
            bodies=self.bodies if told else (self.best_body,) if self.best_body else (),
            shares=self.action_shares,
            labels=self.action_labels,
        )


@dataclass(frozen=True, slots=True)
class EventView:
    """Something worth a look; ``tracks`` are short names, none for what belongs to the scene."""

    id: str
    number: int
    kind: str
    label: str
    t_start: float
    t_end: float
    t_peak: float
    score: float
    level: Level
    tracks: tuple[str, ...]
    person: str | None

    @property
    def track(self) -> str | None:
        """The first of those who take part."""
        return self.tracks[0] if self.tracks else None

    @property
    def name(self) -> str:
        """The short name used beside every picture and tick."""
        return f"E{self.number}"


def page_of(sha256: str) -> str:
    """Return the file name of the page of a video."""
    return f"video-{short_id(sha256, 12)}.html"


@dataclass(frozen=True, eq=False)
class VideoView:
    """One video with its tracks; ``paths`` are all files of that content, ``gaps`` not analysed.

    ``faces_turned`` is by how many degrees it must be turned to show faces, where that is so.
    ``events`` are those of the levels *alarm* and *to check*, the rest lies ``below``.
    Of ``keyframes_only_s`` seconds only keyframes were looked at (triage). ``no_pictures`` says why
    no pictures of the recording may be shown, if they may not. In ``pauses`` the recorder wrote
    nothing, so that there was nothing to analyse.
    ``measured`` tells with which settings its rows were measured, None in older cases.
    ``clocks`` are all that tell its time, the one that counts first. ``wall_start`` is the best of
    the recording itself at the first frame, ``corrected_start`` what the camera file makes of it;
    both naive, in the digits of their own clock. An outline (``outlined``) has its tracks in
    outline: ``told_faces`` and ``acted_s`` are what ``face_reasons`` and ``action_seconds`` were,
    ``strong`` what ``expressions.strong_of`` gave.
    """

    sha256: str
    paths: tuple[str, ...]
    facts: VideoInfo
    duration_s: float
    wall_start: datetime | None
    wall_source: str | None
    frames_sampled: int
    frames_examined: int
    bad_frames: int
    gaps: tuple[Span, ...]
    tracks: tuple[TrackView, ...]
    tracklets: int
    smallest_face_px: int
    keyframes_only_s: float = 0.0
    faces_turned: int = 0
    events: tuple[EventView, ...] = ()
    below: tuple[EventView, ...] = ()
    camera: Camera | None = None
    corrected_start: datetime | None = None
    no_pictures: str | None = None
    clocks: tuple[JudgedClock, ...] = ()
    pauses: tuple[Span, ...] = ()
    measured: MeasuredWith | None = None
    told_faces: Mapping[str, int] | None = None
    acted_s: Mapping[str, float] | None = None
    strong: tuple[tuple[str, str, float, float, float, float, float], ...] | None = None

    def outlined(self) -> VideoView:
        """Return the video with its tracks in outline, and what their series add up to."""
        told = {name for event in self.events for name in event.tracks}
        return replace(
            self,
            tracks=tuple(track.outlined(track.name in told) for track in self.tracks),
            told_faces=self.face_reasons,
            acted_s=self.action_seconds,
        )

    @property
    def face_reasons(self) -> Mapping[str, int]:
        """Number of seen faces by why no expression was told of them, "" where one was."""
        if self.told_faces is not None:
            return self.told_faces
        return Counter(reason for track in self.tracks for reason in track.emotions.reasons)

    @property
    def action_seconds(self) -> Mapping[str, float]:
        """Seconds by action, over all tracks."""
        if self.acted_s is not None:
            return self.acted_s
        seconds: dict[str, float] = {}
        for track in self.tracks:
            for span in track.actions:
                seconds[span.label] = seconds.get(span.label, 0.0) + span.t_end - span.t_start
        return seconds

    @cached_property
    def clock(self) -> Clock | None:
        """The clock that tells the time of its pictures; None where none does."""
        return used_clock(self.clocks)

    @property
    def stored_clock(self) -> Clock | None:
        """The best clock of the recording itself; None without one."""
        own = (c.clock for c in self.clocks if c.clock.source != "camera file")
        return next(own, None)

    @property
    def corrected_clock(self) -> Clock | None:
        """The clock that counts where the camera file corrects it; None where it does not."""
        return None if self.corrected_start is None else self.clock

    @property
    def contradictions(self) -> tuple[str, ...]:
        """How clocks of the recording contradict the one that counts, and what is odd about it."""
        told = (c.contradiction for c in self.clocks if c.contradiction)
        odd = [c for c in self.clocks if c.used or self.clock is None]
        notes = (note for c in odd for note in c.clock.notes)
        return (*told, *dict.fromkeys(notes))

    @property
    def name(self) -> str:
        """The file name under which the video is spoken of."""
        return PurePath(self.paths[0]).name if self.paths else short_id(self.sha256, 12)

    @property
    def place(self) -> str:
        """The camera, or the file where none is known."""
        return self.camera.name if self.camera else self.name

    @cached_property
    def clock_start(self) -> datetime | None:
        """The best known time of the first frame; None where no clock tells it."""
        return None if self.clock is None else self.clock.start

    @property
    def shift_s(self) -> float | None:
        """Seconds that were added to the stored time; None where nothing was corrected."""
        if self.corrected_start is None or self.wall_start is None:
            return None
        return (self.corrected_start - self.wall_start).total_seconds()

    def track(self, name: str | None) -> TrackView | None:
        """Return the track of that short name."""
        return self._by_name.get(name or "")

    @cached_property
    def _by_name(self) -> dict[str, TrackView]:
        return {track.name: track for track in self.tracks}

    @property
    def page(self) -> str:
        """The file name of the video's page."""
        return page_of(self.sha256)

    @property
    def gaps_s(self) -> float:
        """Seconds that could not be, or were not, analysed."""
        return sum(gap.t_end - gap.t_start for gap in self.gaps)

    @property
    def coverage(self) -> float | None:
        """Share of what was recorded that was analysed; None where nothing was."""
        return 1 - self.gaps_s / self.recorded_s if self.recorded_s > 0 else None

    @property
    def recorded_s(self) -> float:
        """Seconds in which the recorder wrote pictures."""
        return self.duration_s - sum(pause.t_end - pause.t_start for pause in self.pauses)

    @property
    def drawn_pauses(self) -> list[Span]:
        """The pauses as a bar of the page can show them."""
        return as_drawn(self.pauses, self.duration_s / _BAR_PX)

    @property
    def recorded(self) -> list[Span]:
        """The stretches with pictures, in order."""
        return complement(self.pauses, self.duration_s, "", 0.0)

    @property
    def candidate_tracks(self) -> tuple[TrackView, ...]:
        """The tracks with evidence to weigh: of candidates, and those that were reviewed."""
        return tuple(
            track for track in self.tracks if track.identity == "candidate" or track.verdicts
        )


Appearance = tuple[VideoView, TrackView]
"""A track with the video in which it is."""


@dataclass(frozen=True, eq=False)
class CaseView:
    """A whole case, or what was asked of it: ``narrowed`` says in words what was left out.

    ``settings`` are those of the last run; ``info`` says by name who examines the case, on whose
    authority and why; ``policy`` what is forbidden; ``passed_over`` was not taken as an input.
    ``look_groups`` tells of each group by appearance whether an examiner took it for one person.
    """

    title: str
    files: tuple[StoredFile, ...]
    videos: tuple[VideoView, ...]
    gallery: tuple[StoredPicture, ...]
    runs: tuple[RunRecord, ...]
    settings: Settings
    format_version: str
    narrowed: tuple[str, ...] = ()
    info: dict[str, str] = field(default_factory=dict)
    policy: tuple[Rule, ...] = ()
    passed_over: tuple[PassedOver, ...] = ()
    look_groups: Mapping[str, bool] = field(default_factory=dict)

    def video(self, sha256: str | None) -> VideoView | None:
        """Return the video of that content, if it was analysed."""
        return self._by_sha256.get(sha256 or "")

    @cached_property
    def _by_sha256(self) -> dict[str, VideoView]:
        return {video.sha256: video for video in self.videos}

    @cached_property
    def by_look_group(self) -> dict[str, list[Appearance]]:
        """The tracks of each group by appearance, with their videos."""
        found: dict[str, list[Appearance]] = {}
        for video in self.videos:
            for track in video.tracks:
                if track.look_group is not None:
                    found.setdefault(track.look_group, []).append((video, track))
        return found
