"""`analyzer export`: a case as files for spreadsheets and other programs."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.cli.options import case_argument, json_option, print_json, tell


@click.command()
@case_argument
@click.option(
    "--format", "form", metavar="NAME", default="csv", show_default=True,
    help="csv, jsonl, parquet, or a format that an installed package adds.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where to  [CASE's name followed by -export, in the current folder].",
)  # fmt: skip
@click.option(
    "--table", "tables", multiple=True, metavar="NAME",
    help="A table or view of docs/schema.md; may be repeated  [the three views].",
)  # fmt: skip
@json_option
def export(case: Path, form: str, out: Path | None, tables: tuple[str, ...], as_json: bool) -> None:
    """Write the timelines and appearances of CASE as files, one per view.

    In CSV, a text that a spreadsheet could take for a formula gets an apostrophe in front.
    """
    from analyzer.commands.export import ExportRequest, export_case

    done = export_case(
        ExportRequest(case, form, out, tables),
        lambda file: tell(f"{file.path}: {file.rows} rows"),
    )
    if done.note:
        tell(done.note)
    if as_json:
        print_json(done.as_dict())
