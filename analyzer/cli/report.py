"""``analyzer report``: write the offline HTML report of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analyzer.cli.browser import open_option, show_page
from analyzer.cli.options import case_argument, json_option, print_json, tell


@click.command("report")
@case_argument
@click.option(
    "--video", "videos", multiple=True, metavar="V",
    help="Only this video: file name, path, SHA-256 or pattern; may be repeated.",
)  # fmt: skip
@click.option(
    "--camera", "cameras", multiple=True, metavar="C",
    help="Only this camera of the camera file; may be repeated.",
)  # fmt: skip
@click.option("--person", metavar="P", help="Only tracks under this name.")
@click.option("--upper", metavar="COLOUR", help="Only people whose upper clothes look so: red.")
@click.option("--lower", metavar="COLOUR", help="Only people whose lower clothes look so: blue.")
@click.option(
    "--from", "since", metavar="T",
    help="Only what touches the time from T on: 2026-02-27T03:14:00, or HH:MM:SS of the video.",
)  # fmt: skip
@click.option("--to", "until", metavar="T", help="Only what touches the time up to T.")
@click.option("--redact", is_flag=True, help="Hide every face that was found but --person's.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the report [CASE/report].")
@click.option("--single-file", is_flag=True, help="One HTML file with everything in it.")
@click.option("--pdf", is_flag=True, help="Also a PDF; needs Chromium or Chrome on this machine.")
@click.option("--config", type=click.Path(path_type=Path), help="TOML file of settings.")
@open_option
@json_option
def report(case: Path, as_json: bool, show: bool, **options: Any) -> None:
    """Write the HTML report of CASE from its database; recordings are only needed for the player.

    A report of a part needs --out: the one inside the case is always of the whole case.
    """
    from analyzer.commands.report import ReportRequest, render_report

    done = render_report(ReportRequest(case=case, **options))
    if done.note:
        tell(done.note)
    if as_json:
        print_json(done.as_dict())
    else:
        click.echo(str(done.report))
        if done.pdf:
            click.echo(str(done.pdf))
    if show:
        show_page(done.report)
