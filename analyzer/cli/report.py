"""``analyzer report``: write the offline HTML report of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import case_argument, json_option, print_json


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
@json_option
def report(case: Path, **options: Any) -> None:
    """Write the HTML report of CASE from its database; recordings are only needed for the player.

    A report of a part needs --out: the one inside the case is always of the whole case.
    """
    from analyzer.commands.publish import publish
    from analyzer.config import overlay_settings
    from analyzer.custody.record import record
    from analyzer.errors import UsageError
    from analyzer.pipeline.run_record import last_run
    from analyzer.report.build import build_report
    from analyzer.report.filter import ReportFilter
    from analyzer.report.pdf import find_browser, print_pdf
    from analyzer.store.case import Case
    from analyzer.store.codec.values import storable_path
    from analyzer.store.reader import CaseReader

    wish = ReportFilter(
        videos=options["videos"],
        cameras=options["cameras"],
        person=options["person"],
        since=options["since"],
        until=options["until"],
        redact=options["redact"],
    )
    out: Path | None = options["out"]
    if out is None and (wish != ReportFilter() or options["single_file"]):
        raise UsageError("a part of a case, or one file, needs a place of its own; give --out DIR")
    if options["pdf"] and options["single_file"]:
        raise UsageError("--pdf and --single-file are two reports; ask for one of them at a time")
    browser = find_browser() if options["pdf"] else None
    with CaseReader(case) as reader:
        settings = overlay_settings(last_run(reader).settings, options["config"]).report
    if out is None:
        with Case.open(case, create=False) as opened:
            page = publish(opened, settings, browser)
    else:
        with CaseReader(case) as reader:
            page = build_report(reader, out, settings, wish=wish, one_file=options["single_file"])
        if browser:
            print_pdf(browser, page.with_name("print.html"))
        place = storable_path(str(page.absolute()))
        unlogged = record(case, "report rendered elsewhere", {"page": place})
        if unlogged:
            click.echo(unlogged, err=True)
    pdf = page.with_name("report.pdf") if browser else None
    if options["as_json"]:
        print_json({"case": str(case), "report": str(page), "pdf": str(pdf) if pdf else None})
    else:
        click.echo(str(page))
        if pdf:
            click.echo(str(pdf))
