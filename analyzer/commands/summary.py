"""Summary of a run: lines for a person, one object for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from analyzer import exit_codes
from analyzer.file_names import escaped, storable
from analyzer.store.overview import events_by_level, file_summaries, people_seen
from analyzer.store.reader import CaseReader
from analyzer.store.records import PassedOver

_MOST_NAMED = 8
"""Things passed over for one reason that are named on the terminal; the log names all."""


@dataclass(frozen=True, slots=True)
class VideoSummary:
    """What became of one input path; seconds of video, None where it could not be known.

    ``duration_s`` reaches from the first picture to the last, ``recorded_s`` leaves out the pauses.
    ``faces_turned`` is by how many degrees, clockwise, it must be turned to show faces, else 0.
    """

    path: str
    sha256: str | None
    status: Literal["done", "failed"]
    reason: str | None
    duration_s: float | None
    recorded_s: float | None
    tracks: int
    gaps_s: float
    faces_turned: int = 0


@dataclass(frozen=True, slots=True)
class PersonSeen:
    """Somebody in the case, by name and by status as in the view ``appearances``."""

    person: str | None
    status: str
    tracks: int
    videos: int
    seconds: float


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many events of a kind and a level the case has."""

    kind: str
    level: str
    events: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. ``processed_s`` counts the video analysed now, not what was already there.

    ``passed_over`` lay in a given folder and was not taken as an input. ``notes`` are lines on the
    policy of the case and on people who are called otherwise now. ``run_id`` and ``report`` are
    None where no input could be read, so that no case was made. ``people`` and ``events`` are
    those of the whole case. ``derived_again`` counts
    videos that were analysed before and derived anew. ``gallery_of_nobody`` tells that a
    gallery was given of which no picture can be compared.
    """

    case: str
    run_id: str | None
    videos: tuple[VideoSummary, ...]
    passed_over: tuple[PassedOver, ...]
    notes: tuple[str, ...]
    gallery_notes: tuple[str, ...]
    processed_s: float
    wall_s: float
    report: str | None
    people: tuple[PersonSeen, ...] = ()
    events: tuple[EventCount, ...] = ()
    derived_again: int = 0
    gallery_of_nobody: bool = False

    @property
    def exit_code(self) -> int:
        """0 all done, 3 some failed, may have been missed or cannot be compared, 4 all failed."""
        code = exit_code([video.status for video in self.videos], self.passed_over)
        if code == exit_codes.DONE and self.gallery_of_nobody:
            return exit_codes.SOME_FAILED
        return code

    @property
    def times_real_time(self) -> float:
        """Seconds of video analysed a second of work."""
        return self.processed_s / self.wall_s if self.wall_s > 0 else 0.0

    @property
    def work_done(self) -> str:
        """What was analysed in this run, in a line."""
        if self.processed_s > 0:
            return (
                f"{self.processed_s:.0f} s of video analysed now in {self.wall_s:.0f} s "
                f"({self.times_real_time:.1f} × real time)"
            )
        many = len(self.videos)
        failed = sum(video.status == "failed" for video in self.videos)
        if failed:
            return f"nothing analysed now: {failed} of {many} files failed"
        before = f"all {many} files are" if many > 1 else "the file is"
        if not self.derived_again:
            return f"nothing to do: {before} in the case already"
        return f"nothing to analyse: {before} in the case; {self.derived_again} derived again"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self) | {
            "passed_over": passed_over_values(self.passed_over),
            "processed_s": round(self.processed_s, 3),
            "wall_s": round(self.wall_s, 3),
            "times_real_time": round(self.times_real_time, 3),
            "exit": self.exit_code,
        }

    def news(self) -> list[str]:
        """Return notes, failures with their reasons, and what was passed over."""
        lines = [*self.notes, *(f"gallery: {note}" for note in self.gallery_notes)]
        lines += [
            f"{'failed' if video.status == 'failed' else 'note'}: {video.reason}"
            for video in self.videos
            if video.reason
        ]
        lines += [turned_hint(v.path, v.faces_turned) for v in self.videos if v.faces_turned]
        return lines + passed_over_lines(self.passed_over)

    def result(self) -> list[str]:
        """Return the table of files, what was analysed, and where the report is."""
        lines = [*closing_table(self.videos), self.work_done]
        if self.report is None:
            lines.append(f"no input could be read, so no case was made at {self.case}")
        else:
            lines.append(f"report: {self.report}")
        return lines


def exit_code(statuses: list[str], passed_over: Sequence[PassedOver]) -> int:
    """Return the exit code for files of these statuses and what was passed over."""
    failed = statuses.count("failed")
    if failed and failed == len(statuses):
        return exit_codes.ALL_FAILED
    missed = any(each.missed for each in passed_over)
    return exit_codes.SOME_FAILED if failed or missed else exit_codes.DONE


def turned_hint(path: str, degrees: int) -> str:
    """Return what to do about a recording in which faces are upright only when it is turned."""
    return (
        f"note: {path}: faces are found only when the picture is turned by {degrees}°; if its "
        f"camera hangs so, write rotation = {degrees} into a camera file and run with --cameras"
    )


def passed_over_lines(passed_over: Sequence[PassedOver]) -> list[str]:
    """Return lines that name what was passed over: each, or of many with one reason the first."""
    by_reason: dict[str, list[PassedOver]] = {}
    for each in passed_over:
        by_reason.setdefault(each.reason, []).append(each)
    lines = []
    for reason, some in by_reason.items():
        for each in some[:_MOST_NAMED]:
            files = "" if each.files == 1 else f" ({each.files} files)"
            lines.append(storable(f"passed over: {each.path} {reason}{files}"))
        if len(some) > _MOST_NAMED:
            lines.append(
                f"passed over: {len(some) - _MOST_NAMED} more, for the same reason; "
                "the log of the run names each"
            )
    if passed_over:
        total = sum(each.files for each in passed_over)
        lines.append(f"passed over in all: {total} file{'s' if total != 1 else ''}")
    return lines


def passed_over_values(passed_over: Sequence[PassedOver]) -> list[dict[str, Any]]:
    """Return plain values ready for JSON, paths escaped as in the case."""
    return [asdict(each) | {"path": escaped(each.path)} for each in passed_over]


def closing_table(videos: Sequence[VideoSummary]) -> list[str]:
    """Return what became of all files as a table: files, hours, tracks, hours not decodable.

    *Hours* are of recorded pictures; *span* counts the pauses between them too.
    """
    lines = [f"{'':<10} {'files':>7} {'hours':>9} {'span, h':>9} {'tracks':>7} {'gaps, h':>9}"]
    for status in ("done", "failed"):
        some = [video for video in videos if video.status == status]
        hours = sum(video.recorded_s or 0.0 for video in some) / 3600
        span = sum(video.duration_s or 0.0 for video in some) / 3600
        gaps = sum(video.gaps_s for video in some) / 3600
        tracks = sum(video.tracks for video in some)
        lines.append(
            f"{status:<10} {len(some):>7} {hours:>9.2f} {span:>9.2f} {tracks:>7} {gaps:>9.2f}"
        )
    return lines


def seen_in(folder: Path) -> tuple[tuple[PersonSeen, ...], tuple[EventCount, ...]]:
    """Return the people and the events of the case at ``folder``, as counts."""
    with CaseReader(folder) as reader:
        people = tuple(PersonSeen(**row) for row in people_seen(reader))
        return people, tuple(EventCount(**row) for row in events_by_level(reader))


def unread(path: str, reason: str) -> VideoSummary:
    """Return what became of an input that no case records, since nothing of it can be read."""
    return VideoSummary(path, None, "failed", reason, None, None, tracks=0, gaps_s=0.0)


def summarise(folder: Path, paths: list[str] | None) -> tuple[VideoSummary, ...]:
    """Return what became of ``paths``, in that order; of every file in the case when None."""
    with CaseReader(folder) as reader:
        found = {row["path"]: VideoSummary(**row) for row in file_summaries(reader)}
    if paths is None:
        return tuple(found.values())
    return tuple(found[escaped(path)] for path in paths)
