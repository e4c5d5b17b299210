"""`analyzer search`: the stored faces nearest to a photograph or to a track."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.options import case_argument, json_option, print_json

if TYPE_CHECKING:
    from analyzer.report.search_result import SearchResult

_WIDTH = 200
"""Of the table where it does not go to a terminal: names of files must not be folded there."""


@click.command()
@case_argument
@click.argument(
    "photo", required=False, type=click.Path(path_type=Path, dir_okay=False), metavar="[PHOTO]"
)
@click.option("--track", metavar="ID", help="Search for the face of a track instead: T3, VIDEO:T3.")
@click.option("--top", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Faces.")
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write an offline page with the pictures.",
)  # fmt: skip
@json_option
def search(case: Path, as_json: bool, **asked: Any) -> None:
    """Find the faces in CASE that are nearest to PHOTO, a picture of one face.

    Looks at every stored face. What was searched for and shown is kept in the audit log.
    """
    if (asked["photo"] is None) == (asked["track"] is None):
        raise click.UsageError("give either a PHOTO or --track")

    from analyzer.commands.search import SearchRequest, search_case

    def show(result: SearchResult) -> None:
        if as_json:
            print_json(result.as_dict())
        else:
            _print(result)
        if asked["page"] is not None:
            click.echo(f"page: {asked['page']}", err=True)

    search_case(case, SearchRequest(**asked), show)


def _print(result: SearchResult) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from analyzer.report.formatting import basename, likely, video_time

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("rank", "distance", "probability"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("wall clock", "in the video", "shown as", "track"):
        table.add_column(name, overflow="fold")
    for found in result.found:
        name = basename(found.video_path or found.video_sha256)
        number = (found.track_id or "").rpartition(":")[2]
        table.add_row(
            str(found.rank),
            f"{found.distance:.3f}{' ' if found.distance <= result.threshold else '>'}",
            likely(found.probability),
            (found.wall_time or "clock unknown").replace("T", " "),
            video_time(found.t),
            Text(" ".join(part for part in (found.status, found.person) if part)),
            Text(f"{name}:{number}"),
        )
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    console.print(table if result.found else "no other face is stored in this case")
    more = f"; {result.not_searched} by another model were not" if result.not_searched else ""
    console.print(
        f"{result.searched} faces by {result.embedder} were compared{more}. > beyond the threshold "
        f"of {result.threshold:.3f}, within which by chance {result.by_chance:.1f} faces of other "
        "people lie. A small distance is a suggestion for a person to check.",
        highlight=False,
        soft_wrap=True,
    )
