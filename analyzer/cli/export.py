"""`analyzer export`: a case as files for spreadsheets and other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import case_argument, json_option, print_json
from analyzer.errors import UsageError


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
    from analyzer.custody.record import record
    from analyzer.store.export import export_table, exporter
    from analyzer.store.reader import CaseReader
    from analyzer.store.tables import VIEWS, require_table

    exporter(form)
    names = [require_table(name) for name in tables or VIEWS]
    folder = out or Path(f"{case.resolve().name}-export")
    files = []
    with CaseReader(case) as reader:
        for name in names:
            path = folder / f"{name}.{form}"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                rows = export_table(reader, name, form, path)
            except OSError as error:
                raise UsageError(
                    f"{path}: cannot be written ({error.strerror}); choose another --out"
                ) from error
            files.append({"table": name, "path": str(path), "rows": rows})
            click.echo(f"{path}: {rows} rows", err=True)
    unlogged = record(case, "exported", {"format": form, "files": [_logged(f) for f in files]})
    if unlogged:
        click.echo(unlogged, err=True)
    if as_json:
        report = {"case": str(case), "format": form, "files": files}
        print_json(report)


def _logged(file: dict[str, Any]) -> dict[str, Any]:
    """Return what the audit log holds of an exported file: its hash too."""
    from analyzer.hashing import sha256_file
    from analyzer.store.codec.values import storable_path

    path = Path(file["path"]).absolute()
    return file | {"path": storable_path(str(path)), "sha256": sha256_file(path)}
