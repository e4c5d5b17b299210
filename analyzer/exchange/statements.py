"""Statements of a case: who was where, looked how and did what, one per stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from analyzer.report.series import Span, join_windows
from analyzer.store.codec.values import Row
from analyzer.store.ids import short_id
from analyzer.store.reader import CaseReader
from analyzer.types import ACTIONS, EMOTIONS

Kind = Literal["person", "expression", "action", "event"]

MAX_GAP_S = 1.0
"""Samples of an expression that are further apart are two stretches: nothing is known between."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What a case says of ``video``, by its SHA-256, from ``t_start`` to ``t_end`` seconds.

    ``who`` is the person as the case names them, with how sure that is; ``label`` what is said:
    the name, the expression, the action or the event. ``score`` is a probability or the score of
    an event, ``level`` that of an event; None where there is none. ``track_id`` is None for what
    belongs to the scene; ``tracks`` are all who take part in an event, the first among them.
    """

    video: str
    kind: Kind
    t_start: float
    t_end: float
    track_id: str | None
    who: str
    label: str
    score: float | None = None
    level: str | None = None
    person: str | None = None
    tracks: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The statement in words."""
        likely = "" if self.score is None else f" ({self.score:.2f})"
        if self.kind == "person":
            return f"{self.who} in view"
        if self.kind == "event":
            level = f", {self.level}" if self.level else ""
            return f"event: {self.label}{level}" + (f": {self.who}" if self.who else "")
        return f"{self.who}: {self.label}{likely}"


def statements(reader: CaseReader) -> dict[str, list[Statement]]:
    """Return the statements of every video that was analysed, by its SHA-256, by time."""
    found: dict[str, list[Statement]] = {video: [] for video in reader.known_videos()}
    people = {row["track_id"]: row for row in reader.rows("appearances")}
    for one in (
        *appearances(people),
        *_expressions(reader, people),
        *_actions(reader, people),
        *_events(reader, people),
    ):
        found[one.video].append(one)
    for of_video in found.values():
        of_video.sort(key=lambda s: (s.t_start, s.t_end, s.kind, s.track_id or "", s.label))
    return found


def who_is(row: Row) -> str:
    """Return whom a row of ``appearances`` shows: number of the track, name, how sure."""
    number = str(row["track_id"]).rpartition(":")[2]
    if row["person"] is None or row["status"] == "rejected":
        return f"{number} ({row['status']})"
    if row["status"] == "unknown":
        return f"{number} {row['person']}"
    return f"{number} {row['person']} ({row['status']})"


def _name(row: Row) -> str | None:
    return None if row["status"] == "rejected" else row["person"]


def _sureness(row: Row) -> float | None:
    """Return the probability of the name that is told; that of another name says nothing."""
    return row["probability"] if row["status"] in ("candidate", "confirmed") else None


def appearances(people: dict[str, Row]) -> Iterator[Statement]:
    """Yield who is in view, of rows of ``appearances`` by track; a rejected name is not told."""
    for track, row in people.items():
        yield Statement(
            row["video_sha256"], "person", row["t_start"], row["t_end"], track, who_is(row),
            _name(row) or row["status"], _sureness(row), person=_name(row),
        )  # fmt: skip


def _expressions(reader: CaseReader, people: dict[str, Row]) -> Iterator[Statement]:
    rows = (row for row in reader.rows("emotion_timeline") if row["assessed"])
    for track, samples in groupby(rows, key=lambda row: row["track_id"]):
        for span in expression_spans(list(samples)):
            yield _of_track("expression", people[track], span)


def expression_spans(samples: Sequence[Row]) -> list[Span]:
    """Return the stretches of one dominant expression, with its mean probability, by time.

    ``samples`` are assessed rows of ``emotion_timeline`` of one track. A stretch ends where the
    next sample says something else, or at its last sample where none follows within MAX_GAP_S.
    """
    spans: list[Span] = []
    told: list[float] = []
    for i, row in enumerate(samples):
        label = max(EMOTIONS, key=lambda name: row[name])
        follows = i > 0 and row["t"] - samples[i - 1]["t"] <= MAX_GAP_S
        if follows:
            spans[-1] = Span(spans[-1].t_start, row["t"], spans[-1].label, spans[-1].value)
        if not follows or spans[-1].label != label:
            spans.append(Span(row["t"], row["t"], label))
            told = []
        told.append(row[label])
        spans[-1] = Span(spans[-1].t_start, row["t"], label, sum(told) / len(told))
    return spans


def _actions(reader: CaseReader, people: dict[str, Row]) -> Iterator[Statement]:
    for track, rows in groupby(reader.rows("action_timeline"), key=lambda row: row["track_id"]):
        windows = [Span(r["t_start"], r["t_end"], r["label"], r[r["label"]]) for r in rows]
        for span in join_windows(windows):
            if span.label != ACTIONS[-1]:
                yield _of_track("action", people[track], span)


def _of_track(kind: Kind, row: Row, span: Span) -> Statement:
    return Statement(
        row["video_sha256"], kind, span.t_start, span.t_end, row["track_id"], who_is(row),
        span.label, span.value, person=_name(row),
    )  # fmt: skip


def _events(reader: CaseReader, people: dict[str, Row]) -> Iterator[Statement]:
    for row in reader.rows("event_timeline"):
        tracks = tuple((row["tracks"] or "").split())
        known = [people[track] for track in tracks if track in people]
        names = dict.fromkeys(name for one in known if (name := _name(one)) is not None)
        yield Statement(
            row["video_sha256"], "event", row["t_start"], row["t_end"], row["track_id"],
            ", ".join(map(who_is, known)), row["label"], row["score"], row["level"],
            "; ".join(names) or None, tracks,
        )  # fmt: skip


def names_of_videos(reader: CaseReader, videos: Iterable[str]) -> dict[str, str]:
    """Return a file name for each of ``videos``, distinct, fit for any system.

    It is that of the recording without its suffix, by which players find subtitles.
    """
    known = reader.known_videos()
    names: dict[str, str] = {}
    taken: set[str] = set()
    for video in videos:
        paths = known.get(video, ())
        stem = (paths[0] if paths else video).replace("\\", "/").rpartition("/")[2]
        stem = "".join(c if c.isprintable() and c not in '<>:"|?*\\#' else "_" for c in stem)
        name = stem.rpartition(".")[0] or stem or video[:16]
        name = name if name.lower() not in taken else f"{name}-{short_id(video, 12)}"
        taken.add(name.lower())
        names[video] = name
    return names
