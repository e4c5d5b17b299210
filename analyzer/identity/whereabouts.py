"""Time and place of tracks: which two cannot be of one person, and how long lies between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

EARTH_M = 6_371_000.0
"""Mean radius of the earth in metres."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """One track as far as time and place tell whose it cannot be.

    ``moments`` are the pts at which it is in view in ``video``, ``t_start`` and ``t_end`` its
    seconds there. ``wall_start`` is the wall clock at ``t_start`` in seconds, None where no clock
    is known; ``zoned`` says that it is UTC, otherwise it is what a clock without a zone shows.
    ``position`` is latitude and longitude of the ``camera`` in degrees; ``overlaps`` names the
    cameras that see a part of the same place.
    """

    id: str
    video: str
    camera: str
    moments: frozenset[int]
    t_start: float
    t_end: float
    wall_start: float | None = None
    zoned: bool = False
    position: tuple[float, float] | None = None
    overlaps: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class MovementRule:
    """What is taken as impossible for one person.

    Clocks may be wrong by ``clock_s`` seconds; nobody covers more than ``speed_m_s`` metres a
    second between two cameras; clothes are taken to stay the same for ``within_h`` hours.
    """

    clock_s: float = 5.0
    speed_m_s: float = 8.0
    within_h: float = 24.0


class Whereabouts:
    """Time and place of all ``sightings``, compared in blocks of rows and columns."""

    def __init__(self, sightings: Sequence[Sighting], rule: MovementRule) -> None:
        self._sightings = sightings
        self._rule = rule
        self._video = _codes([s.video for s in sightings])
        self._camera = _codes([s.camera for s in sightings])
        code = dict(zip((s.camera for s in sightings), map(int, self._camera), strict=True))
        views = {(s.camera, other) for s in sightings for other in s.overlaps if other in code}
        self._views = sorted((code[one], code[other]) for one, other in views)
        self._t = np.array([(s.t_start, s.t_end) for s in sightings], float).reshape(-1, 2)
        shift = [np.nan if s.wall_start is None else s.wall_start - s.t_start for s in sightings]
        self._wall = self._t + np.array(shift, float)[:, None]
        self._zoned = np.array([s.zoned for s in sightings], bool)
        self._place = np.array([_on_earth(s.position) for s in sightings], float).reshape(-1, 3)

    def gaps(self, rows: Rows, columns: Rows) -> NDArray[np.float64]:
        """Return the seconds between two tracks, float64 (R, C): negative where they overlap.

        In one video the times of the file count, which are exact. NaN where the clocks cannot be
        compared: one is unknown, or only one of them tells its zone.
        """
        same = self._same_video(rows, columns)
        comparable = self._zoned[rows][:, None] == self._zoned[columns][None]
        by_wall = np.where(comparable, _between(self._wall[rows], self._wall[columns]), np.nan)
        return np.where(same, _between(self._t[rows], self._t[columns]), by_wall)

    def metres(self, rows: Rows, columns: Rows) -> NDArray[np.float64]:
        """Return the distances between the cameras, float64 (R, C); NaN where one is unknown."""
        return _metres(self._place[rows][:, None] - self._place[columns][None])

    def impossible(self, rows: Rows, columns: Rows) -> NDArray[np.bool_]:
        """Return which pairs cannot be one person, bool (R, C).

        In one video: seen at one moment. In two: seen at one time by cameras that do not share a
        view, or further apart than anybody gets in the time between. And whatever lies further
        apart in time than clothes are taken to stay the same.
        """
        gaps, rule = self.gaps(rows, columns), self._rule
        same_video = self._same_video(rows, columns)
        apart = np.nan_to_num(self.metres(rows, columns), nan=0.0)
        needed = np.where(apart > 0, apart / rule.speed_m_s, 0.0) - rule.clock_s
        elsewhere = ~same_video & ~self._may_share(rows, columns) & (gaps < needed)
        too_long = gaps > rule.within_h * 3600
        together = np.zeros_like(same_video)
        for i, j in np.argwhere(same_video & (gaps < 0)):
            one, other = self._sightings[rows[i]], self._sightings[columns[j]]
            together[i, j] = not one.moments.isdisjoint(other.moments)
        return np.asarray(elsewhere | too_long | together, bool)

    def _same_video(self, rows: Rows, columns: Rows) -> NDArray[np.bool_]:
        return np.asarray(self._video[rows][:, None] == self._video[columns][None], bool)

    def _may_share(self, rows: Rows, columns: Rows) -> NDArray[np.bool_]:
        """Return which pairs are of cameras that see a part of the same place."""
        shared = self._camera[rows][:, None] == self._camera[columns][None]
        for one, other in self._views:
            shared |= (self._camera[rows] == one)[:, None] & (self._camera[columns] == other)[None]
            shared |= (self._camera[rows] == other)[:, None] & (self._camera[columns] == one)[None]
        return np.asarray(shared, bool)


class InView(Protocol):
    """When a track is in view: the pts of its ``moments`` in ``video``."""

    @property
    def video(self) -> str:
        """The video."""

    @property
    def moments(self) -> frozenset[int]:
        """The pts, at least one."""


def seen_together(tracks: Sequence[InView]) -> Iterator[tuple[int, int]]:
    """Yield the places of pairs of ``tracks`` that are in view at one moment of one video."""
    by_video: dict[str, list[int]] = {}
    for index, track in enumerate(tracks):
        by_video.setdefault(track.video, []).append(index)
    for indices in by_video.values():
        open_: list[tuple[int, int]] = []
        for start, index in sorted((min(tracks[i].moments), i) for i in indices):
            open_ = [(end, other) for end, other in open_ if end >= start]
            for _, other in open_:
                if not tracks[index].moments.isdisjoint(tracks[other].moments):
                    yield other, index
            open_.append((max(tracks[index].moments), index))


def metres_between(
    one: tuple[float, float] | None, other: tuple[float, float] | None
) -> float | None:
    """Return the metres between two places, (latitude, longitude) in degrees; None for no place."""
    if one is None or other is None:
        return None
    return float(_metres(np.subtract(_on_earth(one), _on_earth(other))))


def _metres(chord: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the great-circle distances in metres of chords (..., 3) of the unit sphere."""
    half = np.linalg.norm(chord, axis=-1) / 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.clip(half, 0, 1)))


def _codes(names: Sequence[str]) -> NDArray[np.int64]:
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], np.int64)


def _between(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the gaps between stretches (R, 2) and (C, 2), negative where they overlap."""
    after = other[None, :, 0] - one[:, None, 1]
    before = one[:, None, 0] - other[None, :, 1]
    return np.asarray(np.maximum(after, before))


def _on_earth(position: tuple[float, float] | None) -> tuple[float, float, float]:
    """Return the place as a point of the unit sphere, NaN where it is not known."""
    if position is None:
        return np.nan, np.nan, np.nan
    latitude, longitude = np.radians(position)
    x = float(np.cos(latitude) * np.cos(longitude))
    return x, float(np.cos(latitude) * np.sin(longitude)), float(np.sin(latitude))
