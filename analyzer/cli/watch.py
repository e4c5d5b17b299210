"""`analyzer watch`: record live sources into a case, and analyse them while it goes on."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import click

from analyzer.cli.options import (
    EXIT_CODES,
    ask_password,
    config_option,
    fps_option,
    gallery_option,
    json_option,
    made_case_option,
    print_json,
    tell,
    workers_option,
)
from analyzer.config import load_settings


@click.command(epilog=EXIT_CODES)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@made_case_option
@gallery_option
@click.option(
    "--cameras", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Names, addresses, places and clocks of the cameras; see docs/cameras.md.",
)  # fmt: skip
@config_option
@click.option(
    "--segment", type=click.FloatRange(2, 3600), metavar="SECONDS",
    help="Length of a recording  [30].",
)  # fmt: skip
@fps_option
@workers_option
@click.option(
    "--for", "for_s", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
    help="Stop recording by itself after so long.",
)  # fmt: skip
@json_option
def watch(sources: tuple[str, ...], case: Path, as_json: bool, **options: Any) -> None:
    """Record SOURCE into a case, and analyse it while it goes on.

    SOURCE is rtsp://, http:// or https:// (Motion JPEG, HLS, a file), a device such as /dev/video0,
    a folder into which a recorder drops files, or the name of a camera in the file of --cameras;
    without any, all cameras of that file that have a url. Passwords come from the camera file, from
    ANALYZER_PASSWORD_NAME of the camera, or are asked for; never write one on the command line.

    Ctrl-C stops recording and analyses what is left; a second one leaves that for the next time.
    """
    from analyzer.commands.watch import WatchRequest, watch_sources
    from analyzer.live.watch import Stop

    settings = load_settings(options["config"])
    if options["fps"] is not None:
        settings = settings.with_values("sampling", fps=options["fps"])
    if options["segment"] is not None:
        settings = settings.with_values("watch", segment_s=options["segment"])
    request = WatchRequest(
        sources=sources,
        case=case,
        gallery=options["gallery"],
        cameras=options["cameras"],
        settings=settings,
        workers=options["workers"],
        command=" ".join(["analyzer", *sys.argv[1:]]),
        for_s=options["for_s"],
    )
    stop = Stop()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        stop.ask()
        said = "leaving what waits" if stop.analysis else "stopping; once more to leave what waits"
        tell(said)

    ask = ask_password if sys.stdin.isatty() else None
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, asked) for number in numbers}
    try:
        summary = watch_sources(request, stop, tell, ask)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if as_json:
        print_json(summary.as_dict())
        return
    waiting = f", {summary.waiting} wait for the next time" if summary.waiting else ""
    failed = f", {summary.failed} failed" if summary.failed else ""
    tell(f"{summary.analysed} recordings analysed{failed}{waiting}")
    tell(f"report: analyzer report {case}")
