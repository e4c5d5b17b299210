"""`analyzer search`: people by a face, by what they look like, and by their clothes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.options import MOMENTS, case_argument, json_option, print_json

if TYPE_CHECKING:
    from analyzer.commands.search_region import RegionResult
    from analyzer.report.search_result import PeopleResult, SearchResult
    from analyzer.types import Description

_WISH = ("upper", "lower", "cameras", "start", "end")

_WIDTH = 200
"""Of the table where it does not go to a terminal: names of files must not be folded there."""


@click.command()
@case_argument
@click.argument(
    "photo", required=False, type=click.Path(path_type=Path, dir_okay=False), metavar="[PHOTO]"
)
@click.option("--track", metavar="ID", help="Search for whom a track shows: T3, VIDEO:T3.")
@click.option(
    "--by",
    type=click.Choice(["face", "look"]),
    default="face",
    show_default=True,
    help="Compare the track by its face or by what the person wears.",
)
@click.option(
    "--body",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="PICTURE",
    help="Search for the look of the one person in this picture.",
)
@click.option("--upper", metavar="COLOUR", help="Only people with upper clothes of this colour.")
@click.option("--lower", metavar="COLOUR", help="Only people with lower clothes of this colour.")
@click.option("--camera", "cameras", multiple=True, metavar="NAME", help="Only of this camera.")
@click.option(
    "--from", "start", type=click.DateTime(MOMENTS), help="Only from this wall clock time on."
)
@click.option("--to", "end", type=click.DateTime(MOMENTS), help="Only up to this wall clock time.")
@click.option(
    "--region", metavar="X,Y,W,H",
    help="Search for changes in this rectangle of the picture, in its pixels.",
)  # fmt: skip
@click.option("--video", metavar="NAME", help="With --region: only of this recording.")
@click.option(
    "--least", type=click.FloatRange(0, 100), default=0.5, show_default=True, metavar="PERCENT",
    help="With --region: the part of it that must change.",
)  # fmt: skip
@click.option("--clips", is_flag=True, help="With --region: cut a clip of each change.")
@click.option(
    "--top", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many."
)
@click.option(
    "--html", "page", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Write an offline page with the pictures.",
)  # fmt: skip
@json_option
def search(case: Path, as_json: bool, **asked: Any) -> None:
    """Find the faces in CASE that are nearest to PHOTO, a picture of one face.

    Or people by their look (--body, --track with --by look), or by colours and time alone. Looks at
    every stored picture. Or when anything changed in a part of the picture (--region). What was
    searched for and shown is kept in the audit log.
    """
    from analyzer.types import Description

    wish = Description(**{key: asked.pop(key) for key in _WISH})
    of_region = {key: asked.pop(key) for key in ("region", "video", "least", "clips")}
    if of_region["region"] is not None:
        _search_region(case, as_json, wish, asked, of_region)
        return
    body, by_look = asked.pop("body"), asked.pop("by") == "look"
    given = [asked["photo"], asked["track"], body]
    if sum(one is not None for one in given) > 1 or (by_look and asked["track"] is None):
        raise click.UsageError("give one of PHOTO, --track and --body; --by look needs --track")
    if not any(given) and wish.anybody:
        raise click.UsageError("give a PHOTO, --track, --body, or whom to show (--upper red ...)")
    if body is not None or by_look or not any(given):
        _search_people(case, as_json, body, wish, asked)
    else:
        _search_faces(case, as_json, wish, asked)


def _search_faces(case: Path, as_json: bool, wish: Description, asked: dict[str, Any]) -> None:
    from analyzer.commands.search import SearchRequest, search_case

    def show(result: SearchResult) -> None:
        if as_json:
            print_json(result.as_dict())
        else:
            _print(result)
        if asked["page"] is not None:
            click.echo(f"page: {asked['page']}", err=True)

    search_case(case, SearchRequest(**asked, wish=wish), show)


def _search_region(
    case: Path, as_json: bool, wish: Description, asked: dict[str, Any], of_region: dict[str, Any]
) -> None:
    from analyzer.commands.search_region import RegionRequest, region_of, search_region

    others = ("photo", "track", "body")
    if any(asked[name] is not None for name in others) or wish.upper or wish.lower:
        raise click.UsageError("--region goes with --camera, --video, --from and --to alone")

    def show(result: RegionResult) -> None:
        if as_json:
            print_json(result.as_dict())
        else:
            _print_region(result)
        if asked["page"] is not None:
            click.echo(f"page: {asked['page']}", err=True)

    request = RegionRequest(
        region_of(of_region["region"]), wish, of_region["video"], of_region["least"] / 100,
        asked["top"], asked["page"], of_region["clips"],
    )  # fmt: skip
    search_region(case, request, show)


def _print_region(result: RegionResult) -> None:
    from analyzer.report.formatting import basename, video_time

    for number, change in enumerate(result.changes):
        name = basename(change.video_path or change.video_sha256)
        wall = (change.wall_time or "clock unknown").replace("T", " ")
        times = f"{video_time(change.t_start)} to {video_time(change.t_end)}"
        who = ", ".join(change.people) or "nobody followed there"
        click.echo(f"{wall}  {times}  {change.share * 100:5.1f} %  {name}  {who}")
        if number in result.clips:
            click.echo(f"  clip: {result.clips[number]}")
    if not result.changes:
        click.echo("nothing changed there")
    for note in result.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(
        f"{len(result.changes)} of {result.found} changes in {result.videos} recordings; the "
        "largest ones are shown (--top).",
        err=True,
    )


def _search_people(
    case: Path, as_json: bool, body: Path | None, wish: Description, asked: dict[str, Any]
) -> None:
    from analyzer.commands.search_people import PeopleRequest, search_people

    def show(result: PeopleResult) -> None:
        if as_json:
            print_json(result.as_dict())
        else:
            _print_people(result)
        if asked["page"] is not None:
            click.echo(f"page: {asked['page']}", err=True)

    request = PeopleRequest(wish, body, asked["track"], asked["top"], asked["page"])
    search_people(case, request, show)


def _print_people(result: PeopleResult) -> None:
    from analyzer.report.formatting import basename, video_time

    for found in result.found:
        name = basename(found.video_path or found.video_sha256)
        number = found.track_id.rpartition(":")[2]
        like = ""
        if found.similarity is not None and result.threshold is not None:
            beyond = " " if found.similarity >= result.threshold else "<"
            like = f"  {found.similarity:.3f}{beyond}"
        worn = f"upper {found.upper or '?'}, lower {found.lower or '?'}"
        wall = (found.wall_time or "clock unknown").replace("T", " ")
        who = " ".join(part for part in (found.status, found.person) if part)
        told = f"{wall}  {video_time(found.t)}  {name}:{number}  {worn}  {who}"
        click.echo(f"{found.rank:3}{like}  {told}")
    if not result.found:
        click.echo("nobody in this case fits")
    what = f"compared by {result.look_model}" if result.look_model else "looked through"
    click.echo(
        f"{result.searched} pictures of people were {what}. Similar appearance and colours are "
        "weak leads: a person has to compare the pictures.",
        err=True,
    )


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
