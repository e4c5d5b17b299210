"""Replay: segments are analysed again in a case of their own, and their rows compared."""

from __future__ import annotations

import secrets
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

from analyzer.config import Settings
from analyzer.errors import CaseError, VideoError
from analyzer.models.registry import load_registry
from analyzer.models.weights import ModelRecord
from analyzer.pipeline import provenance
from analyzer.pipeline.executors.base import analyse
from analyzer.pipeline.inference import limit_threads
from analyzer.pipeline.tasks import SegmentTask
from analyzer.store import audit, seals
from analyzer.store.case import Case
from analyzer.store.measured import MeasuredWith, measured_with, settings_measured_with
from analyzer.store.reader import CaseReader
from analyzer.store.records import StoredSegment
from analyzer.store.vectors import FACES, LOOKS, model_of_segment
from analyzer.store.writer import CaseWriter
from analyzer.types import SegmentResult, VideoInfo
from analyzer.video.picture_series import series_of
from analyzer.video.probe import probe
from analyzer.video.source_file import place_of
from analyzer.video.turning import turn_of, turned, untouched_hash

_UNSURE = {"segments": {"bad_frames", "motion_columns", "motion_rows"}}
"""Not compared: ffmpeg counts damaged pictures at a border on either side, see video/decode.py, and
versions before measured no motion."""

_PURGED = {"faces", "bodies", "tracklets"}
"""Tables that a purge takes rows, or looks, out of."""

_MOST_DIFFERENCES = 20


@dataclass(frozen=True, slots=True)
class Replayed:
    """One segment analysed again: how many rows were compared, and one line per difference."""

    id: str
    source: str
    rows: int
    differences: tuple[str, ...]

    @property
    def words(self) -> str:
        """The outcome in words."""
        if self.differences:
            return f"differs from {self.source}"
        return f"{self.rows} rows, all equal"


@dataclass(frozen=True, slots=True)
class Replay:
    """A random sample of segments analysed again; ``seed`` chooses the same ones again."""

    seed: int
    segments: tuple[Replayed, ...]

    @property
    def equal(self) -> bool:
        """Whether no row differs."""
        return not any(segment.differences for segment in self.segments)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {"equal": self.equal, **asdict(self)}


def replay_case(folder: Path, sample: int, seed: int | None) -> Replay:
    """Analyse ``sample`` segments of the case at ``folder`` again, with the settings of their run.

    Writes nothing into the case. Raises CaseError when models, libraries or settings differ from
    those of the run, and when no source of a segment is at hand.
    """
    seed = secrets.randbelow(1 << 31) if seed is None else seed
    with CaseReader(folder) as reader:
        chosen = _chosen(reader, sample, seed)
        limit_threads(1)
        found = tuple(_replay(reader, segment) for segment in chosen)
    return Replay(seed, found)


@dataclass(frozen=True, slots=True)
class _Segment:
    """One segment to analyse again, with the settings of its run and its source as it is."""

    stored: StoredSegment
    settings: Settings
    info: VideoInfo


def _chosen(reader: CaseReader, sample: int, seed: int) -> list[_Segment]:
    """Return analysed segments drawn at random among those whose source is at hand, unchanged."""
    paths: dict[str, list[str]] = {}
    for file in reader.inputs():
        if file.sha256 is not None and file.status == "done":
            paths.setdefault(file.sha256, []).append(file.path)
    segments = reader.segments()
    settings: dict[str, Settings] = {}
    measured = measured_with(reader)
    infos: dict[str, VideoInfo | None] = {}
    chosen: list[_Segment] = []
    for segment in Random(seed).sample(segments, len(segments)):  # noqa: S311 - a sample
        video, made = segment.video_sha256, segment.raw_hash
        if video not in infos:
            infos[video] = _source(video, paths.get(video, []), turn_of(made))
        info = infos[video]
        if info is None:
            continue
        if made not in settings:
            settings[made] = _settings(reader, made, measured.get(video))
        chosen.append(_Segment(segment, settings[made], info))
        if len(chosen) == sample:
            break
    if not chosen:
        raise CaseError(
            f"{reader.folder}: no source of an analysed segment is where it was; connect the disk "
            "with the recordings and try again"
        )
    return chosen


def _source(sha256: str, paths: list[str], degrees: int) -> VideoInfo | None:
    """Return what probing tells of the first of ``paths`` that holds what was analysed."""
    for path in paths:
        place = place_of(path, sha256)
        if not place.file.is_file() and series_of(place.file) is None:
            continue
        try:
            info = turned(probe(place.file, stream=place.stream), degrees)
        except VideoError:
            continue
        if info.sha256 == sha256:
            return info
    return None


