"""`analyzer cameras`: a draft of a camera file, from the clocks found in a case."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.cli.options import case_argument


@click.command()
@case_argument
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Write to this new file  [standard output].",
)  # fmt: skip
def cameras(case: Path, out: Path | None) -> None:
    """Draft a camera file for CASE: which recordings are of one camera, and what its clock says.

    It is for you to check and to complete; see docs/cameras.md. Reads only.
    """
    from analyzer.commands.cameras import draft_cameras, write_new

    text = draft_cameras(case)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_new(out, text)
        click.echo(f"{out}: check it, then run analyzer derive {case} --cameras {out}", err=True)
