"""Formatting of times, shares and sizes: the same way everywhere in a report."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import PurePath

from markupsafe import Markup, escape

from analyzer.report.model import VideoView
from analyzer.types import BodyHeight, Clock, Clothing, Verdict, VideoInfo

CLOCK_UNKNOWN = "clock unknown"

PAUSE = "nothing recorded: the recorder wrote no picture"
"""Why there is nothing to see in a pause."""

KEYFRAMES_ONLY = "triage: whoever came and went between two keyframes was not seen"

# What a gate says of one face, as in analyzer.emotions.quality_gate: measure, unit, bound.
_MEASURED = re.compile(r"\d[\d.]*(?P<unit>\D*), (?P<side>floor|limit) (?P<bound>\d+(\.\d+)?)[^)]*")
_SIDES = {"floor": "under", "limit": "over"}

# Terms of analyzer.faces.quality and analyzer.emotions.quality_gate, before their number.
_TERMS = (
    (re.compile(r"\byaw (?=\d)"), "head turned "),
    (re.compile(r"\bpitch (?=\d)"), "head tilted "),
    (re.compile(r"\blooks (?=(down|up) \d)"), "head tilted "),
)


def video_time(t: float) -> str:
    """Return ``t`` seconds since the first frame as HH:MM:SS.mmm (hours may exceed 24)."""
    ms = max(0, round(t * 1000))
    hours, rest = divmod(ms, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    seconds, ms = divmod(rest, 1000)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{ms:03d}"


def source_of_times(facts: VideoInfo) -> str:
    """Return in words where the times of the pictures of a recording come from."""
    rate = f"{1 / facts.usual_step_s:.4g}" if facts.usual_step_s else f"{facts.average_rate:.4g}"
    match facts.timestamps:
        case "interpolated":
            return (
                f"stored in the file, but for {facts.interpolated:,} of {facts.frames:,} pictures, "
                "whose times are interpolated"
            )
        case "counted":
            return f"counted: the file stores none; {rate} pictures a second, as its stream says"
        case "invented":
            return (
                f"number of the picture at {rate} a second: the container stores a rate and no "
                "times, so they are right only if the recorder kept that rate"
            )
        case _:
            return "stored in the file for every picture"


def parse_wall(text: str | None) -> datetime | None:
    """Return a stored wall clock as a naive time of that clock, or None when unknown or unreadable.

    A zone is dropped on purpose: a report shows the digits as they were stored.
    """
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def wall_time(clock: Clock | datetime | None, t: float) -> str | None:
    """Return date and time at ``t`` seconds by ``clock``, or None when that is unknown.

    A plain date and time is a clock that shows it at the first frame.
    """
    if clock is None:
        return None
    if isinstance(clock, Clock):
        moment = clock.at(t)
    else:
        moment = clock + timedelta(milliseconds=round(t * 1000))
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1000:03d}"


def clock_words(video: VideoView) -> str:
    """Return by which clock the times of ``video`` are told: "file name, Europe/Berlin"."""
    clock = video.clock
    if clock is None:
        return CLOCK_UNKNOWN
    if video.corrected_start is not None:
        return f"corrected, {clock.zone}" if clock.zone else "corrected"
    told = video.wall_source or clock.told
    return f"{told}, {clock.zone}" if clock.zone else told


def duration(seconds: float) -> str:
    """Return a length in words: ``8.4 s``, ``3 min 05 s``, ``2 h 03 min``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def percent(share: float | None, digits: int = 0) -> str:
    """Return a share in [0, 1] in percent, or a dash for None.

    A share below 1 is never rounded up to 100 %, and one above 0 never down to 0 %.
    """
    if share is None:
        return "–"
    step = 10.0**-digits
    value = round(share * 100, digits)
    if share < 1 and value >= 100:
        value = 100 - step
    if share > 0 and value <= 0:
        return f"< {step:.{digits}f} %"
    return f"{value:.{digits}f} %"


