"""`analyzer export`: a case as files for spreadsheets and other programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import MOMENTS, case_argument, json_option, print_json, tell

if TYPE_CHECKING:
    from analyzer.commands.export import ExportedFile


@click.command()
@case_argument
@click.option(
    "--format", "form", metavar="NAME", default="csv", show_default=True,
    help="Of tables: csv, jsonl, parquet, or one that an installed package adds. Of a whole case: "
    "timesketch, timesketch-csv, case-uco, vtt, srt, coco, mot.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where to  [CASE's name followed by -export, in the current folder].",
)  # fmt: skip
@click.option(
    "--table", "tables", multiple=True, metavar="NAME",
    help="A table or view of docs/schema.md; may be repeated  [the main views].",
)  # fmt: skip
@click.option(
    "--assume-start", type=click.DateTime(MOMENTS),
    help="When recordings without a clock begin (timesketch, case-uco); else no time is told.",
)  # fmt: skip
@click.option(
    "--assume-zone", metavar="ZONE",
    help="Time zone of clocks that tell none, e.g. Europe/Paris (timesketch, case-uco).",
)  # fmt: skip
@json_option
def export(
    case: Path,
    form: str,
    out: Path | None,
    tables: tuple[str, ...],
    assume_start: datetime | None,
    assume_zone: str | None,
    as_json: bool,
) -> None:
    """Write the timelines and appearances of CASE as files, one per view.

    Or the whole case for other programs: see docs/exchange.md. In CSV, a text that a spreadsheet
    could take for a formula gets an apostrophe in front.
    """
    from analyzer.commands.export import ExportRequest, export_case, options_of

    options = options_of(assume_start, assume_zone)
    done = export_case(ExportRequest(case, form, out, tables, options), _told)
    if done.note:
        tell(done.note)
    if as_json:
        print_json(done.as_dict())


def _told(file: ExportedFile) -> None:
    note = f"; {file.note}" if file.note else ""
    tell(f"{file.path}: {file.rows} rows{note}")
