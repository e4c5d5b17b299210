"""`analyzer verify`: is the case still what was written, and does it come out the same again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import json_option, print_json

if TYPE_CHECKING:
    from analyzer.commands.frames import FrameCheck
    from analyzer.commands.replay import Replay
    from analyzer.custody.verify import Verification


@click.command()
@click.argument("case", type=click.Path(path_type=Path), metavar="CASE")
@click.option(
    "--head", metavar="HASH",
    help="A hash of the audit log noted down earlier: the log must still hold it.",
)  # fmt: skip
@click.option("--replay", is_flag=True, help="Analyse some segments again and compare their rows.")
@click.option(
    "--sample", type=click.IntRange(1), default=3, show_default=True, metavar="N",
    help="With --replay: how many segments, chosen at random.",
)  # fmt: skip
@click.option("--seed", type=int, help="With --replay: choose the same segments again.")
@click.option(
    "--frames", is_flag=True,
    help="Hash every picture of the recordings; keep the hashes in CASE, or compare with them.",
)  # fmt: skip
@json_option
@click.pass_context
def verify(
    context: click.Context,
    case: Path,
    head: str | None,
    replay: bool,
    sample: int,
    seed: int | None,
    frames: bool,
    as_json: bool,
) -> None:
    """Hash sources and products of CASE again, and check every row and audit entry.

    CASE is the folder, or an archive that `analyzer pack` made, which is unpacked for a while.
    Only reads, but for --frames. Exit code 0: all is as it was written; 1: something differs, and
    is named. What this proves and what not: docs/custody.md.
    """
    from analyzer.commands.verify import check_case

    found = check_case(case, head, sample if replay else None, seed, frames)
    if as_json:
        print_json(found.as_dict())
    else:
        _tell(found.verification)
        if found.replay is not None:
            _tell_replay(found.replay)
        elif replay:
            click.echo("replay: left out, since the case is not as it was written")
        if found.frames is not None:
            _tell_frames(found.frames)
        elif frames:
            click.echo("frames: left out, since the case is not as it was written")
    context.exit(found.exit_code)


def _tell(found: Verification) -> None:
    for note in found.notes:
        click.echo(f"note: {note}")
    for purge in found.purged:
        click.echo(
            f"note: {purge['faces']} faces of {purge['what']} were removed on {purge['at'][:10]} "
            f"by {purge['by']}"
        )
    for problem in found.problems:
        click.echo(f"DIFFERS: {problem}")
    sources = ", ".join(f"{count} {state}" for state, count in found.sources.items())
    click.echo(f"sources: {sources}")
    click.echo(f"products: {found.products} hashed, rows: {found.rows} checked")
    click.echo(f"audit log: {found.audit_entries} entries, newest {found.audit_head}")
    count = len(found.problems)
    click.echo("all is as it was written" if found.ok else f"{count} differences")


def _tell_replay(again: Replay) -> None:
    click.echo(f"replay: seed {again.seed}")
    for segment in again.segments:
        click.echo(f"replay: segment {segment.id}: {segment.words}")
        for line in segment.differences:
            click.echo(f"DIFFERS: segment {segment.id}: {line}")


def _tell_frames(checks: tuple[FrameCheck, ...]) -> None:
    words = {
        "hashed": "hashed, and kept in the case",
        "equal": "as they were hashed before",
        "different": "DIFFER",
    }
    for check in checks:
        told = words.get(check.state, check.state) + (f": {check.reason}" if check.reason else "")
        click.echo(f"frames: {check.path}: {check.frames} pictures {told}")
        if check.signed:
            click.echo(f"frames:   {check.signed}")
        for stretch, wall in zip(check.stretches, check.wall, strict=True):
            at = f" ({wall.replace('T', ' ')})" if wall else ""
            like = f", as from {stretch.of_t:.3f} s on" if stretch.kind == "repeated" else ""
            click.echo(
                f"frames:   {stretch.kind}: {stretch.frames} pictures from {stretch.t_start:.3f} "
                f"to {stretch.t_end:.3f} s{at}{like}"
            )