def number(value: float | None, digits: int = 2) -> str:
    """Return a figure with fixed digits, or a dash for None."""
    return "–" if value is None else f"{value:.{digits}f}"


def likely(probability: float) -> str:
    """Return a probability with two digits, never rounded to 0 or 1."""
    if probability >= 0.995:
        return "> 0.99"
    return "< 0.01" if probability < 0.005 else f"{probability:.2f}"


def decided(verdict: Verdict) -> str:
    """Return the verdict of the reviewers, the last reviewer and the day."""
    if not verdict.agreed:
        return "inconclusive: reviewers contradict each other"
    last = verdict.reviews[-1]
    return f"{verdict.decision} by {last.by} on {last.at[:10]}"


def review(verdict: Verdict) -> str:
    """Return the verdict, then every review with its time."""
    words = "; ".join(
        f"{said.decision} by {said.by} on {said.at[:10]} {said.at[11:16]} UTC"
        + (f": {said.note}" if said.note else "")
        for said in verdict.reviews
    )
    if len(verdict.reviews) == 1 and verdict.agreed:
        return words
    return f"{decided(verdict) if not verdict.agreed else verdict.decision} ({words})"


def clothes(told: Clothing) -> str:
    """Return clothes in plain words: "red upper, lower not told" or "clothes not told: night".

    scripts/common/clothes.js says the same.
    """
    if told.upper is None and told.lower is None:
        return f"clothes not told: {told.reason}" if told.reason else "clothes not told"
    parts = (("upper", told.upper), ("lower", told.lower))
    return ", ".join(f"{colour} {part}" if colour else f"{part} not told" for part, colour in parts)


def sure_of_clothes(told: Clothing) -> str:
    """Return how probable the words for clothes are, and why something is not told."""
    parts = (("upper", told.upper_probability), ("lower", told.lower_probability))
    found = [f"{part} {likely(share)}" for part, share in parts if share is not None]
    words = [f"probability: {', '.join(found)}"] if found else []
    return "; ".join(words + ([told.reason] if told.reason else []))


def height(measured: BodyHeight) -> str:
    """Return the height of a person in words, with its interval."""
    low, high = measured.height_low_m, measured.height_high_m
    return f"the height measures about {measured.height_m:.2f} m ({low:.2f} to {high:.2f} m)"


def tracks(count: int) -> str:
    """Return a number of tracks in words."""
    return f"{count} track{'s' if count != 1 else ''}"


def size(count: int) -> str:
    """Return a number of bytes in words, in powers of ten as file managers show them."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def breakable(name: str) -> Markup:
    """Return ``name`` with line breaks allowed after its punctuation."""
    return Markup(re.sub(r"([_./-]+)", r"\1<wbr>", str(escape(name))))  # noqa: S704 - escaped before


def natural(name: str) -> list[tuple[int, str]]:
    """Return the key of natural sort order: unknown-2 comes before unknown-10."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def basename(path: str) -> str:
    """Return the last part of a stored path."""
    return PurePath(path).name or path


def folder(path: str) -> str:
    """Return all but the last part of a stored path."""
    parent = str(PurePath(path).parent)
    return "" if parent == "." else parent


def span_of_days(start: datetime | None, length_s: float) -> str:
    """Return the day or days of a stretch that begins at ``start``."""
    if start is None:
        return CLOCK_UNKNOWN
    end = start + timedelta(seconds=length_s)
    if start.date() == end.date():
        return f"{start:%Y-%m-%d}"
    return f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"


def plain_reason(reason: str) -> str:
    """Return why a face is of insufficient quality in words of everyday: no yaw, no pitch."""
    for term, words in _TERMS:
        reason = term.sub(words, reason)
    return reason


def kind_of_reason(reason: str) -> str:
    """Return a reason without what was measured of one face, so that equal ones count together.

    "yaw 62°, limit 50°" becomes "head turned over 50°".
    """
    words = plain_reason(reason)
    return _MEASURED.sub(lambda m: f"{_SIDES[m['side']]} {m['bound']}{m['unit']}", words)