def _settings(reader: CaseReader, made: str, measured: MeasuredWith | None) -> Settings:
    """Return the settings under which a segment was ``made``, if this machine can repeat it.

    They are those of the newest such run, or what is ``measured`` otherwise for its camera.
    """
    folder = reader.folder
    raw_hash = untouched_hash(made)
    own = measured if measured is not None and measured.raw_hash == made else None
    runs = [run for run in reversed(reader.runs()) if run.raw_hash == raw_hash]
    if not runs and own is not None:
        runs = [run for run in reader.runs() if run.id == own.run_id]
    if not runs:
        raise CaseError(f"{folder}: no run tells with which settings {raw_hash} was made")
    run = runs[0]
    settings = settings_measured_with(run, None if run.raw_hash == raw_hash else own)
    models = provenance.model_records(settings, load_registry())
    unlike = _unlike(run.versions, provenance.versions())
    before, now = (
        {m["part"]: _told(m) for m in part if m["part"] != provenance.CLOCK_PART}
        for part in (run.models, models)
    )
    unlike += _unlike(before, {part: _as_told(now[part], before.get(part, {})) for part in now})
    if unlike or provenance.raw_hash(settings, models) != raw_hash:
        raise CaseError(
            f"{folder}: cannot be replayed here, since this is not what run {run.id} was made "
            f"with: {'; '.join(unlike) or 'other settings'}; install the same and try again"
        )
    return settings


def _told(model: ModelRecord) -> ModelRecord:
    return {key: value for key, value in model.items() if value}


def _as_told(now: ModelRecord, before: ModelRecord) -> ModelRecord:
    """Return ``now`` without what the versions before did not record of files inside packages."""
    return {key: value for key, value in now.items() if key in before or key not in _LATER}


_LATER = ("sha256", "files")


def _unlike(before: dict[str, Any], now: dict[str, Any]) -> list[str]:
    names = sorted(set(before) | set(now))
    return [
        f"{name} was {before.get(name)}, is {now.get(name)}"
        for name in names
        if before.get(name) != now.get(name)
    ]


def _replay(reader: CaseReader, segment: _Segment) -> Replayed:
    stored, info = segment.stored, segment.info
    outcome = analyse(SegmentTask(info.path, info, stored.span, segment.settings))
    if outcome.result is None:
        reason = outcome.reason or "could not be analysed"
        return Replayed(stored.id, info.path, 0, (reason,))
    with tempfile.TemporaryDirectory(prefix="analyzer-replay-") as scratch:
        rows, lines = _compared(reader, stored, info, outcome.result, Path(scratch) / "case")
    return Replayed(stored.id, info.path, rows, tuple(lines[:_MOST_DIFFERENCES]))


def _compared(
    reader: CaseReader, stored: StoredSegment, info: VideoInfo, result: SegmentResult, folder: Path
) -> tuple[int, list[str]]:
    """Store ``result`` in a case of its own; return how many rows were compared, and differ how."""
    lines: list[str] = []
    count = 0
    with Case.open(folder, create=True) as case:
        writer = CaseWriter(case, "replay")
        writer.record_video(info, None, None)
        models = [model_of_segment(reader, kind, stored.id) for kind in (FACES, LOOKS)]
        writer.write_segment(result, stored.raw_hash, *models)
        with case.reader() as again:
            for scope, table in _comparable(reader, stored.id):
                before = _rows(reader, scope, table, stored.id)
                count += len(before)
                lines += _different(table, before, _rows(again, scope, table, stored.id))
    return count, lines


def _comparable(reader: CaseReader, segment_id: str) -> list[tuple[str, str]]:
    """Return seals and tables of a segment; without those of which rows were purged.

    Motion is left out where the case is of a version that did not measure it.
    """
    purged = any(
        f"segment:{segment_id}" in entry["detail"].get("seals", {})
        for entry in audit.entries(reader.db)
        if entry["action"] == audit.PURGED
    )
    tables = [table for table in seals.SCOPES["segment"] if not (purged and table in _PURGED)]
    motion = seals.kept(reader.db, "motion", segment_id)
    return [*(("segment", table) for table in tables), *(("motion", table) for table in motion)]


def _rows(reader: CaseReader, scope: str, table: str, segment_id: str) -> dict[str, dict[str, Any]]:
    """Return the rows of a segment by their name, without what cannot be relied on to be equal."""
    left_out = _UNSURE.get(table, ())
    return {
        seals.row_name(table, row): {k: v for k, v in row.items() if k not in left_out}
        for row in seals.sealed_rows(reader.db, scope, table, segment_id)
    }


def _different(
    table: str, before: dict[str, dict[str, Any]], now: dict[str, dict[str, Any]]
) -> list[str]:
    lines = [f"{table}: row {name} does not come out again" for name in before if name not in now]
    lines += [f"{table}: row {name} comes out besides" for name in now if name not in before]
    for name in before.keys() & now.keys():
        columns = [key for key in before[name] if before[name][key] != now[name][key]]
        if columns:
            lines.append(f"{table}: row {name} differs in {', '.join(columns)}")
    return sorted(lines)
