"""Time stamps of packets made whole: clocks that start over, joined recordings, missing stamps.

Works on what the file stores, in the order of the file. What it corrects here, ffmpeg must correct
when it decodes: ``retiming`` is the same rule as an expression of the filter ``setpts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

NO_PTS = np.iinfo(np.int64).min

# Stamps that go back by more than this come from a clock that starts over, or from two recordings
# that were joined into one file. Pictures out of order go back by less.
JUMP_BACK_S = 1.0
# How near a clock must be to the end of its range, and to its beginning after, to have started over
# by itself: a pause may lie between.
_NEAR_WRAP_S = 3600.0
# Clocks of recorders count in the ticks of the stream, or in microseconds, with so many bits.
_WIDTHS = range(24, 34)
_MICROSECOND = Fraction(1, 1_000_000)
# libavformat adds this to stamps that fall below the first, since transport and program streams
# count with 33 bits; where the clock is narrower, that is a jump ahead.
_LAVF_PERIOD = 1 << 33
# Pictures by which the order of decoding may differ from that of presentation, and the longest
# stretch without a stamp, in pictures, in which they are given their places one by one.
_MOST_REORDER, _WIDEST_HOLE = 4, 16


@dataclass(frozen=True, slots=True, eq=False)
class Stamps:
    """Time stamps of a stream, int64 (N,) in ticks, and by which ``rule`` they were continued.

    ``rule`` is an expression of ffmpeg's ``setpts``, empty where the stored stamps are continuous.
    ``joins`` counts the places where a part was put behind another: how much time lies between is
    not stored.
    """

    pts: NDArray[np.int64]
    dts: NDArray[np.int64]
    rule: str = ""
    joins: int = 0


def continued(pts: NDArray[np.int64], dts: NDArray[np.int64], time_base: Fraction) -> Stamps:
    """Return stamps whose clock never goes back, NO_PTS where there are none.

    A clock that starts over goes on by its period; a joined recording follows a usual step after
    the one before.
    """
    stored = np.where(dts != NO_PTS, dts, pts)
    known = np.flatnonzero(stored != NO_PTS)
    clock = stored[known]
    steps = np.diff(clock)
    tick = float(time_base)
    jumps = np.flatnonzero((steps * tick < -JUMP_BACK_S) | _beyond_lavf(clock, tick))
    if not len(jumps):
        return Stamps(pts, dts)
    regular = np.delete(steps, jumps)
    usual = int(np.median(regular[regular > 0])) if (regular > 0).any() else 1
    ahead = _least_ahead(steps, jumps)
    period = _period(clock, jumps, tick)
    near = round(_NEAR_WRAP_S / tick)
    shifts = np.zeros(len(clock), dtype=np.int64)
    joins = 0
    for i in jumps.tolist():
        step = int(steps[i])
        wrapped = period is not None and -near < step + period < near
        shifts[i + 1] = period if period is not None and wrapped else usual - step
        joins += not wrapped
    add = np.zeros(len(stored), dtype=np.int64)
    add[known] = np.cumsum(shifts)
    rule = _rule(JUMP_BACK_S / tick, ahead, period, near, usual)
    return Stamps(_added(pts, add), _added(dts, add), rule, joins)


def _added(stamps: NDArray[np.int64], add: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(stamps == NO_PTS, NO_PTS, stamps + add)


def _beyond_lavf(clock: NDArray[np.int64], tick: float) -> NDArray[np.bool_]:
    """Return the steps over which libavformat added its period to a clock that went back by less.

    The clock was far from its end before, and goes back when the period is taken away again.
    """
    before, after = clock[:-1], clock[1:]
    crossed = (before < _LAVF_PERIOD) & (after >= _LAVF_PERIOD)
    return crossed & ((after - before) * tick > 2 * _NEAR_WRAP_S)


def _least_ahead(steps: NDArray[np.int64], jumps: NDArray[np.intp]) -> float | None:
    """Return from which step on a jump ahead is one of ``jumps``, None where none leads ahead."""
    ahead = steps[jumps][steps[jumps] > 0]
    return float(ahead.min()) - 0.5 if len(ahead) else None


def _period(clock: NDArray[np.int64], jumps: NDArray[np.intp], tick: float) -> int | None:
    """Return by how much a clock that starts over goes on, None where it does not.

    That is the period of a clock whose last stamp before the first jump lies just below it, and
    whose first one after lies just above 0. Less what libavformat added of its own.
    """
    before = int(clock[jumps[0]])
    after = int(clock[jumps[0] + 1])
    added = _LAVF_PERIOD if after >= _LAVF_PERIOD > before else 0
    near = _NEAR_WRAP_S / tick
    for period in _periods(tick):
        begins = after - added
        if 0 <= begins < min(near, period / 4) and 0 < period - before <= min(near, period / 4):
            return period - added
    return None


def _periods(tick: float) -> list[int]:
    microseconds = [round((1 << bits) * float(_MICROSECOND) / tick) for bits in (31, 32)]
    return [1 << bits for bits in _WIDTHS] + microseconds


def _rule(back: float, ahead: float | None, period: int | None, near: int, usual: int) -> str:
    """Return what ``continued`` did as an expression of ``setpts``.

    Register 0 holds what is added; a jump between two pictures in order of presentation is one
    between two packets in the order of the file.
    """
    step = "(PTS-PREV_INPTS)"
    jumps = f"lt({step},{-back:.0f})"
    if ahead is not None:
        jumps += f"+gt({step},{ahead:.0f})"
    add = f"{usual}-{step}"
    if period is not None:
        add = f"if(lt(abs({step}+{period}),{near}),{period},{add})"
    return f"st(0,ld(0)+if({jumps},{add},0))*0+PTS+ld(0)"


def filled(pts: NDArray[np.int64], dts: NDArray[np.int64], pause: float) -> NDArray[np.int64]:
    """Return ``pts`` with those that are missing.

    Between two stored stamps the packets are evenly spaced. Where the stretch between them is over
    ``pause`` ticks longer than usual, there was a pause, and they follow the first at the usual
    step, as ffmpeg has it. Packets before the first stamp and after the last follow that step too.
    """
    missing = pts == NO_PTS
    if not missing.any():
        return pts
    known = np.flatnonzero(~missing)
    clock = np.where(dts[known] != NO_PTS, dts[known], pts[known])
    behind = int(np.median(pts[known] - clock))
    step = _step_of(known, clock)
    result = pts.copy()
    places = np.flatnonzero(missing)
    before = np.searchsorted(known, places) - 1
    for place, i in zip(places.tolist(), before.tolist(), strict=True):
        at = max(i, 0)
        each = step
        if 0 <= i < len(known) - 1:
            count, length = known[i + 1] - known[i], clock[i + 1] - clock[i]
            if 0 < length <= count * step + pause:
                each = length / count
        result[place] = round(clock[at] + (place - known[at]) * each) + behind
    result[places] = _into_holes(np.sort(pts[known]), result[places], step)
    return result


def _into_holes(
    stored: NDArray[np.int64], guessed: NDArray[np.int64], step: float
) -> NDArray[np.int64]:
    """Return ``guessed`` stamps moved to where one is missing among ``stored``, both ascending.

    Packets come in the order of decoding, so the guess may be some pictures off.
    """
    ends = np.flatnonzero(np.diff(stored) > 1.5 * step)
    holes: list[int] = []
    for i in ends.tolist():
        wide = min(round((stored[i + 1] - stored[i]) / step), _WIDEST_HOLE)
        holes += [round(stored[i] + n * step) for n in range(1, wide)]
    result, free = guessed.copy(), np.array(holes, dtype=np.int64)
    for k in np.argsort(guessed, kind="stable").tolist():
        if not len(free):
            break
        nearest = int(np.abs(free - guessed[k]).argmin())
        if abs(free[nearest] - guessed[k]) <= _MOST_REORDER * step:
            result[k] = free[nearest]
            free = np.delete(free, nearest)
    return result


def _step_of(known: NDArray[np.intp], clock: NDArray[np.int64]) -> float:
    """Return the usual ticks per packet, of stamps at the places ``known`` in the file."""
    ticks, packets = np.diff(clock), np.diff(known)
    ahead = ticks > 0
    if not ahead.any():
        return 1.0
    each, weights = ticks[ahead] / packets[ahead], packets[ahead]
    order = np.argsort(each)
    half = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    return float(each[order][half])
