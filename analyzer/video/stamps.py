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
# Clocks of recorders count in the ticks of the stream, or in microseconds, with so many bits. One
# that starts over by itself was so near to the end of its range before, and to its beginning after:
# for the common widths a pause may lie between, others must fit closely.
_WIDTHS = range(24, 34)
_COMMON_WIDTHS = (32, 33)
_MICROSECOND = 1e-6
_NEAR_WRAP_S, _CLOSE_S = 900.0, 2.0
# libavformat adds this to stamps that fall below the first, since transport and program streams
# count with 33 bits; where the clock is narrower, that is a jump ahead.
_LAVF_PERIOD = 1 << 33
# Pictures by which the order of decoding may differ from that of presentation, and the longest
# stretch without a stamp, in pictures, in which they are given their places one by one.
_MOST_REORDER, _WIDEST_HOLE = 4, 16
# Most stamps in a row, and in all, that are left out since they lie far off.
_OUTLIERS_IN_A_ROW, _MOST_OUTLIERS = 4, 200
# Packets on both sides of a jump whose pictures may be shown on the other side.
_ABOUT_JUMP = 32


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


def without_outliers(pts: NDArray[np.int64], dts: NDArray[np.int64], time_base: Fraction) -> Stamps:
    """Return stamps without the few that lie far off between neighbours that fit each other.

    Noise on a line or a disk makes one stamp anything. Believed, it would be a pause or a second
    recording, and all that follows would be late by it. ``rule`` gives such a picture a place after
    the one before, as ``filled`` does.
    """
    stored = np.where(dts != NO_PTS, dts, pts)
    known = np.flatnonzero(stored != NO_PTS)
    clock = stored[known]
    back = JUMP_BACK_S / float(time_base)
    off: set[int] = set()
    for i in np.flatnonzero(np.diff(clock) < -back).tolist():
        off |= _off_about(clock, i, back)
    if not off or len(off) > _MOST_OUTLIERS:
        return Stamps(pts, dts)
    places = known[sorted(off)]
    step = max(1, int(np.median(np.abs(np.diff(clock)))))
    values = sorted({int(value) for value in pts[places] if value != NO_PTS})
    pts, dts = pts.copy(), dts.copy()
    pts[places], dts[places] = NO_PTS, NO_PTS
    hit = "+".join(f"eq(PTS,{value})" for value in values)
    return Stamps(pts, dts, f"if({hit},PREV_OUTPTS+{step},PTS)" if values else "")


def _off_about(clock: NDArray[np.int64], i: int, back: float) -> set[int]:
    """Return which stamps to leave out so that ``clock`` does not go back after ``i``.

    The last few, too high, or the next few, too low; none where only many would do.
    """
    for count in range(1, _OUTLIERS_IN_A_ROW + 1):
        before, after = i - count, i + 1 + count
        if before >= 0 and 0 <= clock[i + 1] - clock[before] < _CLOSE_S * back:
            return set(range(before + 1, i + 1))
        if after < len(clock) and 0 <= clock[after] - clock[i] < _CLOSE_S * back:
            return set(range(i + 1, after))
    return set()


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
    ahead = _least_ahead(steps, jumps, regular)
    period, near = _period(clock, jumps, tick)
    shifts = np.zeros(len(clock), dtype=np.int64)
    joins = 0
    for i in jumps.tolist():
        step = int(steps[i])
        wrapped = period is not None and -near < step + period < near
        shifts[i + 1] = period if period is not None and wrapped else usual - step
        joins += not wrapped
    add = np.zeros(len(stored), dtype=np.int64)
    add[known] = np.cumsum(shifts)
    shown = _nearest_add(pts, np.where(stored == NO_PTS, NO_PTS, stored + add), add)
    rule = _rule(JUMP_BACK_S / tick, ahead, period, near, usual)
    return Stamps(_added(pts, shown), _added(dts, add), rule, joins)


def _added(stamps: NDArray[np.int64], add: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(stamps == NO_PTS, NO_PTS, stamps + add)


def _beyond_lavf(clock: NDArray[np.int64], tick: float) -> NDArray[np.bool_]:
    """Return the steps over which libavformat added its period to a clock that went back by less.

    The clock was far from its end before, and goes back when the period is taken away again.
    """
    before, after = clock[:-1], clock[1:]
    crossed = (before < _LAVF_PERIOD) & (after >= _LAVF_PERIOD)
    return crossed & ((after - before) * tick > 2 * _NEAR_WRAP_S)


def _nearest_add(
    pts: NDArray[np.int64], decoded: NDArray[np.int64], add: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return what to add to each of ``pts`` so that it lies nearest to its time of decoding.

    About a jump some pictures are decoded before it and shown after it.
    """
    changes = np.flatnonzero(np.diff(add)) + 1
    result = add.copy()
    for i in changes.tolist():
        about = slice(max(i - _ABOUT_JUMP, 0), i + _ABOUT_JUMP)
        options = np.array([add[i - 1], add[i]])
        off = np.abs(pts[about, None] + options - decoded[about, None])
        result[about] = options[off.argmin(axis=1)]
    return result


def _least_ahead(
    steps: NDArray[np.int64], jumps: NDArray[np.intp], regular: NDArray[np.int64]
) -> float | None:
    """Return from which step on a jump ahead is one of ``jumps``, None where none leads ahead."""
    ahead = steps[jumps][steps[jumps] > 0]
    return (float(ahead.min()) + float(regular.max(initial=0))) / 2 if len(ahead) else None


def _period(
    clock: NDArray[np.int64], jumps: NDArray[np.intp], tick: float
) -> tuple[int | None, int]:
    """Return by how much a clock that starts over goes on, and within how many ticks of that.

    That is the period of a clock whose last stamp before the first jump lies just below it, and
    whose first one after lies just above 0, less what libavformat added; None where there is none.
    """
    before, after = int(clock[jumps[0]]), int(clock[jumps[0] + 1])
    added = _LAVF_PERIOD if after >= _LAVF_PERIOD > before else 0
    for period, near in _periods(tick):
        if 0 <= after - added < near and 0 < period - before <= near:
            return period - added, 2 * near
    return None, 0


def _periods(tick: float) -> list[tuple[int, int]]:
    """Return the periods that clocks may have, and how near is near; common ones first."""
    near, close = round(_NEAR_WRAP_S / tick), round(_CLOSE_S / tick)
    common = [1 << bits for bits in _COMMON_WIDTHS] + [round((1 << 32) * _MICROSECOND / tick)]
    others = [1 << bits for bits in _WIDTHS if bits not in _COMMON_WIDTHS]
    others.append(round((1 << 31) * _MICROSECOND / tick))
    return [(p, min(near, p // 4)) for p in common] + [(p, min(close, p // 4)) for p in others]


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
