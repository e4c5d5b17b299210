"""Reading of the clock that a recorder burnt into the picture.

The clock is found by OCR in one picture. From then on its strip alone is read: in a few pictures
spread over the recording, and around the moments at which its seconds change, which tells its
offset to a fraction of a second. Only what counts up with the recording is a clock.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

import cv2
import numpy as np

from analyzer.clock.choice import Dating, Seen, dating, moment_of, seconds
from analyzer.clock.fit import Fit, Reading, fit, is_plain
from analyzer.clock.looks import BURST_S, Look, Stretch, ends, moments
from analyzer.clock.ocr import TextReader
from analyzer.clock.strips import ClockStrips, cut, find_clock, is_name, read_clock, read_hours
from analyzer.types import Frame, VideoInfo

_LOOKS: Final = 3
_MORE_LOOKS: Final = 6
_A_LOOK_EVERY_S: Final = 60.0
_MOST_LOOKS: Final = 90
_MORE_BURSTS: Final = 2
"""Pictures read: at least three; one a minute of long recordings; six more, and two changes of the
seconds, of one whose clock drifts or jumps."""

_SEARCH_AGAIN_S: Final = 10.0
_LEAST_S: Final = 2.0
"""A recording shorter than this shows no clock that counts; one longer than ten seconds is searched
a second time in its middle."""

_AT_A_TIME: Final = 16
"""Pictures that are held at once."""

_JUMP_LOOKS: Final = 6
"""Pictures read to find where a clock jumped: half of the stretch is left out each time."""

_LEAST_RATE: Final = 3.0
"""Pictures a second from which on the moment at which the seconds change is looked for."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A clock that went from ``before`` to ``after`` between ``t_start`` and ``t_end``."""

    t_start: float
    t_end: float
    before: datetime
    after: datetime

    @property
    def seconds(self) -> float:
        """By how much it jumped, besides the time that passed."""
        return (self.after - self.before).total_seconds() - (self.t_end - self.t_start)


@dataclass(frozen=True, slots=True)
class BurntInClock:
    """The clock in the picture; ``start`` is what it shows, or would show, at the first picture.

    ``drift_s_per_min`` is what it gains a minute on the times of the file.
    """

    start: datetime
    fit: Fit
    jumps: tuple[Jump, ...]
    notes: tuple[str, ...]
    camera: str | None
    has_seconds: bool

    @property
    def drift_s_per_min(self) -> float:
        """Seconds that the clock gains a minute on the times of the file."""
        return self.fit.drift * 60


def read_burnt_in(
    info: VideoInfo, look: Look, ocr: TextReader, others: Sequence[datetime] = ()
) -> BurntInClock | None:
    """Return the clock in the pictures of ``info``; None where none counts up.

    ``others`` are the starts that other clocks of the recording tell, the best first: they settle
    which number is the day.
    """
    if info.duration_s < _LEAST_S:
        return None
    found = _found(info, look, ocr)
    if found is None:
        return None
    at, strips = found
    reader = _Reader(look, ocr, strips, tuple(others))
    reader.seen[at] = Seen(at, strips.first)
    changes = info.average_rate >= _LEAST_RATE and strips.first.has_seconds
    reader.read(moments(info, _count(info)), ends(info) if changes else ())
    clock = reader.fitted()
    if not is_plain(clock) and len(reader.seen) >= 2:
        between = [Stretch(t, BURST_S) for t in moments(info, _MORE_BURSTS + 2)[1:-1]]
        reader.read(moments(info, _count(info) + _MORE_LOOKS), between if changes else ())
        clock = reader.fitted()
    return None if clock is None else reader.clock(clock)


def _count(info: VideoInfo) -> int:
    return min(max(_LOOKS, int(info.duration_s / _A_LOOK_EVERY_S) + 1), _MOST_LOOKS)


def _found(info: VideoInfo, look: Look, ocr: TextReader) -> tuple[float, ClockStrips] | None:
    """Return where the clock stands, in the first picture or in one in the middle, and when."""
    tries = [0.0]
    if info.duration_s > _SEARCH_AGAIN_S:
        tries.append(moments(info, 3)[1])
    for t in tries:
        for frames in look([Stretch(t)]):
            found = find_clock(frames[0].bgr, ocr) if frames else None
            if found is not None:
                return frames[0].moment.t, found
    return None


