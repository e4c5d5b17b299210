"""Events of a recording beside the incidents that are labelled in it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from analyzer.config import Settings
from analyzer.errors import AnalyzerError
from analyzer.events.levels import KINDS
from analyzer.lab.action.labels import Clip
from analyzer.lab.action.samples import whole
from analyzer.pipeline.derive import KnownPeople, RawVideo, derive_video
from analyzer.pipeline.inference import Inference
from analyzer.pipeline.segment import analyse_segment
from analyzer.pipeline.tasks import SegmentTask
from analyzer.types import Event, VideoInfo

_NEAR_S: Final = 1.0
"""An event this close to an incident tells it: half of the window that an event is made of."""

_FIGHTS_ALONE: Final = ("fighting", "none")
"""Labels that tell of fights and of nothing else."""

_NOBODY: Final = KnownPeople((), None, ())


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened: its kind, and from when to when, in seconds of the recording."""

    kind: str
    start: float
    end: float

    def told_by(self, event: Event) -> bool:
        """Return whether ``event`` is of this kind and near in time."""
        early = event.end.t < self.start - _NEAR_S
        return event.kind == self.kind and not early and event.start.t <= self.end + _NEAR_S


@dataclass(frozen=True, slots=True)
class SeenEvent:
    """An event that somebody looked at where no label tells of its kind, and what was seen."""

    kind: str
    start: float
    right: bool


@dataclass(frozen=True, slots=True)
class JudgedRecording:
    """One recording: its events, its incidents, and the kinds of which all incidents are known.

    ``place`` is what intervals are taken over: recordings of one place are alike. ``seen`` are
    events of other kinds that were looked at: they count for precision, not for recall.
    """

    name: str
    place: str
    seconds: float
    kinds: frozenset[str]
    incidents: tuple[Incident, ...]
    events: tuple[Event, ...]
    seen: tuple[SeenEvent, ...] = ()

    @property
    def told(self) -> tuple[Event, ...]:
        """The events of the levels *alarm* and *to check*."""
        return tuple(event for event in self.events if event.level != "below")

    @property
    def ordinary(self) -> bool:
        """Whether nothing happened of the kinds of which that is known."""
        return not self.incidents

    def right(self, event: Event) -> bool | None:
        """Return whether what ``event`` tells of happened; None where nobody knows."""
        if event.kind in self.kinds:
            return any(incident.told_by(event) for incident in self.incidents)
        same = (one for one in self.seen if one.kind == event.kind)
        near = ((abs(one.start - event.start.t), one.right) for one in same)
        apart, found = min(near, default=(_NEAR_S, False))
        return found if apart < _NEAR_S else None


def incidents_of(clip: Clip) -> tuple[Incident, ...]:
    """Return what the labels of ``clip`` tell of; a label without intervals holds throughout."""
    if clip.intervals:
        return tuple(
            Incident(one.action, one.start, one.end)
            for one in clip.intervals
            if one.action in KINDS
        )
    return (Incident(clip.action, 0.0, math.inf),) if clip.action in KINDS else ()


def kinds_known(clip: Clip) -> frozenset[str]:
    """Return the kinds of which the labels of ``clip`` tell every incident.

    In a clip of a fight, or in one without, somebody may fall or run, and nobody said so. Whoever
    jumps or picks something up does nothing of ours.
    """
    return frozenset({"fighting"} if clip.label in _FIGHTS_ALONE else KINDS)


def events_in(info: VideoInfo, inference: Inference, settings: Settings) -> tuple[Event, ...]:
    """Return the events of a whole recording, as a run tells them."""
    span = whole(info)
    result = analyse_segment(SegmentTask(info.path, info, span, settings), inference)
    size = float(info.width), float(info.height)
    raw = RawVideo(info.sha256, [span], [result.tracklets], None, result.scene, picture=size)
    found = derive_video(raw, settings, _NOBODY, None, inference.actions).events
    return tuple(event for event in found if event.kind in KINDS)


def read_seen(path: Path) -> dict[str, tuple[SeenEvent, ...]]:
    """Return the events that were looked at by the path of their clip: path, kind, start, right.

    Raises AnalyzerError for a table of another form.
    """
    try:
        table = pd.read_csv(path)
        rows = zip(*(table[name] for name in ("path", "kind", "start", "right")), strict=True)
        found: dict[str, tuple[SeenEvent, ...]] = {}
        for clip, kind, start, right in rows:
            found[clip] = (*found.get(clip, ()), SeenEvent(kind, float(start), bool(right)))
    except (KeyError, ValueError) as error:
        raise AnalyzerError(
            f"{path}: columns path, kind, start and right are needed ({error})"
        ) from error
    return found
