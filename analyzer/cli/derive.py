"""`analyzer derive`: everything that follows from measured rows, again, without any video."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from analyzer import exit_codes
from analyzer.cli.browser import open_option, show_page
from analyzer.cli.options import case_argument, json_option, print_json
from analyzer.cli.tables import tell_end


@click.command()
@case_argument
@click.option(
    "--gallery", type=click.Path(path_type=Path), metavar="DIR",
    help="Another gallery  [the one in the case].",
)  # fmt: skip
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Settings laid over those of the last run.",
)  # fmt: skip
@click.option(
    "--cameras", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Names, places, clocks, settings and regions of the cameras  [those in the case].",
)  # fmt: skip
@open_option
@json_option
@click.pass_context
def derive(
    context: click.Context,
    /,
    case: Path,
    gallery: Path | None,
    config: Path | None,
    cameras: Path | None,
    show: bool,
    as_json: bool,
) -> None:
    """Compute tracks, timelines and candidates of CASE again and render its report.

    Needs no video: a new gallery or another threshold costs seconds.
    """
    from analyzer.commands.derive import DeriveRequest, derive_case

    command = " ".join(["analyzer", *sys.argv[1:]])
    summary = derive_case(DeriveRequest(case, gallery, config, cameras, command))
    if as_json:
        print_json(summary.as_dict())
    else:
        tell_end(summary)
    if show and summary.report is not None:
        show_page(Path(summary.report))
    context.exit(exit_codes.SOME_FAILED if summary.gallery_of_nobody else exit_codes.DONE)
