"""`analyzer notify`: messages about the events of a case through the channels of the settings."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from analyzer import exit_codes
from analyzer.cli.options import json_option, print_json, tell
from analyzer.errors import UsageError

if TYPE_CHECKING:
    from analyzer.alerts.delivery import DeliveryReport
    from analyzer.config_alerts import AlertSettings

_TEST = "test"


@click.command()
@click.argument("case", metavar="CASE|test")
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Settings with the section [alerts.channels], which no case keeps.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print what would be sent; send nothing.")
@click.option("--follow", is_flag=True, help="Go on until Ctrl-C: send what comes as it comes.")
@click.option(
    "--channel", "channels", multiple=True, metavar="NAME",
    help="With test: only through this channel; may be given again.",
)  # fmt: skip
@json_option
@click.pass_context
def notify(
    context: click.Context,
    /,
    case: str,
    config: Path | None,
    dry_run: bool,
    follow: bool,
    channels: tuple[str, ...],
    as_json: bool,
) -> None:
    r"""Send messages about the events of CASE, or a test message through every channel.

    Each incident is told once, also after a crash and a new derivation. What cannot be sent is
    tried again later. A case in a folder called test is given as ./test.

    \b
    analyzer notify test --config settings.toml
    analyzer notify CASE --config settings.toml
    """
    if case == _TEST:
        context.exit(_test(config, channels, as_json))
    if channels:
        raise UsageError("--channel belongs to test; leave it out for a case")
    from analyzer.commands.notify import alert_settings

    settings, folder = alert_settings(Path(case), config), Path(case)
    if dry_run:
        _preview(folder, settings, as_json)
    elif follow:
        _follow(folder, settings, as_json)
    else:
        from analyzer.commands.notify import notify_case

        report = notify_case(folder, settings)
        _tell(report, as_json)
        context.exit(exit_codes.SOME_FAILED if report.failed else exit_codes.DONE)


def _test(config: Path | None, channels: Iterable[str], as_json: bool) -> int:
    from analyzer.commands.notify import send_test

    found = send_test(config, tuple(channels))
    if as_json:
        print_json({"channels": found})
    else:
        for name, why in found.items():
            click.echo(f"{name}: {'sent' if why is None else f'not sent: {why}'}")
    return exit_codes.DONE if not any(found.values()) else exit_codes.SOME_FAILED


def _preview(folder: Path, settings: AlertSettings, as_json: bool) -> None:
    from analyzer.commands.notify import preview

    found = preview(folder, settings)
    if as_json:
        told = [
            {"channel": one.channel, "title": one.message.title, "text": one.message.text}
            for one in found
        ]
        print_json({"case": str(folder), "messages": told})
        return
    for each in found:
        click.echo(f"--- {each.channel}\n{each.message.text}")
    tell(f"{len(found)} messages would be sent, up to the limit per hour")


def _follow(folder: Path, settings: AlertSettings, as_json: bool) -> None:
    from analyzer.commands.notify import follow

    def wait(seconds: float) -> bool:
        time.sleep(seconds)
        return False

    for done in follow(folder, settings, wait):
        if isinstance(done, str):
            tell(done)
        else:
            _tell(done, as_json)


def _tell(report: DeliveryReport, as_json: bool) -> None:
    if as_json:
        print_json(report.as_dict())
        return
    click.echo(
        f"{report.found} new incidents, {report.sent} messages sent, {report.failed} failed, "
        f"{report.held} held back, {report.waiting} waiting"
    )
    for note in report.notes:
        tell(note)
