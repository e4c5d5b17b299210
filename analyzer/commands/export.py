"""Use case of `analyzer export`: tables of a case as files for other programs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analyzer.custody.record import record
from analyzer.file_names import escaped
from analyzer.hashing import sha256_file
from analyzer.store.errors import output_errors
from analyzer.store.export import export_table, exporter
from analyzer.store.reader import CaseReader
from analyzer.store.tables import VIEWS, require_table


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What `analyzer export` was asked: ``tables`` or views, the three views where it is empty.

    ``out`` None is a folder in the current one, named after the case.
    """

    case: Path
    format: str = "csv"
    out: Path | None = None
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportedFile:
    """One table as a file."""

    table: str
    path: str
    rows: int


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
    exporter(request.format)
    names = [require_table(name) for name in request.tables or VIEWS]
    folder = request.out or Path(f"{request.case.resolve().name}-export")
    files: list[ExportedFile] = []
    with CaseReader(request.case) as reader:
        for name in names:
            files.append(_exported(reader, name, request.format, folder))
            tell(files[-1])
    detail = {"format": request.format, "files": [_logged(file) for file in files]}
    note = record(request.case, "exported", detail)
    return ExportSummary(str(request.case), request.format, tuple(files), note)


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
