"""Route of one person: the appearances in order of time over cameras, with the gaps between."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import Any, Literal

from analyzer.identity.whereabouts import metres_between

Basis = Literal["confirmed", "candidate", "unknown", "similar appearance"]


@dataclass(frozen=True, slots=True)
class Stop:
    """One appearance; what it rests on is ``basis``, the weakest being similar appearance.

    ``wall_start`` and ``wall_end`` are the clock that counts, None where none does. ``face`` and
    ``picture`` are paths inside the case, None where no picture is kept. ``gap_s`` is the time
    since the stop before, ``distance_m`` the way from there, None where they are not known.
    """

    track_id: str
    video_sha256: str
    video_path: str
    camera: str | None
    location: str | None
    position: tuple[float, float] | None
    t_start: float
    t_end: float
    wall_start: datetime | None
    wall_end: datetime | None
    basis: Basis
    probability: float | None
    face: str | None
    picture: str | None
    gap_s: float | None = None
    distance_m: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        values = asdict(self)
        for key in ("wall_start", "wall_end"):
            moment = values[key]
            values[key] = None if moment is None else moment.isoformat(timespec="milliseconds")
        return values


def in_order(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Return ``stops`` by wall clock, those without one last by video, with gaps and distances."""
    ordered = sorted(stops, key=_place_in_time)
    done = ordered[:1]
    for before, after in pairwise(ordered):
        way = metres_between(before.position, after.position)
        done.append(replace(after, gap_s=_gap(before, after), distance_m=way))
    return tuple(done)


def _place_in_time(stop: Stop) -> tuple[bool, datetime, str, float, str]:
    unknown = stop.wall_start is None
    moment = stop.wall_start or datetime.min
    return unknown, moment, stop.video_path, stop.t_start, stop.track_id


def _gap(before: Stop, after: Stop) -> float | None:
    if before.video_sha256 == after.video_sha256:
        return after.t_start - before.t_end
    if before.wall_end is None or after.wall_start is None:
        return None
    return (after.wall_start - before.wall_end).total_seconds()
