"""HTML page of a search result: a single offline file that holds its pictures."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from markupsafe import Markup

from analyzer import __version__
from analyzer.report.environment import make_environment
from analyzer.report.search_result import SearchResult
from analyzer.store.errors import output_errors
from analyzer.store.ids import short_id


def write_search_page(
    path: Path,
    result: SearchResult,
    probe: bytes,
    pictures: Mapping[str, bytes],
    bodies: Mapping[str, bytes],
) -> None:
    """Write ``result`` to ``path``; hits link into the pages of the report inside the case.

    ``probe``, ``pictures`` (by face id) and ``bodies`` (by track id) are JPEGs, or empty.

    Raises UsageError if the file cannot be written.
    """
    write_result_page(
        path,
        "search.html",
        result=result,
        probe=picture_address(probe),
        pictures={face: picture_address(jpeg) for face, jpeg in pictures.items()},
        bodies={track: picture_address(jpeg) for track, jpeg in bodies.items()},
        pages=pages_of(result.case, {found.video_sha256 for found in result.found}),
    )


def pages_of(case: str, videos: Iterable[str]) -> dict[str, str]:
    """Return the addresses of the pages of ``videos``, by SHA-256, in the report inside ``case``.

    Empty where the case has no report.
    """
    report = (Path(case) / "report").resolve()
    pages = {sha256: report / f"video-{short_id(sha256, 12)}.html" for sha256 in videos}
    return {sha256: page.as_uri() for sha256, page in pages.items() if page.is_file()}


def write_result_page(path: Path, template: str, **values: Any) -> None:
    """Write the page that ``template`` makes of ``values``; UsageError if it cannot be written."""
    styles = resources.files("analyzer.report").joinpath("assets/report.css")
    page = (
        make_environment()
        .get_template(template)
        .render(
            styles=Markup(styles.read_text(encoding="utf-8")),  # noqa: S704 - a file of ours
            made_at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
            version=__version__,
            **values,
        )
    )
    with output_errors(path, "--html"):
        path.write_text(page, encoding="utf-8")


def picture_address(jpeg: bytes) -> str:
    """Return ``jpeg`` as an address that holds it, empty for no picture."""
    return f"data:image/jpeg;base64,{b64encode(jpeg).decode()}" if jpeg else ""
