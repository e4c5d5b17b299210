"""Rule of clocks: which of the clocks of a recording tells the time of its pictures.

Camera file, then the clock in the picture, the recorder's frame dates, the names of file and
folder, the container: the more directly a clock is tied to the pictures, the earlier it stands. One
that was probably never set counts only if a camera file corrects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Final, get_args

from analyzer.clock.container import container_clock
from analyzer.clock.frame_dates import frame_date_clock
from analyzer.clock.names import folder_clock, name_clock
from analyzer.clock.words import AGREE_S, UNSET_TRUST, apart_s, compared, shown, unset
from analyzer.types import Clock, ClockPiece, ClockSource, JudgedClock, VideoInfo, zone_of
from analyzer.video.cameras import Camera

ORDER: Final[tuple[ClockSource, ...]] = get_args(ClockSource)


def stored_clocks(info: VideoInfo, paths: Sequence[str]) -> tuple[Clock, ...]:
    """Return the clocks that the file of ``info``, found under ``paths``, tells by itself."""
    pure = [PurePath(path) for path in paths]
    begun = (
        _named(pure),
        next(filter(None, map(folder_clock, pure)), None),
        container_clock(info),
    )
    dates = frame_date_clock(info)
    told = [_at_first_picture(clock, info.start_offset_s) for clock in begun if clock is not None]
    return tuple(told) if dates is None else (dates, *told)


def _at_first_picture(clock: Clock, late_s: float) -> Clock:
    """Return a clock of the beginning of a recording, whose pictures begin ``late_s`` after it."""
    late = timedelta(seconds=late_s)
    return replace(clock, pieces=tuple(replace(p, wall=p.wall + late) for p in clock.pieces))


def _named(paths: Sequence[PurePath]) -> Clock | None:
    """Return the time in the first name that has one; copies that say otherwise are notes."""
    clocks = [(path.name, clock) for path in paths if (clock := name_clock(path)) is not None]
    if not clocks:
        return None
    first = clocks[0][1]
    others = {
        f"a copy of equal content is called {name}, which says {shown(clock)}"
        for name, clock in clocks
        if abs(apart_s(clock, first)) > AGREE_S
    }
    return replace(first, notes=(*first.notes, *sorted(others)))


def judged(
    clocks: Iterable[Clock],
    camera: Camera | None,
    duration_s: float,
    now: datetime | None = None,
) -> tuple[JudgedClock, ...]:
    """Return ``clocks`` and that of the ``camera`` file, the one that counts first.

    ``now``, naive UTC, is when the run takes place: what lies after it is wrong.
    """
    ranked = sorted((_checked(clock, now) for clock in clocks), key=_rank)
    usable = [clock for clock in ranked if clock.trust > UNSET_TRUST]
    corrected = None if camera is None else camera_clock(camera, next(iter(ranked), None))
    if corrected is not None:
        ranked = [corrected, *ranked]
        usable = [corrected, *usable]
    used = next(iter(usable), None)
    if used is None:
        return tuple(JudgedClock(clock, False, None, None) for clock in ranked)
    return tuple(_against(clock, used, duration_s) for clock in ranked)


def camera_clock(camera: Camera, stored: Clock | None) -> Clock | None:
    """Return what ``camera`` makes of the best ``stored`` clock; None where it says nothing.

    A stored clock of a known zone is shown in that of the camera.
    """
    if camera.start is not None:
        piece = ClockPiece(0.0, datetime.fromisoformat(camera.start))
        return Clock("camera file", f"start of {camera.name}", (piece,), camera.timezone, trust=1.0)
    if stored is None:
        return None
    local = stored if camera.timezone is None else _in_zone(stored, camera.timezone)
    first = camera.corrected(local.start) or local.start
    shift = first - local.start
    if not shift and local == stored:
        return None
    pieces = tuple(replace(piece, wall=piece.wall + shift) for piece in local.pieces)
    told = f"{camera.name}: {stored.told}"
    if shift:
        told += f" {shift.total_seconds():+.1f} s"
    return replace(local, source="camera file", told=told, pieces=pieces, trust=1.0)


def _in_zone(clock: Clock, zone: str) -> Clock:
    """Return ``clock`` as a clock in ``zone`` shows it; digits of unknown zone are taken as its."""
    first = clock.pieces[0]
    moment = clock.utc(first.t)
    if moment is None or clock.zone == zone:
        return replace(clock, zone=zone)
    shift = moment.astimezone(zone_of(zone)).replace(tzinfo=None) - first.wall
    pieces = tuple(replace(piece, wall=piece.wall + shift) for piece in clock.pieces)
    return replace(clock, pieces=pieces, zone=zone)


def _checked(clock: Clock, now: datetime | None) -> Clock:
    why = unset(clock, now)
    if why is None or why in clock.notes:
        return clock
    return replace(clock, trust=UNSET_TRUST, notes=(*clock.notes, why))


def _rank(clock: Clock) -> tuple[bool, int]:
    return clock.trust <= UNSET_TRUST, ORDER.index(clock.source)


def _against(clock: Clock, used: Clock, duration_s: float) -> JudgedClock:
    if clock is used:
        return JudgedClock(clock, True, 0.0, None)
    contradiction = compared(clock, used, duration_s)
    return JudgedClock(clock, False, round(apart_s(clock, used), 3), contradiction)
