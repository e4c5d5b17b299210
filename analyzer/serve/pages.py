"""Pages of the server: those of the report with links to review, search and live view."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import jinja2

from analyzer import __version__
from analyzer.report.bundle import join_modules
from analyzer.report.environment import make_environment

PLACES = (("review", "Review"), ("groups", "Groups"), ("search", "Search"), ("live", "Live"))
"""Pages of the server itself: file name without ``.html``, and what links call it."""

_POLICY = '<meta http-equiv="Content-Security-Policy"'
_JUMP = '<nav class="jump" aria-label="Pages">'
_HEAD = "</head>"
_ADDED = (
    '<link rel="stylesheet" href="serve/serve.css">\n<script src="serve/bar.js" defer></script>\n'
)


def served(page: str) -> str:
    """Return a page of the report as it is served: its links also lead to the server's pages.

    The policy in the page goes, since the header of the answer holds one that is as strict.
    """
    begin = page.index(_POLICY)
    page = page[:begin] + page[page.index(">", begin) + 1 :]
    links = " ".join(f'<a href="{name}.html">{words}</a>' for name, words in PLACES)
    page = page.replace(_JUMP, f"{_JUMP}{links} ", 1)
    return page.replace(_HEAD, _ADDED + _HEAD, 1)


@cache
def _environment() -> jinja2.Environment:
    return make_environment("analyzer.serve")


def own_page(name: str, **values: Any) -> str:
    """Return the page ``name`` of the server itself."""
    places = [(place, words, place == name) for place, words in PLACES]
    template = _environment().get_template(f"{name}.html")
    return template.render(places=places, version=__version__, **values)


@cache
def asset(name: str) -> tuple[str, str] | None:
    """Return text and media type of a style or script of the server; None for no such file."""
    package = resources.files("analyzer.serve")
    if name == "serve.css":
        return package.joinpath("assets/serve.css").read_text(encoding="utf-8"), "text/css"
    if name == "icon.svg":
        return package.joinpath("assets/icon.svg").read_text(encoding="utf-8"), "image/svg+xml"
    scripts = package.joinpath("scripts")
    if name.endswith(".js") and name.count("/") == 0 and scripts.joinpath(name).is_file():
        return join_modules(name, scripts), "text/javascript"
    return None
