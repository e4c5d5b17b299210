"""`analyzer run`: analyse footage into a case and render its report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from analyzer.cli.browser import open_option, show_page
from analyzer.cli.options import (
    EXIT_CODES,
    config_option,
    fps_option,
    gallery_option,
    json_option,
    made_case_option,
    preset_option,
    print_json,
    workers_option,
)
from analyzer.cli.tables import tell_end
from analyzer.config import Settings, load_settings


@click.command(epilog=EXIT_CODES)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@made_case_option
@gallery_option
@config_option
@preset_option
@click.option(
    "--cameras", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Names, places, clocks, settings and regions of the cameras; see docs/cameras.md.",
)  # fmt: skip
@fps_option
@workers_option
@click.option(
    "--executor", default="local", metavar="local|dask://HOST:PORT",
    help="Where the work is done: here, or on a Dask cluster (docs/archives.md).",
)  # fmt: skip
@click.option(
    "--triage", is_flag=True,
    help="Look at keyframes only, and in full where somebody is: faster, may miss who passes by.",
)  # fmt: skip
@click.option(
    "--dry-run", is_flag=True,
    help="Tell what would be analysed, what not and why, and how long it takes; write nothing.",
)  # fmt: skip
@click.option(
    "--timelapse", type=click.FloatRange(0, 86_400, min_open=True), metavar="SECONDS",
    help="Numbered pictures of a folder are one recording, a picture every SECONDS.",
)  # fmt: skip
@click.option("--fresh", is_flag=True, help="Analyse again what is already done.")
@click.option("--retry", is_flag=True, help="Try again the parts that could not be analysed.")
@click.option("--no-identify", is_flag=True, help="Do not compare faces with a gallery.")
@click.option("--no-emotion", is_flag=True, help="Do not classify apparent expressions.")
@click.option("--no-action", is_flag=True, help="Do not classify actions.")
@click.option("--examiner", metavar="NAME", help="Who works on the case.")
@click.option("--authority", metavar="TEXT", help="On whose authority, e.g. a warrant.")
@click.option("--purpose", metavar="TEXT", help="What for.")
@open_option
@json_option
@click.pass_context
def run(context: click.Context, /, inputs: tuple[str, ...], case: Path, **options: Any) -> None:
    """Analyse INPUT (files, folders, patterns) into a case and render its report.

    Running the same command again resumes where the last run ended. The footage is only read.
    A new case is made only when at least one input can be read.
    """
    from analyzer.cli.progress import progress_on
    from analyzer.commands.run import RunRequest, run_batch

    if options["gallery"] is not None and options["no_identify"]:
        raise click.UsageError("--gallery compares faces, --no-identify forbids it; leave one out")
    request = RunRequest(
        inputs=inputs,
        case=case,
        gallery=options["gallery"],
        settings=_settings(options),
        workers=options["workers"],
        fresh=options["fresh"],
        command=" ".join(["analyzer", *sys.argv[1:]]),
        executor=options["executor"],
        retry=options["retry"],
        cameras=options["cameras"],
        timelapse_s=options["timelapse"],
    )
    if options["dry_run"]:
        from analyzer.commands.dry_run import preview_run

        preview = preview_run(request)
        if options["as_json"]:
            print_json(preview.as_dict())
        else:
            click.echo("\n".join(preview.lines()))
        context.exit(preview.exit_code)
    with progress_on(sys.stderr) as listener:
        summary = run_batch(request, listener)
    if options["as_json"]:
        print_json(summary.as_dict())
    else:
        tell_end(summary)
    if options["show"] and summary.report is not None:
        show_page(Path(summary.report))
    context.exit(summary.exit_code)


def _settings(options: dict[str, Any]) -> Settings:
    """Return the settings file overlaid by the options of the command line."""
    settings = load_settings(options["config"])
    if options["preset"]:
        settings = settings.with_preset(options["preset"], "--preset")
    if options["fps"] is not None:
        settings = settings.with_values("sampling", fps=options["fps"])
    about = {key: options[key] for key in ("examiner", "authority", "purpose") if options[key]}
    if about:
        settings = settings.with_values("case", **about)
    if options["triage"]:
        settings = settings.with_values("sampling", triage=True)
    for option, section in (
        ("no_identify", "embedding"),
        ("no_emotion", "emotions"),
        ("no_action", "actions"),
    ):
        if options[option]:
            settings = settings.with_values(section, enabled=False)
    return settings
