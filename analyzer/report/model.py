"""What the pages of a report need, as frozen values: read by ``data``, drawn by ``pages``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.identity.decisions import Verdict
from analyzer.report.series import Span
from analyzer.store.policy import Rule


@dataclass(frozen=True, slots=True)
class FaceShot:
    """A stored face picture: ``image`` is the sha256 of its crop under faces/."""

    id: str
    t: float
    quality: float
    eye_px: float
    yaw: float
    reasons: tuple[str, ...]
    image: str


@dataclass(frozen=True, slots=True, eq=False)
class EmotionSeries:
    """Probabilities over time: ``t`` float64 (N,), ``p`` float64 (N, 7), NaN where not assessed.

    ``reasons`` tells, a sample, why there is no answer; empty strings where there is one.
    """

    t: NDArray[np.float64]
    p: NDArray[np.float64]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CandidateView:
    """One person a track was compared with, and the two pictures that produced the distance."""

    rank: int
    person: str
    distance: float
    margin: float | None
    threshold: float
    probability: float | None
    accepted: bool
    face: FaceShot | None
    gallery_image: str | None
    gallery_path: str
    gallery_sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class TrackView:
    """One person followed through one video, with everything a page says of it.

    ``unknown`` is the name of an unknown person; ``verdicts`` are what reviews come to.
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
    unknown: str | None = None
    verdicts: tuple[Verdict, ...] = ()

    @property
    def confirmed(self) -> str | None:
        """The person whom reviewers confirmed."""
        return next((v.person for v in self.verdicts if v.decision == "confirmed"), None)

    @property
    def rejected(self) -> bool:
        """Whether reviewers rejected the candidate."""
        said = self.verdict(self.person)
        return said is not None and said.decision == "rejected"

    def verdict(self, person: str | None) -> Verdict | None:
        """Return what reviews of the track as ``person`` come to; None where there are none."""
        return next((v for v in self.verdicts if v.person == person), None)

    @property
    def name(self) -> str:
        """The short name used beside every picture and lane."""
        return f"T{self.number}"

    @property
    def action_shares(self) -> tuple[tuple[str, float], ...]:
        """Actions by share of the told time, largest first."""
        totals: dict[str, float] = {}
        for span in self.actions:
            totals[span.label] = totals.get(span.label, 0.0) + span.t_end - span.t_start
        whole = sum(totals.values()) or 1.0
        ranked = sorted(totals.items(), key=lambda item: (-item[1], item[0]))
        return tuple((label, seconds / whole) for label, seconds in ranked)


@dataclass(frozen=True, slots=True, eq=False)
class VideoView:
    """One video with its tracks; ``paths`` are all files of that content, ``gaps`` not analysed."""

    sha256: str
    paths: tuple[str, ...]
    facts: dict[str, Any]
    duration_s: float
    wall_start: datetime | None
    wall_source: str | None
    frames_sampled: int
    frames_examined: int
    bad_frames: int
    keyframes_only_s: float
    gaps: tuple[Span, ...]
    tracks: tuple[TrackView, ...]
    tracklets: int
    smallest_face_px: int

    @property
    def page(self) -> str:
        """The file name of the video's page."""
        return f"video-{self.sha256[:12]}.html"

    @property
    def gaps_s(self) -> float:
        """Seconds that could not be, or were not, analysed."""
        return sum(gap.t_end - gap.t_start for gap in self.gaps)

    @property
    def coverage(self) -> float | None:
        """Share of the duration that was analysed; None for a video without a duration."""
        return 1 - self.gaps_s / self.duration_s if self.duration_s > 0 else None

    @property
    def candidate_tracks(self) -> tuple[TrackView, ...]:
        """The tracks whose nearest person lies within the threshold."""
        return tuple(track for track in self.tracks if track.identity == "candidate")


@dataclass(frozen=True, slots=True)
class FileView:
    """One file given to the tool; ``sha256`` is None where its content was not taken in."""

    path: str
    status: str
    reason: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class GalleryPicture:
    """One picture of the gallery, whether it was used, and why not."""

    person: str
    path: str
    status: str
    reason: str | None
    image: str | None


@dataclass(frozen=True, slots=True)
class RunView:
    """One execution of the tool over the case."""

    id: str
    command: str
    started_at: str
    ended_at: str | None
    status: str
    settings: dict[str, Any]
    models: Any
    versions: dict[str, Any]
    gallery_fingerprint: str | None


@dataclass(frozen=True, slots=True, eq=False)
class CaseView:
    """A whole case; ``about`` says who works on it and why, ``policy`` what it forbids now."""

    title: str
    files: tuple[FileView, ...]
    videos: tuple[VideoView, ...]
    gallery: tuple[GalleryPicture, ...]
    runs: tuple[RunView, ...]
    format_version: str
    about: tuple[tuple[str, str], ...] = ()
    policy: tuple[Rule, ...] = ()

    @property
    def switched_off(self) -> tuple[str, ...]:
        """The stages that the last run left out, for whatever reason."""
        if not self.runs:
            return ()
        sections = {"embedding": "identify", "emotions": "emotion", "actions": "action"}
        settings = self.runs[-1].settings
        return tuple(
            stage
            for section, stage in sections.items()
            if not settings.get(section, {}).get("enabled", True)
        )

    def video(self, sha256: str | None) -> VideoView | None:
        """Return the video of that content, if it was analysed."""
        return next((video for video in self.videos if video.sha256 == sha256), None)
