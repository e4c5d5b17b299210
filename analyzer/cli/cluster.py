"""`analyzer cluster`: unknown persons and groups by appearance, and what an examiner says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from analyzer.cli.options import case_argument, json_option, print_json

if TYPE_CHECKING:
    from analyzer.commands.decisions import DecisionSummary

Command = TypeVar("Command", bound=Callable[..., None])


def _change(command: Command) -> Command:
    """Add the options that every change takes."""
    for option in (
        json_option,
        click.option("--no-report", is_flag=True, help="Leave the report as it is for now."),
        click.option("--note", metavar="TEXT", help="Why."),
        click.option("--by", required=True, metavar="NAME", help="Who decides."),
    ):
        command = option(command)
    return command


@click.group()
@case_argument
@click.pass_context
def cluster(context: click.Context, case: Path) -> None:
    """List, merge and split the unknown persons of CASE, and its groups by appearance.

    A decision is tied to the footage and holds when the case is derived again; it is never removed,
    but can be undone.
    """
    context.obj = {**context.obj, "case": case}


@cluster.command("list")
@json_option
@click.pass_obj
def list_(given: dict[str, Path], /, as_json: bool) -> None:
    """List unknown persons, groups by appearance, and what was decided."""
    from analyzer.commands.cluster import list_unknowns

    listing = list_unknowns(given["case"])
    if as_json:
        print_json(listing.as_dict())
        return
    for name, tracks in listing.unknowns.items():
        click.echo(f"{name}  {len(tracks)} track{'s' * (len(tracks) != 1)}: {', '.join(tracks)}")
    for name, tracks in listing.looks.items():
        said = "confirmed" if name in listing.confirmed else "similar appearance"
        click.echo(f"{name}  {len(tracks)} tracks, {said}: {', '.join(tracks)}")
    for g in listing.groupings:
        what = f"undo of {g.undoes}" if g.action == "undo" else f"{g.action} {', '.join(g.names)}"
        gone = "" if g.seq in listing.in_force or g.action == "undo" else " (undone)"
        note = f": {g.note}" if g.note else ""
        click.echo(f"decision {g.seq}  {g.at}  {what}, by {g.by}{gone}{note}")
    if not listing.unknowns and not listing.looks:
        click.echo("no unknown persons, and no groups by appearance", err=True)


@cluster.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME...")
@_change
@click.pass_obj
def merge(given: dict[str, Path], /, as_json: bool, no_report: bool, **said: Any) -> None:
    """Say that unknown persons (unknown-N), or groups (look-N), are one and the same."""
    from analyzer.commands.cluster import merge_unknowns

    _tell(merge_unknowns(given["case"], **said, report=not no_report), as_json)


@cluster.command()
@click.argument("name", metavar="LOOK-N")
@_change
@click.pass_obj
def confirm(given: dict[str, Path], /, as_json: bool, no_report: bool, **said: Any) -> None:
    """Say that the tracks of a group by appearance, as it is now, are one person."""
    from analyzer.commands.cluster import confirm_look

    _tell(confirm_look(given["case"], **said, report=not no_report), as_json)


@cluster.command()
@click.argument("name", metavar="NAME")
@click.option("--track", "tracks", multiple=True, required=True, metavar="ID", help="Repeatable.")
@_change
@click.pass_obj
def split(given: dict[str, Path], /, as_json: bool, no_report: bool, **said: Any) -> None:
    """Say that some tracks of an unknown person or group are somebody else, one and the same."""
    from analyzer.commands.cluster import split_unknown

    _tell(split_unknown(given["case"], **said, report=not no_report), as_json)


@cluster.command()
@click.argument("seq", required=False, type=int, metavar="[DECISION]")
@_change
@click.pass_obj
def undo(given: dict[str, Path], /, as_json: bool, no_report: bool, **said: Any) -> None:
    """Take back a merge or split by its number, or else the last one."""
    from analyzer.commands.cluster import undo_grouping

    _tell(undo_grouping(given["case"], **said, report=not no_report), as_json)


def _tell(done: DecisionSummary, as_json: bool) -> None:
    for line in done.notes:
        click.echo(line, err=True)
    if as_json:
        print_json({"decision": done.seq, "notes": list(done.notes)})
    else:
        click.echo(f"decision {done.seq} is recorded", err=True)
