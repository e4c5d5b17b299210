"""Use case of `analyzer report`: the report of a case, or of a part of it elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.commands.publish import publish
from analyzer.config import ReportSettings, overlay_settings
from analyzer.custody.record import record
from analyzer.errors import CaseBusyError, CaseError, UsageError
from analyzer.file_names import escaped
from analyzer.pipeline.executors.resources import default_workers
from analyzer.pipeline.run_record import last_run
from analyzer.report.build import build_report
from analyzer.report.filter import ReportFilter
from analyzer.report.pdf import find_browser, print_pdf
from analyzer.store import audit
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest(ReportFilter):
    """What `analyzer report` was asked: the whole case, or the part that the filter leaves.

    ``out`` None is the report inside the case, which is always whole. ``config`` is laid over the
    settings of the last run.
    """

    case: Path
    out: Path | None = None
    single_file: bool = False
    pdf: bool = False
    config: Path | None = None

    @property
    def partial(self) -> bool:
        """Whether a part of the case is left out."""
        return not self.is_empty


@dataclass(frozen=True, slots=True)
class ReportSummary:
    """The pages written; ``note`` says why the report is not in the audit log, if it is not."""

    case: str
    report: Path
    pdf: Path | None
    note: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        pdf = None if self.pdf is None else str(self.pdf)
        return {"case": self.case, "report": str(self.report), "pdf": pdf, "note": self.note}


def render_report(request: ReportRequest) -> ReportSummary:
    """Write the report that ``request`` asks for, from the database alone.

    Raises UsageError for requests that contradict themselves and where no browser is found for a
    PDF, ConfigError for wrong settings, CaseError for what is no case.
    """
    if request.out is None and (request.partial or request.single_file):
        raise UsageError("a part of a case, or one file, needs a place of its own; give --out DIR")
    if request.pdf and request.single_file:
        raise UsageError("--pdf and --single-file are two reports; ask for one of them at a time")
    browser = find_browser() if request.pdf else None
    with CaseReader(request.case) as reader:
        settings = overlay_settings(last_run(reader).settings, request.config).report
    note = None
    if request.out is None:
        page, note = _render_inside(request.case, settings, browser)
    else:
        page = _render_elsewhere(request, request.out, settings, browser)
        place = escaped(str(page.absolute()))
        note = record(request.case, "report rendered elsewhere", {"page": place})
    pdf = page.with_name("report.pdf") if browser else None
    return ReportSummary(str(request.case), page, pdf, note)


def _render_inside(
    folder: Path, settings: ReportSettings, browser: str | None
) -> tuple[Path, str | None]:
    """Render the report of the whole case; beside a process that works on it, of what is there."""
    try:
        with Case.open(folder, create=False) as case:
            return publish(case, settings, browser), None
    except CaseBusyError:
        with CaseReader(folder) as reader:
            page = build_report(reader, settings=settings, keep=False, workers=default_workers())
        if browser:
            print_pdf(browser, page.with_name("print.html"))
        record(folder, "report rendered", {"while": "another analyzer was at work"})
        return page, f"{folder}: another analyzer is at work; the report is of what is there so far"


@dataclass(frozen=True, slots=True)
class FoundReport:
    """The first page of the report inside a case; ``stale`` if results are newer than it."""

    page: Path
    stale: bool


def report_of(folder: Path) -> FoundReport:
    """Return the report inside the case at ``folder``; raises CaseError where there is none."""
    with CaseReader(folder) as reader:
        stale = audit.report_is_stale(reader.db)
    page = folder / "report" / "index.html"
    if not page.is_file():
        raise CaseError(f"{folder}: has no report yet; run `analyzer report {folder}`")
    return FoundReport(page, stale)


def _render_elsewhere(
    request: ReportRequest, out: Path, settings: ReportSettings, browser: str | None
) -> Path:
    with CaseReader(request.case) as reader:
        page = build_report(
            reader,
            out,
            settings,
            wish=request,
            one_file=request.single_file,
            workers=default_workers(),
        )
    if browser:
        print_pdf(browser, page.with_name("print.html"))
    return page
