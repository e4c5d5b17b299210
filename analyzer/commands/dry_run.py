"""Use case of `analyzer run --dry-run`: what a run would analyse, what not, why, and how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from analyzer.commands.reference import given_cameras, require_gallery
from analyzer.commands.summary import exit_code, passed_over_lines, passed_over_values
from analyzer.config import Settings
from analyzer.file_names import escaped
from analyzer.models.registry import load_registry
from analyzer.models.weights import ModelRecord
from analyzer.pipeline import provenance
from analyzer.pipeline.admission import probed_streams
from analyzer.pipeline.executors import default_workers
from analyzer.pipeline.inputs import Inputs, find_inputs
from analyzer.pipeline.run_log import read_progress
from analyzer.report.formatting import duration
from analyzer.store import report_queries as queries
from analyzer.store.connect import is_case
from analyzer.store.reader import CaseReader
from analyzer.store.records import PassedOver
from analyzer.types import VideoInfo
from analyzer.video.cameras import Camera, camera_of, rotation_of, settings_of
from analyzer.video.segments import plan_segments
from analyzer.video.source_file import recording_name
from analyzer.video.turning import turned, turned_hash

if TYPE_CHECKING:
    from analyzer.commands.run import RunRequest

USUAL_SPEED = 3.0
"""Seconds of video that one worker analyses a second where nothing was measured: 640 × 360 with
people in view, one core of an old server (docs/performance.md)."""

Outcome = Literal["to analyse", "in the case", "a copy", "failed"]


@dataclass(frozen=True, slots=True)
class PreviewedVideo:
    """What would become of one recording; seconds of video, None where it could not be known."""

    path: str
    sha256: str | None
    status: Outcome
    reason: str | None
    duration_s: float | None
    to_analyse_s: float


@dataclass(frozen=True, slots=True)
class RunPreview:
    """What a run would do. ``speed`` is in times real time, from where ``speed_from`` says."""

    case: str
    videos: tuple[PreviewedVideo, ...]
    passed_over: tuple[PassedOver, ...]
    speed: float
    speed_from: str

    @property
    def exit_code(self) -> int:
        """What a run would end with as far as is known now."""
        return exit_code([video.status for video in self.videos], self.passed_over)

    @property
    def to_analyse_s(self) -> float:
        """Seconds of video to analyse."""
        return sum(video.to_analyse_s for video in self.videos)

    @property
    def estimated_s(self) -> float:
        """Seconds that the analysis would take."""
        return self.to_analyse_s / self.speed

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self) | {
            "dry_run": True,
            "passed_over": passed_over_values(self.passed_over),
            "to_analyse_s": round(self.to_analyse_s, 3),
            "estimated_s": round(self.estimated_s, 1),
            "exit": self.exit_code,
        }

    def lines(self) -> list[str]:
        """Return what a person should read."""
        lines = [_line(video) for video in self.videos]
        lines += passed_over_lines(self.passed_over)
        many = [(sum(v.status == which for v in self.videos), words) for which, words in _WORDS]
        lines.append(", ".join(f"{number} {words}" for number, words in many))
        lines.append(
            f"{duration(self.to_analyse_s)} of video to analyse, "
            f"about {duration(self.estimated_s)} of work at {self.speed:.1f} × real time "
            f"({self.speed_from}); nothing was written"
        )
        return lines


_WORDS: tuple[tuple[Outcome, str], ...] = (
    ("to analyse", "to analyse"),
    ("in the case", "in the case already"),
    ("a copy", "of the same content as another"),
    ("failed", "failed"),
)


def preview_run(request: RunRequest) -> RunPreview:
    """Return what ``run_batch`` would do with ``request``; every file is read, nothing is written.

    Raises UsageError, GalleryError and ModelError as it does.
    """
    cameras = given_cameras(request.cameras)
    inputs = find_inputs(request.inputs, request.case, request.gallery, request.timelapse_s)
    require_gallery(request.gallery)
    models = provenance.model_records(request.settings, load_registry())
    known = _stored(request, cameras, models)
    speed, speed_from = _speed(request)
    return RunPreview(
        case=str(request.case),
        videos=tuple(_previewed(inputs, known)),
        passed_over=inputs.passed_over,
        speed=speed,
        speed_from=speed_from,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known before a run: its settings and models, the cameras, and what the case holds.

    ``stored`` are the numbers of segments by video and by what they were measured with.
    """

    settings: Settings
    models: list[ModelRecord]
    cameras: tuple[Camera, ...]
    stored: dict[tuple[str, str], set[int]]

    def to_analyse(self, info: VideoInfo, name: str) -> float:
        """Return the seconds of the recording ``name`` that the case does not hold yet."""
        info = turned(info, rotation_of(self.cameras, name))
        settings = settings_of(camera_of(self.cameras, [name]), self.settings)
        made = turned_hash(provenance.raw_hash(settings, self.models), info.turned)
        done = self.stored.get((info.sha256, made), set())
        spans = plan_segments(info, settings.sampling.segment_s, settings.sampling.overlap_s)
        return sum(
            info.recorded_between(span.start_pts, min(span.end_pts, info.end_pts))
            for span in spans
            if span.index not in done
        )


def _previewed(inputs: Inputs, known: _Known) -> Iterator[PreviewedVideo]:
    planned: set[str] = set()
    for path in inputs.files:
        for stream, source in probed_streams(path, known.settings.limits).items():
            recording = recording_name(path, stream)
            name = escaped(recording)
            if isinstance(source, str):
                yield PreviewedVideo(name, None, "failed", source, None, 0.0)
                continue
            info = source.info
            again = info.sha256 in planned
            planned.add(info.sha256)
            seconds = 0.0 if again else known.to_analyse(info, recording)
            same = "the same content as another file of this run" if again else None
            status: Outcome = "to analyse" if seconds > 0 else "in the case"
            status = "a copy" if again else status
            yield PreviewedVideo(name, info.sha256, status, same, info.duration_s, seconds)
    for each in inputs.refused:
        yield PreviewedVideo(escaped(each.path), None, "failed", each.reason, None, 0.0)


def _stored(request: RunRequest, cameras: tuple[Camera, ...], models: list[ModelRecord]) -> _Known:
    """Return what is known; cameras that are not given are those of the case."""
    found: dict[tuple[str, str], set[int]] = {}
    if is_case(request.case):
        with CaseReader(request.case) as reader:
            cameras = cameras or queries.cameras(reader)
            for segment in () if request.fresh else reader.segments():
                key = (segment.video_sha256, segment.raw_hash)
                found.setdefault(key, set()).add(segment.span.index)
    return _Known(request.settings, models, cameras, found)


def _speed(request: RunRequest) -> tuple[float, str]:
    """Return how fast a run is, in times real time, and from where that is known."""
    last = read_progress(request.case)
    if last is not None and last.times_real_time > 0:
        return last.times_real_time, "the speed of the last run of this case"
    workers = request.workers or default_workers()
    words = f"{workers} worker{'s' if workers != 1 else ''} on an old server; the first parts tell"
    return USUAL_SPEED * workers, words


def _line(video: PreviewedVideo) -> str:
    if video.status == "failed":
        return f"failed: {video.reason}"
    why = f", {video.reason}" if video.reason else ""
    part = ""
    if video.duration_s is not None and 0 < video.to_analyse_s < 0.99 * video.duration_s:
        part = f", {duration(video.to_analyse_s)} of it"
    return f"{video.status}: {video.path} ({duration(video.duration_s or 0.0)}{part}{why})"
