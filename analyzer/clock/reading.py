"""Search of a recording's pictures for a clock, by the networks that are installed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analyzer.clock.burnt_in import BurntInClock, Jump, read_burnt_in
from analyzer.clock.choice import moment_of
from analyzer.clock.looks import pictures_of
from analyzer.clock.ocr import DETECTOR, RECOGNISER, paddle_ocr
from analyzer.clock.words import amount
from analyzer.config import LimitSettings
from analyzer.types import Clock, ClockPiece, VideoInfo

VERSION: Final = "1"
"""Raised when the same pictures may be read otherwise: they are then searched once more."""

MODELS_MISSING: Final = (
    f"burnt-in clock not read: model missing, run `analyzer models pull {DETECTOR} {RECOGNISER}`"
)

_TRUST: Final = 0.9
_TRUST_WITHOUT_SECONDS: Final = 0.7
_TOLD_DRIFT: Final = 0.02
"""Seconds a minute from which on a drift is told in words, where the readings show it surely."""

_KNOWN_DRIFT: Final = 0.3
"""Standard error, in seconds a minute, up to which a drift is worth telling."""

_TWO_SIGMAS: Final = 2.0
_WRONG_RATE: Final = 0.06
_HOUR_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class ClockReader:
    """The networks that read text, by their files; ``name`` tells version and files."""

    detector: Path
    recogniser: Path
    name: str


def clock_reader(
    installed: Callable[[str], Path | None], sha256_of: Callable[[str], str]
) -> ClockReader | None:
    """Return the reader of clocks; None where one of its networks is not ``installed``.

    ``sha256_of`` tells the hash of a network by its name. Raises ModelError for a wrong file.
    """
    detector, recogniser = installed(DETECTOR), installed(RECOGNISER)
    if detector is None or recogniser is None:
        return None
    name = f"{VERSION}:{sha256_of(DETECTOR)[:12]}:{sha256_of(RECOGNISER)[:12]}"
    return ClockReader(detector, recogniser, name)


def search(
    info: VideoInfo, reader: ClockReader, limits: LimitSettings, others: Sequence[Clock]
) -> Clock | None:
    """Return the clock in the pictures of ``info``, None where there is none that counts up.

    ``others``, the best first, settle what its digits leave open. Raises VideoError or SourceError
    when the file cannot be read.
    """
    ocr = paddle_ocr(reader.detector, reader.recogniser)
    starts = [clock.start for clock in others]
    found = read_burnt_in(info, pictures_of(info, limits), ocr, starts)
    return None if found is None else as_clock(found)


def as_clock(found: BurntInClock) -> Clock:
    """Return a clock that was read as one among others, its drift and jumps in words."""
    pieces = tuple(ClockPiece(p.t, moment_of(p.value), p.rate) for p in found.fit.pieces)
    trust = _TRUST if found.has_seconds else _TRUST_WITHOUT_SECONDS
    notes = (*found.notes, *_drift_in_words(found), *map(_jump_in_words, found.jumps))
    return Clock(
        source="burnt-in",
        told="clock in the picture",
        pieces=pieces,
        drift=_measured(found),
        trust=trust,
        notes=notes,
        camera=found.camera,
        basis=_basis(found),
    )


def _basis(found: BurntInClock) -> str:
    """Return from how many readings a clock was fitted, and how well they agree."""
    told = f"{found.fit.used} readings, none further than {found.fit.residual_s:.2f} s beside it"
    if found.fit.drift_error * 60 <= _KNOWN_DRIFT:
        error = _TWO_SIGMAS * found.fit.drift_error * 60
        told += f"; drift {found.drift_s_per_min:+.2f} ± {error:.2f} s a minute"
    return told


def _measured(found: BurntInClock) -> float | None:
    """Return the drift in seconds a minute; None where the recording is too short to tell it."""
    known = found.fit.drift_sure or found.fit.drift_error * 60 <= _KNOWN_DRIFT
    return round(found.drift_s_per_min, 4) if known else None


def _drift_in_words(found: BurntInClock) -> tuple[str, ...]:
    drift = found.drift_s_per_min
    if not found.fit.drift_sure or abs(drift) < _TOLD_DRIFT:
        return ()
    if abs(found.fit.drift) > _WRONG_RATE:
        return (
            f"the clock in the picture runs {1 + found.fit.drift:.2f} times as fast as the times "
            "of the file, so these are wrong",
        )
    way = "gains" if drift > 0 else "loses"
    return (f"the clock in the picture {way} {abs(drift):.2f} s a minute on the file's times",)


def _jump_in_words(jump: Jump) -> str:
    size = jump.seconds
    hour = abs(abs(size) - _HOUR_S) < 2.0
    why = "daylight saving, or the clock was set" if hour else (
        "pictures are missing, or the clock was set" if size > 0
        else "the clock was set, or pictures stand in another order"
    )  # fmt: skip
    return (
        f"between {jump.t_start:.1f} s and {jump.t_end:.1f} s the clock in the picture goes from "
        f"{jump.before:%Y-%m-%d %H:%M:%S} to {jump.after:%Y-%m-%d %H:%M:%S}, {amount(size)} "
        f"{'forward' if size > 0 else 'back'}, while the file's times run on: {why}"
    )
