"""Findings in the hashes of all pictures: what differs, stands still, or is repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from analyzer.video.frame_hashes import FrameHash

FROZEN_S = 1.0
"""Equal pictures for so long are told as frozen; fewer are duplicates."""

LEAST_REPEATED_S = 1.0
LEAST_REPEATED = 3
"""So many different pictures that come again in order for so long are told as repeated: a black or
a blue picture comes again wherever a signal is lost."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pictures from ``t_start`` to ``t_end`` seconds, ``frames`` in number.

    They equal the one before (``duplicate``, ``frozen``), or a stretch that began at ``of_t``
    (``repeated``).
    """

    kind: Literal["duplicate", "frozen", "repeated"]
    t_start: float
    t_end: float
    frames: int
    of_t: float


def findings(frames: Sequence[FrameHash]) -> list[Stretch]:
    """Return the stretches of equal and of repeated pictures, by time."""
    runs = _runs(frames)
    found = [*_equal(frames, runs), *_repeated(frames, runs)]
    return sorted(found, key=lambda stretch: (stretch.t_start, stretch.kind))


def first_difference(before: Sequence[FrameHash], now: Sequence[FrameHash]) -> str | None:
    """Return in words where two lists of hashes differ first; None where they are equal."""
    for number, (old, new) in enumerate(zip(before, now, strict=False), start=1):
        if (old.pts, old.sha256) != (new.pts, new.sha256):
            what = "its picture" if old.pts == new.pts else "its time stamp"
            return f"picture {number}, at {old.t:.3f} s: {what} is not the one hashed before"
    if len(before) != len(now):
        return f"{len(before)} pictures were hashed before, {len(now)} now"
    return None


@dataclass(frozen=True, slots=True)
class _Run:
    """Equal pictures in a row, from ``first`` to ``last`` by place."""

    sha256: str
    first: int
    last: int


def _runs(frames: Sequence[FrameHash]) -> list[_Run]:
    runs: list[_Run] = []
    for place, frame in enumerate(frames):
        if runs and runs[-1].sha256 == frame.sha256:
            runs[-1] = _Run(frame.sha256, runs[-1].first, place)
        else:
            runs.append(_Run(frame.sha256, place, place))
    return runs


def _equal(frames: Sequence[FrameHash], runs: Sequence[_Run]) -> Iterator[Stretch]:
    """Yield the runs of more than one picture."""
    for run in runs:
        if run.last > run.first:
            start, end = frames[run.first].t, frames[run.last].t
            frozen = end - start >= FROZEN_S
            count = run.last - run.first + 1
            yield Stretch("frozen" if frozen else "duplicate", start, end, count, start)


def _repeated(frames: Sequence[FrameHash], runs: Sequence[_Run]) -> Iterator[Stretch]:
    """Yield the stretches of different pictures that came before in the same order, as in a loop.

    A run continues a stretch where it equals the one that followed its model then; else it may
    begin one, with the first run of that picture as its model.
    """
    known: dict[str, int] = {}
    model, length = -1, 0
    for place, run in enumerate(runs):
        follows = length > 0 and runs[model + 1].sha256 == run.sha256
        if not follows:
            yield from _long_enough(frames, runs, place, length, model)
            length = 0
        earlier = model + 1 if follows else known.get(run.sha256, -1)
        known.setdefault(run.sha256, place)
        model, length = (earlier, length + 1) if earlier >= 0 else (-1, 0)
    yield from _long_enough(frames, runs, len(runs), length, model)


def _long_enough(
    frames: Sequence[FrameHash], runs: Sequence[_Run], after: int, length: int, model: int
) -> Iterator[Stretch]:
    """Yield the stretch of ``length`` runs before place ``after``, unless it may be chance."""
    if length < LEAST_REPEATED:
        return
    first, last = runs[after - length].first, runs[after - 1].last
    start, end = frames[first].t, frames[last].t
    if end - start >= LEAST_REPEATED_S:
        source = frames[runs[model - length + 1].first].t
        yield Stretch("repeated", start, end, last - first + 1, source)
