"""Options and output that all commands share: the case, and answers as JSON."""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from analyzer.config_presets import PRESETS
from analyzer.exit_codes import MEANINGS
from analyzer.file_names import storable

case_argument = click.argument(
    "case", type=click.Path(path_type=Path, file_okay=False), metavar="CASE"
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)

preset_option = click.option(
    "--preset", type=click.Choice(tuple(PRESETS)),
    help="Settings for a place or for darkness; they go before those of --config.",
)  # fmt: skip

made_case_option = click.option(
    "--case", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="The case folder; made when it does not exist.",
)  # fmt: skip
gallery_option = click.option(
    "--gallery", type=click.Path(path_type=Path), metavar="DIR",
    help="Known persons: one folder or one picture per person, or a csv person,path.",
)  # fmt: skip
config_option = click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Settings file; see docs/settings.md.",
)  # fmt: skip
fps_option = click.option(
    "--fps", type=click.FloatRange(0.1, 60), help="Samples per second of video  [5]."
)
workers_option = click.option(
    "--workers", type=click.IntRange(1, 256), help="Processes  [one per core, as memory allows]."
)
"""What every command that analyses footage takes."""

MOMENTS = ("%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
"""How a wall clock time may be written."""

EXIT_CODES = "\n".join(["\b", "Exit codes:", *(f"{c:>5}  {m}" for c, m in MEANINGS.items())])
"""The end of a help text that explains the exit codes."""


def ask_password(camera: str) -> str:
    """Ask on the terminal for the password of ``camera``."""
    return str(click.prompt(f"Password of {camera}", hide_input=True, err=True))


def duration(seconds: float) -> str:
    """Return a duration as people read one: 42 s, 12:05 min or 3:02:10 h."""
    whole = round(seconds)
    hours, minutes = whole // 3600, whole // 60 % 60
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d} h"
    return f"{minutes}:{whole % 60:02d} min" if minutes else f"{whole} s"


def print_json(values: Mapping[str, Any]) -> None:
    """Print ``values`` as one line of JSON on standard output."""
    line = json.dumps(values, ensure_ascii=False)
    # Bytes of names that are not UTF-8, as storable() writes them, in a JSON string.
    click.echo(re.sub("[\udc80-\udcff]", lambda byte: storable(f"\\{byte[0]}"), line))


def tell(line: str) -> None:
    """Print ``line`` on standard error."""
    click.echo(line, err=True)


def tell_count(done: int, total: int) -> None:
    """Show on a terminal how many pictures are done."""
    if sys.stderr.isatty() and (done % 10 == 0 or done == total):
        click.echo(f"\r{done} of {total} pictures", nl=done == total, err=True)


@contextlib.contextmanager
def output_to_stderr() -> Iterator[None]:
    """Keep standard output for our own lines: native libraries write there as they please."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
