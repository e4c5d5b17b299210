"""HTML page of a search by region: stills of every change that link into the pages of videos."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.report.search_page import pages_of, picture_address, write_result_page


def write_region_page(path: Path, result: Any, stills: Mapping[int, bytes]) -> None:
    """Write ``result``, a RegionResult, to ``path``; ``stills`` are JPEGs by place in the list.

    Hits link into the pages of the report inside the case. Raises UsageError if the file cannot be
    written.
    """
    pages = pages_of(result.case, {change.video_sha256 for change in result.changes})
    pictures = {number: picture_address(jpeg) for number, jpeg in stills.items()}
    write_result_page(path, "region_search.html", result=result, pages=pages, pictures=pictures)
