"""`analyzer status`: how far a case is, from another terminal while a run works on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import case_argument, duration, json_option, print_json

if TYPE_CHECKING:
    from analyzer.commands.status import CameraStatus, CaseStatus
    from analyzer.live.status import WatchStatus
    from analyzer.pipeline.run_log import RunProgress


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
    waiting = "under way" if found.running else "not finished"
    click.echo(
        f"files: {files['done']} done, {files['failed']} failed, {files['pending']} {waiting}; "
        f"{found.segments} segments, {duration(found.analysed_s)} of video in the case"
    )
    for line in _lines(found):
        click.echo(line)
    if found.report_stale:
        click.echo(f"the report is older than the results: analyzer report {found.case}")
    if found.messages:
        told = (f"{number} {state}" for state, number in found.messages.items())
        click.echo(f"messages: {', '.join(told)}")
    for channel in found.channels:
        click.echo(
            f"channel {channel.channel}: {channel.failures} attempts failed ({channel.reason}), "
            f"tried again after {(channel.next_at or '')[:19]} UTC"
        )
    if found.obstacle:
        click.echo(f"now: {found.obstacle}")
    for failure in found.failures:
        click.echo(f"failed: {failure['reason']}")


def _lines(found: CaseStatus) -> Iterator[str]:
    """Yield where the newest run, the cameras and the watched sources stand."""
    if found.live is not None:
        yield from _run_lines(found.live, found.running)
    for camera in found.cameras:
        if camera.words or not camera.current:
            yield _camera_line(camera)
    if found.watch is not None:
        yield from _watch_lines(found.watch, found.running)


def _camera_line(camera: CameraStatus) -> str:
    """Return with which settings the videos of a camera were measured."""
    preset = f"preset {camera.preset}: " if camera.preset else ""
    other = "" if camera.current else "; the camera file asks for others now, run it again"
    videos = f"{camera.videos} video{'s' if camera.videos != 1 else ''}"
    own = camera.words or "the settings of the run"
    return (
        f"{camera.camera or 'no camera'}: {videos} measured with {camera.raw_hash[:8]} "
        f"({preset}{own}){other}"
    )


def _watch_lines(watch: WatchStatus, running: bool) -> Iterator[str]:
    """Yield the state of each watched source; of one that was killed, what it was last."""
    for source in watch.sources:
        state = source.state if running or source.state == "ended" else "stopped"
        reason = f" ({source.reason}; it is tried again)" if source.reason and running else ""
        arrival = source.last_arrival
        last = "" if arrival is None else f", last picture {arrival[:10]} {arrival[11:19]} UTC"
        late = source.median_latency_s
        latency = "" if late is None else f", rows {duration(late)} after the end of a recording"
        waiting = f", {source.backlog} recordings wait for analysis" if source.backlog else ""
        yield f"{source.camera}: {state}{reason}{last}{latency}{waiting}"
    if running and watch.behind_s is not None:
        yield f"analysis is {duration(watch.behind_s)} behind; recording is not"


def _run_lines(live: RunProgress, running: bool) -> Iterator[str]:
    """Yield where the newest run stands; of one that ended early, what it has left undone."""
    yield (
        f"this run: {live.files_opened} of {live.files} files opened, "
        f"{live.segments_done} of {live.segments_planned} segments done, "
        f"{live.segments_failed} failed, {live.times_real_time:.1f} × real time"
    )
    about = "about " if live.bytes_unopened else ""
    left = f"left: {about}{duration(live.remaining_s)} of video"
    if running:
        ready = "a time not known yet" if live.eta_s is None else duration(live.eta_s)
        yield f"{left}, ready in {ready}"
        if live.step:
            count = f", {live.step_done + 1} of {live.step_total}" if live.step_total else ""
            yield f"now: {live.step} {live.step_item}{count}"
    elif live.state != "ended" and live.remaining_s > 0:
        yield f"{left}; the same command goes on with it"
