"""`analyzer doctor`: what is installed, what is missing, and the one command that mends it."""

from __future__ import annotations

from dataclasses import asdict

import click

from analyzer import exit_codes
from analyzer.cli.options import json_option, print_json


@click.command()
@json_option
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Check this machine: libraries, ffmpeg, models. Exit code 1 when something must be mended."""
    from analyzer.commands.doctor import check_health

    checks = check_health()
    if as_json:
        print_json({"checks": [asdict(check) for check in checks]})
    else:
        width = max(len(check.name) for check in checks)
        for check in checks:
            mark = {"ok": "ok  ", "optional": "-   ", "missing": "MEND"}[check.state]
            click.echo(f"{mark} {check.name:<{width}}  {check.found}")
            if check.mend and check.state != "ok":
                click.echo(f"     {'':<{width}}  {check.mend}")
    broken = any(check.state == "missing" for check in checks)
    context.exit(exit_codes.ERROR if broken else exit_codes.DONE)
