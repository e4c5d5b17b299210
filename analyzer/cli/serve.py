"""`analyzer serve`: local web pages of a case to work in."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import case_argument, output_to_stderr, tell

if TYPE_CHECKING:
    from analyzer.serve.server import Link


@click.command()
@case_argument
@click.option("--port", default=8400, show_default=True, help="Port; 0 takes a free one.")
@click.option(
    "--host", default="127.0.0.1", show_default=True,
    help="Address to listen on; anything else is reachable for other machines.",
)  # fmt: skip
@click.option(
    "--by", "names", multiple=True, metavar="NAME",
    help="Who decides; repeatable, each gets a link. Without it nothing can be changed.",
)  # fmt: skip
@click.option(
    "--for",
    "seconds",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="End after so long.",
)
@click.option("--open", "show", is_flag=True, help="Then open the first link in a browser.")
def serve(
    case: Path, port: int, host: str, names: tuple[str, ...], seconds: float | None, show: bool
) -> None:
    """Serve the pages of CASE until Ctrl-C: the report as it is now, review, search, live view.

    A link lets one person in: hand each examiner their own, over a safe way.
    """
    from analyzer.serve.server import serve_case

    def started(links: list[Link]) -> None:
        for link in links:
            click.echo(f"{link.name}: {link.address}" if link.name else link.address)
        if host not in ("127.0.0.1", "::1", "localhost"):
            tell("other machines can reach these pages, and nothing is encrypted on the way")
        if show:
            with output_to_stderr():
                webbrowser.open(links[0].address)

    serve_case(case, host, port, names, started, seconds)
