"""``analyzer report``: write the offline HTML report of a case."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("report")
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the report [CASE/report].")
@click.option("--config", type=click.Path(path_type=Path), help="TOML file of settings.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
def report(case: Path, out: Path | None, config: Path | None, as_json: bool) -> None:
    """Write the HTML report of CASE from its database alone; no video is needed."""
    from analyzer.config import load_settings
    from analyzer.custody.record import record
    from analyzer.pipeline.publish import publish
    from analyzer.report.build import build_report
    from analyzer.store.case import Case
    from analyzer.store.rows import storable_path

    settings = load_settings(config).report
    if out is None:
        with Case.open(case, create=False) as opened:
            page = publish(opened, settings)
    else:
        page = build_report(case, out, settings)
        place = storable_path(str(page.absolute()))
        unlogged = record(case, "report rendered elsewhere", {"page": place})
        if unlogged:
            click.echo(unlogged, err=True)
    click.echo(json.dumps({"case": str(case), "report": str(page)}) if as_json else str(page))
