"""Subtitles beside a video: names, expressions, actions and events as WebVTT or SubRip (SRT)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from analyzer import __version__
from analyzer.exchange.protocol import Options, Written
from analyzer.exchange.statements import Statement, names_of_videos, statements
from analyzer.store.reader import CaseReader

_MOST_LINES = 8
"""More would hide the picture; the rest is counted."""

_LEAST_S = 0.05
"""Shorter cues cannot be read, and many players drop them."""


@dataclass(frozen=True, slots=True)
class Cue:
    """The lines shown from ``start`` to ``end`` milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]


def write_vtt(reader: CaseReader, folder: Path, options: Options) -> list[Written]:
    """Write NAME.vtt for every video, as of the W3C's WebVTT."""
    return _write(reader, folder, "vtt")


def write_srt(reader: CaseReader, folder: Path, options: Options) -> list[Written]:
    """Write NAME.srt for every video."""
    return _write(reader, folder, "srt")


def _write(reader: CaseReader, folder: Path, form: str) -> list[Written]:
    found = statements(reader)
    names = names_of_videos(reader, found)
    offsets = {row["sha256"]: row["start_offset_s"] or 0.0 for row in reader.rows("videos")}
    written = []
    for video, told in found.items():
        cues = list(cues_of(told, offsets[video]))
        path = folder / f"{names[video]}.{form}"
        text = _vtt(cues) if form == "vtt" else _srt(cues)
        path.write_text(text, encoding="utf-8", newline="\n")
        written.append(Written("cues", path, len(cues)))
    return written


def cues_of(told: Sequence[Statement], offset_s: float = 0.0) -> Iterator[Cue]:
    """Yield what is true at each moment, one cue from change to change, in order of time.

    ``offset_s`` is from the beginning of the recording, where a player counts from, to its first
    picture. One line per person (who, expression, action), events first.
    """
    edges = _apart(sorted({t for one in told for t in (one.t_start, _end(one))}))
    active: list[Statement] = []
    ordered = sorted(told, key=lambda one: one.t_start)
    place, last = 0, None
    for start, end in pairwise(edges):
        while place < len(ordered) and ordered[place].t_start <= start:
            active.append(ordered[place])
            place += 1
        active = [one for one in active if _end(one) > start]
        lines = _lines(active)
        if not lines:
            continue
        cue = Cue(round((start + offset_s) * 1000), round((end + offset_s) * 1000), lines)
        if last is not None and last.lines == lines and last.end == cue.start:
            last = Cue(last.start, cue.end, lines)
            continue
        if last is not None:
            yield last
        last = cue
    if last is not None:
        yield last


def _apart(edges: Sequence[float]) -> list[float]:
    """Return ``edges`` without those within ``_LEAST_S`` of the one kept before."""
    kept: list[float] = []
    for edge in edges:
        if not kept or edge - kept[-1] >= _LEAST_S - 1e-9:
            kept.append(edge)
    return kept


def _end(one: Statement) -> float:
    return max(one.t_end, one.t_start + _LEAST_S)


def _lines(active: Sequence[Statement]) -> tuple[str, ...]:
    lines = [f"! {one.text}" for one in active if one.kind == "event"]
    people = {one.track_id: one.who for one in active if one.kind == "person"}
    for track, who in people.items():
        said = {one.kind: one.label for one in active if one.track_id == track}
        parts = [said[kind] for kind in ("expression", "action") if kind in said]
        lines.append(f"{who}: {', '.join(parts)}" if parts else who)
    if len(lines) > _MOST_LINES:
        lines = [*lines[: _MOST_LINES - 1], f"and {len(lines) - _MOST_LINES + 1} more"]
    return tuple(" ".join(line.split()) for line in lines)


def _vtt(cues: Sequence[Cue]) -> str:
    blocks = [
        f"WEBVTT\n\nNOTE\nanalyzer {__version__}: names are candidates for a person to confirm, "
        "expressions are apparent ones"
    ]
    for cue in cues:
        lines = "\n".join(_escaped(line) for line in cue.lines)
        blocks.append(f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}\n{lines}")
    return "\n\n".join(blocks) + "\n"


def _srt(cues: Sequence[Cue]) -> str:
    blocks = []
    for number, cue in enumerate(cues, start=1):
        lines = "\n".join(line.replace("<", "‹").replace(">", "›") for line in cue.lines)
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{lines}\n")
    return "\n".join(blocks)


def _escaped(line: str) -> str:
    """Return a line as WebVTT wants it: names come from strangers, and it has tags and arrows."""
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{rest:03}"
