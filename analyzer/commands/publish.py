"""Publication of a report: rendered, logged, and listed with every product and its hash."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.config import ReportSettings
from analyzer.custody.manifest import write_manifest
from analyzer.pipeline.executors.resources import default_workers
from analyzer.report.pdf import print_pdf
from analyzer.store.case import Case
from analyzer.store.overview import results_shown
from analyzer.video.source_file import Source

if TYPE_CHECKING:
    from analyzer.report.build import OnStep


def publish(
    case: Case,
    settings: ReportSettings,
    browser: str | None = None,
    sources: Mapping[str, Source] | None = None,
    on_step: OnStep | None = None,
    workers: int | None = None,
) -> Path:
    """Render the report inside ``case``, which is done with then; return the report's first page.

    With a ``browser`` there is a PDF too; ``sources`` and ``on_step`` as for ``build_report``;
    ``workers`` None is one per core. The database of ``case`` is closed, since the manifest holds
    its hash; the lock is kept.
    """
    # Here, so that no command waits for plotly and pandas before it has a report to render.
    from analyzer.report.build import build_report

    with case.reader() as reader:
        page = build_report(
            reader,
            settings=settings,
            sources=sources,
            on_step=on_step,
            workers=workers or default_workers(),
        )
        shown = results_shown(reader)
    if browser is not None:
        print_pdf(browser, page.with_name("print.html"))
    case.log("report rendered", shown)
    write_manifest(case)
    return page
