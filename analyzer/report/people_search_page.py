"""HTML page of a search by look or clothes: a single offline file that holds its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analyzer.report.search_page import pages_of, picture_address, write_result_page
from analyzer.report.search_result import PeopleResult


def write_people_page(
    path: Path, result: PeopleResult, probe: bytes, pictures: Mapping[str, bytes]
) -> None:
    """Write ``result`` to ``path``; ``probe`` and ``pictures`` (by body id) are JPEGs, or missing.

    Hits link into the pages of the report inside the case. Raises UsageError if the file cannot be
    written.
    """
    write_result_page(
        path,
        "people_search.html",
        result=result,
        probe=picture_address(probe),
        pictures={body: picture_address(jpeg) for body, jpeg in pictures.items()},
        pages=pages_of(result.case, {found.video_sha256 for found in result.found}),
    )