class _Reader:
    """What was read so far of the clock of one recording."""

    def __init__(
        self, look: Look, ocr: TextReader, strips: ClockStrips, others: tuple[datetime, ...]
    ) -> None:
        self._look, self._ocr = look, ocr
        self._strips, self._others = strips, others
        self.seen: dict[float, Seen] = {}
        self._changes: list[tuple[Seen, float, float]] = []

    def read(self, at: Sequence[float], bursts: Sequence[Stretch] = ()) -> None:
        """Read one picture at each moment that was not read yet, and the change in each burst.

        Pictures that lie near each other are decoded in one go, a few at a time.
        """
        new = [Stretch(t) for t in at if all(abs(t - other) > 0.05 for other in self.seen)]
        for begin in range(_AT_A_TIME, len(new), _AT_A_TIME):
            self._read_pictures(self._look(new[begin : begin + _AT_A_TIME]))
        first = new[:_AT_A_TIME]
        found = self._look([*first, *bursts])
        self._read_pictures(found[: len(first)])
        for frames in found[len(first) :]:
            if len(frames) > 2:
                self._read_change(frames)

    def _read_pictures(self, found: Sequence[Sequence[Frame]]) -> None:
        for frames in found:
            if frames:
                self._read(frames[0])

    def _read(self, frame: Frame) -> None:
        shown = read_clock(frame.bgr, self._strips, self._ocr)
        if shown.time is not None:
            self.seen[frame.moment.t] = Seen(frame.moment.t, shown)

    def _read_change(self, frames: Sequence[Frame]) -> None:
        """Find the two neighbours between which the seconds change: likely where most differs."""
        read = _Hours(frames, self._strips, self._ocr)
        guess = _likely_change(frames, self._strips)
        low, high = 0, len(frames) - 1
        guesses = [guess, guess - 1]
        while high - low > 1:
            index = guesses.pop(0) if guesses else (low + high) // 2
            if not low < index < high:
                continue
            same = read.same_second(low, index)
            if same is None:
                return
            low, high = (index, high) if same else (low, index)
        if read.next_second(low, high):
            self._changes.append((read.at(low), frames[low].moment.t, frames[high].moment.t))

    def fitted(self) -> Fit | None:
        """Return the clock that what was read so far follows."""
        how = dating(list(self.seen.values()), self._others)
        readings = self._readings(how)
        return None if readings is None else fit(readings)

    def clock(self, found: Fit) -> BurntInClock:
        """Return the clock of ``found``; where it jumps is narrowed down."""
        for before, after in pairwise(found.pieces):
            self._narrow(found, before.last_t, after.t)
        found = self.fitted() or found
        how = dating(list(self.seen.values()), self._others)
        jumps = tuple(
            Jump(a.last_t, b.t, moment_of(a.value + a.rate * (a.last_t - a.t)), moment_of(b.value))
            for a, b in pairwise(found.pieces)
        )
        start = moment_of(found.at(0.0))
        return BurntInClock(
            start, found, jumps, how.notes, self._name(),
            self._strips.first.has_seconds,
        )  # fmt: skip

    def _name(self) -> str | None:
        """Return what stands beside the clock in most pictures, else what was read near it."""
        beside = Counter(one.shown.rest for one in self.seen.values())
        text, times = beside.most_common(1)[0]
        if times > len(self.seen) / 2 and is_name(text):
            return text
        return self._strips.name

    def _narrow(self, found: Fit, low: float, high: float) -> None:
        for _ in range(_JUMP_LOOKS):
            if high - low < 1.0:
                return
            middle = (low + high) / 2
            before = set(self.seen)
            self.read([middle])
            new = [t for t in self.seen if t not in before and low < t < high]
            refit = self.fitted()
            if not new or refit is None or len(refit.pieces) != len(found.pieces):
                return
            ends_at = [p.last_t for p in refit.pieces if p.last_t < high]
            starts = [p.t for p in refit.pieces if p.t > low]
            low, high = max(ends_at, default=low), min(starts, default=high)

    def _readings(self, how: Dating) -> list[Reading] | None:
        seen = list(self.seen.values())
        changes = [one for one, _, _ in self._changes]
        values = seconds([*seen, *changes], how, self._others) if seen else None
        if values is None:
            return None
        readings = [_plain(one, value) for one, value in zip(seen, values, strict=False)]
        for (_, low, high), value in zip(self._changes, values[len(seen) :], strict=True):
            whole = float(np.floor(value)) + 1
            readings.append(Reading((low + high) / 2, whole, max((high - low) / 2, 0.01), 2))
        return readings


class _Hours:
    """The time of day in each picture of a burst, read when it is asked for."""

    def __init__(self, frames: Sequence[Frame], strips: ClockStrips, ocr: TextReader) -> None:
        self._frames, self._strips, self._ocr = frames, strips, ocr
        self._read: dict[int, Seen] = {}

    def at(self, index: int) -> Seen:
        """Return what the clock shows in a picture; its time may be unreadable."""
        if index not in self._read:
            frame = self._frames[index]
            shown = read_hours(frame.bgr, self._strips, self._ocr)
            self._read[index] = Seen(frame.moment.t, shown)
        return self._read[index]

    def same_second(self, a: int, b: int) -> bool | None:
        """Whether two pictures show the same second; None where one cannot be read.

        Only the last two digits are compared: they alone change in a burst.
        """
        step = self._step(a, b)
        return None if step is None else step == 0

    def next_second(self, a: int, b: int) -> bool:
        """Whether ``b`` shows the second after that of ``a``."""
        return self._step(a, b) == 1

    def _step(self, a: int, b: int) -> int | None:
        first, second = self.at(a).shown.time, self.at(b).shown.time
        if first is None or second is None:
            return None
        return (second.second - first.second) % 60


def _plain(one: Seen, value: float) -> Reading:
    """Return one picture as a reading: the clock stands anywhere in the second that it shows."""
    assert one.shown.time is not None
    if not one.shown.has_seconds:
        return Reading(one.t, value + 30.0, 30.0)
    if one.shown.time.microsecond:
        return Reading(one.t, value, 0.05)
    return Reading(one.t, value + 0.5, 0.5)


def _likely_change(frames: Sequence[Frame], strips: ClockStrips) -> int:
    """Return the picture whose strip differs most from that of the picture before."""
    strip = strips.time
    crops = [cut(frame.luma[..., None], strip)[..., 0].astype(np.int16) for frame in frames]
    # The seconds are the last digits of the time of day; noise is everywhere, so strokes count.
    changes = [
        float((cv2.blur(np.abs(b - a).astype(np.float32), (3, 3)) > 40).sum())
        for a, b in pairwise(crops)
    ]
    return int(np.argmax(changes)) + 1
