"""Settings of what is looked at: sampling, motion, detectors of faces and people, tracking."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """Which frames are looked at. ``fps`` samples per second of video; segments in seconds.

    With ``triage`` keyframes only, and every sample around those on which somebody is.
    """

    fps: float = 5.0
    segment_s: float = 300.0
    overlap_s: float = 2.0
    triage: bool = False


@dataclass(frozen=True, slots=True)
class MotionSettings:
    """When a frame is worth a detector: something moved, or a look is due anyway.

    While all is still the first look comes after ``recheck_s`` and each further wait is three
    times as long, up to ``recheck_most_s``.
    """

    enabled: bool = True
    recheck_s: float = 1.0
    recheck_most_s: float = 60.0


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """Face detection.

    ``backend`` auto takes the best installed; ``width`` is the picture width in px that the
    detector sees; ``min_px`` the smallest face there; ``keep`` best faces a tracklet, besides the
    best of each stretch of its time; ``crops`` whether their pictures are stored.
    """

    backend: str = "auto"
    width: int = 960
    min_px: int = 16
    min_score: float = 0.7
    keep: int = 5
    crops: bool = True


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Person detection. ``backend`` auto takes the best installed; ``width`` px as for faces."""

    backend: str = "auto"
    width: int = 640
    min_score: float = 0.15


@dataclass(frozen=True, slots=True)
class TrackingSettings:
    """Association. A tracklet unseen for ``lost_s`` ends; ``min_hits`` sightings make one."""

    lost_s: float = 1.0
    min_hits: int = 2
    high_score: float = 0.6
