"""Summary of a run: lines for a person, one object for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from analyzer.store.codec.values import storable_path
from analyzer.store.overview import file_summaries
from analyzer.store.reader import CaseReader

EXIT_OK, EXIT_SOME_FAILED, EXIT_ALL_FAILED = 0, 3, 4


@dataclass(frozen=True, slots=True)
class VideoSummary:
    """What became of one input path; seconds of video, None where it could not be known.

    ``duration_s`` reaches from the first picture to the last, ``recorded_s`` leaves out the pauses.
    """

    path: str
    sha256: str | None
    status: Literal["done", "failed"]
    reason: str | None
    duration_s: float | None
    recorded_s: float | None
    tracks: int
    gaps_s: float


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did. ``processed_s`` counts the video analysed now, not what was already there.

    ``notes`` are lines on the policy of the case and on people who are called otherwise now.
    """

    case: str
    run_id: str
    videos: tuple[VideoSummary, ...]
    notes: tuple[str, ...]
    gallery_notes: tuple[str, ...]
    processed_s: float
    wall_s: float
    report: str

    @property
    def exit_code(self) -> int:
        """0 all done, 3 some failed, 4 all failed."""
        failed = sum(video.status == "failed" for video in self.videos)
        if not failed:
            return EXIT_OK
        return EXIT_ALL_FAILED if failed == len(self.videos) else EXIT_SOME_FAILED

    @property
    def times_real_time(self) -> float:
        """Seconds of video analysed a second of work."""
        return self.processed_s / self.wall_s if self.wall_s > 0 else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self) | {
            "processed_s": round(self.processed_s, 3),
            "wall_s": round(self.wall_s, 3),
            "times_real_time": round(self.times_real_time, 3),
            "exit": self.exit_code,
        }

    def lines(self) -> list[str]:
        """Return what a person should read at the end: notes, failures with reasons, the table."""
        lines = [*self.notes, *(f"gallery: {note}" for note in self.gallery_notes)]
        lines += [
            f"{'failed' if video.status == 'failed' else 'note'}: {video.reason}"
            for video in self.videos
            if video.reason
        ]
        lines += closing_table(self.videos)
        lines.append(
            f"{self.processed_s:.0f} s of video analysed now in {self.wall_s:.0f} s "
            f"({self.times_real_time:.1f} × real time)"
        )
        lines.append(f"report: {self.report}")
        return lines


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


def summarise(folder: Path, paths: list[str] | None) -> tuple[VideoSummary, ...]:
    """Return what became of ``paths``, in that order; of every file in the case when None."""
    with CaseReader(folder) as reader:
        found = {row["path"]: VideoSummary(**row) for row in file_summaries(reader)}
    if paths is None:
        return tuple(found.values())
    return tuple(found[storable_path(path)] for path in paths)
