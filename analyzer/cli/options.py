"""What commands share: the case they work on, and answers as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

case_argument = click.argument(
    "case", type=click.Path(path_type=Path, file_okay=False), metavar="CASE"
)
json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object on standard output."
)


def print_json(values: Mapping[str, Any]) -> None:
    """Print ``values`` as one line of JSON on standard output."""
    click.echo(json.dumps(values, ensure_ascii=False))
