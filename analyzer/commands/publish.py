"""Render the report of a case, log what it shows, and list every product with its hash."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.config import ReportSettings
from analyzer.custody.manifest import write_manifest
from analyzer.report.build import build_report
from analyzer.report.pdf import print_pdf
from analyzer.store.case import Case
from analyzer.video.source_file import Source


def publish(
    case: Case,
    settings: ReportSettings,
    browser: str | None = None,
    sources: Mapping[str, Source] | None = None,
) -> Path:
    """Render the report inside ``case``, which is done with then; return the report's first page.

    With a ``browser`` there is a PDF too; ``sources`` as for ``build_report``. The database of
    ``case`` is closed, since the manifest holds its hash; the lock is kept.
    """
    page = build_report(case.folder, settings=settings, sources=sources)
    if browser is not None:
        print_pdf(browser, page.with_name("print.html"))
    case.log("report rendered", _shown(case))
    write_manifest(case)
    return page


def _shown(case: Case) -> dict[str, Any]:
    """Return which results a report shows: how many tracks, the candidates named, and where."""
    sql = "SELECT person, id FROM tracks WHERE person IS NOT NULL ORDER BY person, id"
    named: dict[str, list[str]] = {}
    for row in case.db.query(sql):
        named.setdefault(row["person"], []).append(row["id"])
    return {"tracks": case.db.table("tracks").count, "candidates": named}
