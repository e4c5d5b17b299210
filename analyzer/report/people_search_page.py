"""HTML page of a search by look or clothes: a single offline file that holds its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from analyzer.report.search_page import picture_address, write_result_page
from analyzer.report.search_result import PeopleResult
from analyzer.store.ids import short_id


def write_people_page(
    path: Path, result: PeopleResult, probe: bytes, pictures: Mapping[str, bytes]
) -> None:
    """Write ``result`` to ``path``; ``probe`` and ``pictures`` (by body id) are JPEGs, or missing.

    Hits link into the pages of the report inside the case. Raises UsageError if the file cannot be
    written.
    """
    report = (Path(result.case) / "report").resolve()
    write_result_page(
        path,
        "people_search.html",
        result=result,
        probe=picture_address(probe),
        pictures={body: picture_address(jpeg) for body, jpeg in pictures.items()},
        pages={f.body_id: _page(report, f.video_sha256) for f in result.found}
        if report.is_dir()
        else {},
    )


def _page(report: Path, video: str) -> str:
    """Return the address of the page of ``video`` in the report."""
    return (report / f"video-{short_id(video, 12)}.html").as_uri()
