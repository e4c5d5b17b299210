"""`analyzer settings`: a settings file with every setting, its default, unit and meaning."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from analyzer.cli.options import json_option, preset_option, print_json
from analyzer.config import load_settings


@click.command()
@click.option(
    "--config", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Show the values of this settings file in place of the defaults.",
)  # fmt: skip
@preset_option
@click.option(
    "--example", metavar="NAME",
    help="Print an example for one purpose instead: expressions, night.",
)  # fmt: skip
@json_option
def settings(config: Path | None, preset: str | None, example: str | None, as_json: bool) -> None:
    r"""Print a settings file with every setting, its default, its unit and what it means.

    \b
    analyzer settings > settings.toml
    analyzer run FOOTAGE --case CASE --config settings.toml
    analyzer settings --example expressions > expressions.toml
    """
    from analyzer.commands.settings import example_settings, meanings, settings_file

    if example is not None:
        click.echo(example_settings(example), nl=False)
        return
    values = load_settings(config)
    if preset:
        values = values.with_preset(preset, "--preset")
    if as_json:
        print_json({"settings": [asdict(each) for each in meanings(values)]})
    else:
        click.echo(settings_file(values), nl=False)
