"""`analyzer purge`: remove pictures of people from a case, for good, and keep the record."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import case_argument, json_option, print_json


@click.command()
@case_argument
@click.option("--person", metavar="NAME", help="Everybody of that name: gallery and tracks.")
@click.option("--video", metavar="VIDEO", help="One video: file name, path or SHA-256.")
@click.option(
    "--older-than", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
    help="Videos recorded before DATE (YYYY-MM-DD); analysed before, where that is not known.",
)  # fmt: skip
@click.option("--by", required=True, metavar="NAME", help="Who decided it.")
@click.option("--reason", metavar="TEXT", help="Why.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@json_option
def purge(
    case: Path, older_than: datetime | None, dry_run: bool, as_json: bool, **asked: Any
) -> None:
    """Remove faces, bodies, crops and vectors of people from CASE; cannot be undone.

    Tracks, times, apparent expressions and actions stay, without picture and name; so does the
    audit log, which says what was removed. Give one of --person, --video and --older-than.
    """
    from analyzer.commands.purge import PurgeRequest, preview, purge_case

    if sum(value is not None for value in (asked["person"], asked["video"], older_than)) != 1:
        raise click.UsageError("give one of --person, --video and --older-than")
    day = older_than.date() if older_than else None
    request = PurgeRequest(**asked, older_than=day)
    found = preview(case, request) if dry_run else purge_case(case, request)
    report = {"case": str(case), **found.as_dict()}
    if as_json:
        print_json(report | {"dry_run": dry_run})
        return
    done = "would be removed" if dry_run else "removed"
    click.echo(
        f"{report['what']}: {report['faces']} faces, {report['bodies']} bodies, "
        f"{report['gallery_pictures']} gallery pictures, {report['embeddings']} embeddings and "
        f"{report['looks']} looks of {len(report['videos'])} videos {done}"
    )
    for path in report.get("exports", ()):
        click.echo(f"note: made before, may hold copies: {path}", err=True)
