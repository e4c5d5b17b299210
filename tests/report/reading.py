"""Cases by their folder: what a report is built from, opened and closed around one call."""

from pathlib import Path
from typing import Any

from analyzer.report import build, loader
from analyzer.report.model import CaseView
from analyzer.store.reader import CaseReader


def load_case(folder: Path) -> CaseView:
    """Return the whole case at ``folder``."""
    with CaseReader(folder) as reader:
        return loader.load_case(reader)


def build_report(folder: Path, *arguments: Any, **options: Any) -> Path:
    """Build a report of the case at ``folder``; arguments as for ``build.build_report``."""
    with CaseReader(folder) as reader:
        return build.build_report(reader, *arguments, **options)
