"""Report pages in the browser of the person at the terminal."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from analyzer.cli.options import output_to_stderr, tell

open_option = click.option(
    "--open", "show", is_flag=True, help="Then open the report in a browser."
)


def show_page(page: Path) -> bool:
    """Open ``page`` in a browser; where there is none, tell so and return False.

    What the browser prints goes to standard error: standard output is for our own answers.
    """
    with output_to_stderr():
        opened = webbrowser.open(page.absolute().as_uri())
    if opened:
        return True
    tell(f"no browser was found here; open this page yourself: {page}")
    return False
