"""`analyzer status`: how far a case is, from another terminal while a run works on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import case_argument, json_option, print_json

if TYPE_CHECKING:
    from analyzer.commands.status import CaseStatus


@click.command()
@case_argument
@json_option
def status(case: Path, as_json: bool) -> None:
    """Tell how far CASE is: files, segments, speed, time left. Reads only, at any time."""
    from analyzer.commands.status import case_status

    found = case_status(case)
    if as_json:
        print_json(found.as_dict())
    else:
        _tell(found)


def _tell(found: CaseStatus) -> None:
    click.echo(found.words)
    files = found.files
    click.echo(
        f"files: {files['done']} done, {files['failed']} failed, {files['pending']} under way; "
        f"{found.segments} segments, {found.analysed_s / 3600:.2f} h of video in the case"
    )
    live = found.live
    if live is not None:
        click.echo(
            f"this run: {live.files_opened} of {live.files} files opened, "
            f"{live.segments_done} of {live.segments_planned} segments done, "
            f"{live.segments_failed} failed, {live.times_real_time:.1f} × real time"
        )
    if found.running and live is not None:
        eta = "not known yet" if live.eta_s is None else _duration(live.eta_s)
        about = "about " if live.bytes_unopened else ""
        click.echo(f"left: {about}{live.remaining_s / 3600:.2f} h of video, ready in {eta}")
    if found.report_stale:
        click.echo(f"the report is older than the results: analyzer report {found.case}")
    if found.obstacle:
        click.echo(f"now: {found.obstacle}")
    for failure in found.failures:
        click.echo(f"failed: {failure['reason']}")


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"
