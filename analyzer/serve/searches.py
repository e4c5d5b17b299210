"""Searches asked for in a page: by an uploaded picture, or by the face or look of a track."""

from __future__ import annotations

import secrets
from pathlib import Path

from analyzer.commands.search import SearchRequest, search_case
from analyzer.commands.search_people import PeopleRequest, search_people
from analyzer.errors import UsageError
from analyzer.types import ANYBODY

_TOP = 40
_TOP_LINE = '<header class="top">'
_BACK = (
    '<nav aria-label="Pages"><a href="../index.html">Case</a> '
    '<a href="../search.html">Search</a> <a href="../review.html">Review</a></nav>'
)


class Searches:
    """Result pages of this server's searches, in the folder ``cache``."""

    def __init__(self, case: Path, cache: Path) -> None:
        self._case = case
        self._folder = cache / "found"
        self._folder.mkdir()

    def by_picture(self, data: bytes, kind: str) -> str:
        """Search for who is in the picture ``data``; return the address of the page.

        ``kind`` is *face* or *body*. The picture is kept no longer than the search takes.
        """
        picture = self._folder / f"{secrets.token_hex(8)}-uploaded-picture"
        picture.write_bytes(data)
        try:
            return self._search(kind, picture, None)
        finally:
            picture.unlink()

    def by_track(self, track: str, kind: str) -> str:
        """Search for the face, or the look (*body*), of a track; return the address of the page."""
        return self._search(kind, None, track)

    def _search(self, kind: str, picture: Path | None, track: str | None) -> str:
        page = self._folder / f"{secrets.token_hex(8)}.html"
        if kind == "face":
            asked = SearchRequest(picture, track, _TOP, page)
            search_case(self._case, asked, lambda _found: None)
        elif kind == "body":
            wanted = PeopleRequest(ANYBODY, picture, track, _TOP, page)
            search_people(self._case, wanted, lambda _found: None)
        else:
            raise UsageError(f"by: {kind!r} is neither face nor body")
        return f"found/{page.name}"

    def page(self, name: str) -> str | None:
        """Return the page called ``name``, its links leading to the pages of this server."""
        path = self._folder / name
        if path.suffix != ".html" or path.parent != self._folder or not path.is_file():
            return None
        report = (self._case / "report").resolve().as_uri()
        text = path.read_text(encoding="utf-8").replace(f'"{report}/', '"../')
        return text.replace(_TOP_LINE, f"{_TOP_LINE}{_BACK}", 1)
