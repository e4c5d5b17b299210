"""`analyzer route`: where one person or group appears, in order of time over cameras."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer.cli.options import case_argument, json_option, print_json

if TYPE_CHECKING:
    from analyzer.commands.route import Route


@click.command()
@case_argument
@click.argument("who", metavar="WHO")
@json_option
def route(case: Path, who: str, as_json: bool) -> None:
    """List where WHO appears in CASE, in order of time: a name, unknown-N or look-N.

    Tracks of similar appearance are a weaker lead than a face and are marked as such.
    """
    from analyzer.commands.route import find_route

    found = find_route(case, who)
    if as_json:
        print_json(found.as_dict())
    else:
        _print(found)


def _print(found: Route) -> None:
    from analyzer.report.formatting import basename, duration, video_time

    for stop in found.stops:
        moment = stop.wall_start
        wall = "clock unknown" if moment is None else f"{moment:%Y-%m-%d %H:%M:%S}"
        place = stop.camera or basename(stop.video_path)
        span = f"{video_time(stop.t_start)} to {video_time(stop.t_end)}"
        way = "" if stop.distance_m is None else f", {stop.distance_m:.0f} m on"
        gap = "" if stop.gap_s is None else f"  {duration(max(stop.gap_s, 0.0))} later{way}"
        number = stop.track_id.rpartition(":")[2]
        click.echo(f"{wall}  {place}  {span}  {number}  {stop.basis}{gap}")
