"""`analyzer open`: the report of a case in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer import exit_codes
from analyzer.cli.browser import show_page
from analyzer.cli.options import case_argument, json_option, print_json, tell


@click.command("open")
@case_argument
@json_option
@click.pass_context
def open_report(context: click.Context, case: Path, as_json: bool) -> None:
    """Open the report of CASE in the browser of this machine."""
    from analyzer.commands.report import report_of

    found = report_of(case)
    if found.stale:
        tell(f"the report is older than the results: analyzer report {case}")
    opened = show_page(found.page)
    if as_json:
        page = str(found.page)
        print_json({"case": str(case), "report": page, "opened": opened, "stale": found.stale})
    elif opened:
        click.echo(found.page)
    context.exit(exit_codes.DONE if opened else exit_codes.ERROR)
