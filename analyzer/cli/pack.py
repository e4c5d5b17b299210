"""`analyzer pack`: a whole case as one archive."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.cli.options import case_argument, json_option, print_json


@click.command()
@case_argument
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="The archive  [CASE's name.zip, in the current folder].",
)  # fmt: skip
@json_option
def pack(case: Path, out: Path | None, as_json: bool) -> None:
    """Write CASE with its manifest into one archive (ZIP), which `analyzer verify` checks.

    The recordings are not in it. Each file is compared with the manifest while it is packed.
    """
    from analyzer.commands.pack import pack_into

    done = pack_into(case, out)
    if as_json:
        print_json(done.as_dict())
    else:
        click.echo(f"{done.archive}: {done.files} files, {done.size} bytes")
        click.echo(f"SHA-256 {done.sha256}")
