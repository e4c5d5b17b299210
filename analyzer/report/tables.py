"""CSV tables of the report."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from analyzer.report.case_page import reasons
from analyzer.report.expressions import strong_expressions
from analyzer.report.formatting import clock_words, review, wall_time
from analyzer.report.model import CaseView
from analyzer.report.people import people
from analyzer.store.export import harmless


def write_tables(case: CaseView, folder: Path) -> None:
    """Write the tables of ``case`` into ``folder``, UTF-8, safe to open in a spreadsheet."""
    folder.mkdir()
    _write(folder / "videos.csv", _VIDEOS, _videos(case))
    _write(folder / "people.csv", _PEOPLE, _people(case))
    _write(folder / "appearances.csv", _APPEARANCES, _appearances(case))
    _write(folder / "events.csv", _EVENTS, _events(case))
    _write(folder / "expressions.csv", _STRONG, _expressions(case))
    _write(folder / "candidates.csv", _CANDIDATES, _candidates(case))
    _write(folder / "coverage.csv", _COVERAGE, _coverage(case))


_VIDEOS = ("path", "sha256", "status", "reason", "camera", "stored_start", "corrected_start",
           "clock_source", "duration_s", "recorded_s", "times", "analysed", "tracks",
           "events")  # fmt: skip
_PEOPLE = ("name", "status", "tracks", "videos", "least_distance", "threshold")
_APPEARANCES = ("video", "sha256", "track", "person", "status", "t_start", "t_end", "stored_start",
                "corrected_start", "dominant_expression", "share", "assessed_share",
                "main_action", "upper", "upper_probability", "lower", "lower_probability",
                "clothes_reason", "look_group", "height_m", "height_low_m",
                "height_high_m")  # fmt: skip
_EVENTS = ("video", "sha256", "event", "track", "kind", "label", "t_start", "t_end", "stored_start",
           "corrected_start", "score", "person", "level", "tracks")  # fmt: skip
_STRONG = ("camera", "place", "date", "time", "clock", "video", "sha256", "track", "person",
           "expression", "score", "quality", "t_start", "t_end")  # fmt: skip
_CANDIDATES = ("video", "sha256", "track", "rank", "person", "distance", "threshold", "margin",
               "probability", "false_match_rate", "accepted", "reason", "review",
               "gallery_picture", "gallery_sha256")  # fmt: skip
_COVERAGE = ("video", "sha256", "what", "t_start", "t_end", "how_much", "why")


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            values = zip(columns, row, strict=True)
            writer.writerow([harmless(_sensible(name, value)) for name, value in values])


_DIGITS = {"false_match_rate": 6, "distance": 4, "least_distance": 4, "threshold": 4, "margin": 4}
"""Digits behind the point that were measured; times, shares and probabilities have three."""


def _sensible(column: str, value: Any) -> Any:
    """Return a number with the digits that mean something, anything else as it is."""
    return round(value, _DIGITS.get(column, 3)) if isinstance(value, float) else value


def _videos(case: CaseView) -> Iterator[Sequence[Any]]:
    for file in case.files:
        video = case.video(file.sha256)
        head = (file.path, file.sha256, file.status, file.reason)
        if video is None:
            yield (*head, *[None] * 10)
            continue
        yield (
            *head, video.camera.name if video.camera else None, wall_time(video.wall_start, 0),
            wall_time(video.corrected_start, 0), video.wall_source, round(video.duration_s, 3),
            round(video.recorded_s, 3), video.facts.timestamps, video.coverage,
            len(video.tracks), len(video.events),
        )  # fmt: skip


def _people(case: CaseView) -> Iterator[Sequence[Any]]:
    for row in people(case):
        near = row.best[1].compared(row.name)
        yield (
            row.name, row.status, len(row.appearances), len(row.videos),
            near.distance if near else None, near.threshold if near else None,
        )  # fmt: skip


def _appearances(case: CaseView) -> Iterator[Sequence[Any]]:
    for video in case.videos:
        for track in video.tracks:
            worn = track.clothing
            yield (
                video.name, video.sha256, track.name, track.who, track.status, track.t_start,
                track.t_end, wall_time(video.stored_clock, track.t_start),
                wall_time(video.corrected_clock, track.t_start), track.dominant_emotion,
                track.dominant_share, track.assessed_share, track.main_action, worn.upper,
                worn.upper_probability, worn.lower, worn.lower_probability, worn.reason,
                track.look_group, *(astuple(track.height) if track.height else (None,) * 3),
            )  # fmt: skip


def _events(case: CaseView) -> Iterator[Sequence[Any]]:
    for video in case.videos:
        for event in (*video.events, *video.below):
            yield (
                video.name, video.sha256, event.name, event.track, event.kind, event.label,
                event.t_start, event.t_end, wall_time(video.stored_clock, event.t_start),
                wall_time(video.corrected_clock, event.t_start), event.score, event.person,
                event.level, " ".join(event.tracks),
            )  # fmt: skip


def _candidates(case: CaseView) -> Iterator[Sequence[Any]]:
    for video in case.videos:
        for track in video.tracks:
            for found in track.candidates:
                said = track.verdict(found.person)
                yield (
                    video.name, video.sha256, track.name, found.rank, found.person, found.distance,
                    found.threshold, found.margin, found.probability, found.false_match_rate,
                    int(found.accepted), found.reason, review(said) if said else None,
                    found.gallery_path, found.gallery_sha256,
                )  # fmt: skip


def _coverage(case: CaseView) -> Iterator[Sequence[Any]]:
    for video in case.videos:
        for gap in video.gaps:
            yield video.name, video.sha256, "not analysed", gap.t_start, gap.t_end, None, gap.label
        for pause in video.pauses:
            yield video.name, video.sha256, "pause", pause.t_start, pause.t_end, None, pause.label
    for what, much, why in reasons(case):
        if what not in ("not analysed", "pause"):
            yield None, None, what, None, None, much, why


def _expressions(case: CaseView) -> Iterator[Sequence[Any]]:
    for strong in strong_expressions(case):
        video, track = strong.video, strong.track
        yield (
            video.place, strong.place, *strong.date_and_time, clock_words(video), video.name,
            video.sha256, track.name, track.who, strong.expression, strong.score, strong.quality,
            strong.t_start, strong.t_end,
        )  # fmt: skip
