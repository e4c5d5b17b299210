"""Use case of `analyzer export`: tables or the whole of a case as files for other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analyzer.custody.record import record
from analyzer.errors import ConfigError, UsageError
from analyzer.exchange.formats import FORMATS
from analyzer.exchange.protocol import Options, Write
from analyzer.file_names import escaped
from analyzer.hashing import sha256_file
from analyzer.store.errors import output_errors
from analyzer.store.export import export_table, exporter
from analyzer.store.reader import CaseReader
from analyzer.store.tables import VIEWS, require_table


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What `analyzer export` was asked: ``tables`` or views, the main views where it is empty.

    ``format`` is one of tables, or of a whole case (``exchange.formats``), which takes no tables;
    ``options`` are for the latter. ``out`` None is a folder in the current one, named after the
    case.
    """

    case: Path
    format: str = "csv"
    out: Path | None = None
    tables: tuple[str, ...] = ()
    options: Options = field(default_factory=Options)


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One table, or one file of a format of whole cases; ``note`` says what was left out."""

    table: str
    path: str
    rows: int
    note: str | None = None


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """The files written; ``note`` says why the export is not in the audit log, if it is not."""

    case: str
    format: str
    files: tuple[ExportedFile, ...]
    note: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)


def export_case(
    request: ExportRequest, tell: Callable[[ExportedFile], None] = lambda file: None
) -> ExportSummary:
    """Write the tables that ``request`` names, and log them; ``tell`` gets each file at its end.

    Raises UsageError for an unknown table or format and for a folder that cannot be written, and
    CaseError for what is no case.
    """
    write = FORMATS.get(request.format)
    if write is None:
        _require_format(request.format)
    elif request.tables:
        raise UsageError(f"{request.format} holds a whole case; leave out --table")
    names = [require_table(name) for name in request.tables or VIEWS]
    folder = request.out or Path(f"{request.case.resolve().name}-export")
    files: list[ExportedFile] = []
    with CaseReader(request.case) as reader:
        for file in (
            (_exported(reader, name, request.format, folder) for name in names)
            if write is None
            else _whole(reader, write, folder, request.options)
        ):
            files.append(file)
            tell(file)
    detail = {"format": request.format, "files": [_logged(file) for file in files]}
    note = record(request.case, "exported", detail)
    return ExportSummary(str(request.case), request.format, tuple(files), note)


def options_of(assume_start: datetime | None, assume_zone: str | None) -> Options:
    """Return what a user says of clocks; UsageError for a zone that there is not."""
    try:
        zone = None if assume_zone is None else ZoneInfo(assume_zone)
    except (ValueError, OSError, ZoneInfoNotFoundError) as error:
        raise UsageError(f"no time zone {assume_zone!r}; give one such as Europe/Paris") from error
    return Options(assume_start, zone)


def _require_format(name: str) -> None:
    """Raise ConfigError, with all names, where no format of tables or of cases is called so."""
    try:
        exporter(name)
    except ConfigError as error:
        raise ConfigError(f"{error}, {', '.join(FORMATS)}") from error


def _whole(
    reader: CaseReader, write: Write, folder: Path, options: Options
) -> Iterator[ExportedFile]:
    """Write a whole case into ``folder``."""
    with output_errors(folder, "--out"):
        folder.mkdir(parents=True, exist_ok=True)
        for file in write(reader, folder, options):
            yield ExportedFile(file.table, str(file.path), file.rows, file.note)


def _exported(reader: CaseReader, name: str, form: str, folder: Path) -> ExportedFile:
    path = folder / f"{name}.{form}"
    with output_errors(path, "--out"):
        folder.mkdir(parents=True, exist_ok=True)
        rows = export_table(reader, name, form, path)
    return ExportedFile(name, str(path), rows)


def _logged(file: ExportedFile) -> dict[str, Any]:
    """Return what the audit log holds of an exported file: its hash too."""
    path = Path(file.path).absolute()
    return asdict(file) | {"path": escaped(str(path)), "sha256": sha256_file(path)}
