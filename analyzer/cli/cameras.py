"""`analyzer cameras`: the camera file, drafted from a case, listed, checked and added to."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import ask_password, case_argument, json_option, print_json

_file_argument = click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML"
)


class _DraftUnlessNamed(click.Group):
    """A group whose first word may be a case, of which a file is drafted then."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named, or the draft."""
        if args and args[0] not in self.commands:
            args = ["draft", *args]
        return super().resolve_command(ctx, args)


@click.group(cls=_DraftUnlessNamed)
def cameras() -> None:
    """Draft a camera file from a case, list its cameras, check and add them.

    `analyzer cameras CASE` is short for `analyzer cameras draft CASE`.
    """


@cameras.command()
@case_argument
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="TOML",
    help="Write to this new file  [standard output].",
)  # fmt: skip
def draft(case: Path, out: Path | None) -> None:
    """Draft a camera file for CASE: which recordings are of one camera, and what its clock says.

    It is for you to check and to complete; see docs/cameras.md. Reads only.
    """
    from analyzer.commands.cameras import draft_cameras, write_new

    text = draft_cameras(case)
    if out is None:
        click.echo(text, nl=False)
    else:
        write_new(out, text)
        click.echo(f"{out}: check it, then run analyzer derive {case} --cameras {out}", err=True)


@cameras.command(name="list")
@_file_argument
@json_option
def list_(file: Path, as_json: bool) -> None:
    """List the cameras of the camera file TOML; passwords are not shown."""
    from analyzer.commands.camera_registry import listed

    found = listed(file)
    if as_json:
        print_json({"cameras": found})
        return
    for camera in found:
        where = ", ".join(camera[key] for key in ("place", "location") if camera.get(key))
        told = [camera.get("url", camera.get("pattern", "")), *([where] if where else [])]
        click.echo(f"{camera['name']}: {', '.join(told)}")


@cameras.command()
@_file_argument
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--stills", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Write a picture of each camera into this folder.",
)  # fmt: skip
@json_option
@click.pass_context
def check(context: click.Context, /, file: Path, names: tuple[str, ...], **options: Any) -> None:
    """Connect to the cameras of the camera file TOML: what each sends, or what is wrong with it."""
    from analyzer.commands.camera_registry import checked

    ask = ask_password if sys.stdin.isatty() else None
    found = []
    for one in checked(file, names, options["stills"], ask):
        found.append(one)
        if not options["as_json"]:
            click.echo(one.words)
    if options["as_json"]:
        print_json({"cameras": [asdict(one) for one in found]})
    context.exit(1 if any(one.problem for one in found) else 0)


@cameras.command()
@_file_argument
@click.option("--name", required=True, help="What it is called.")
@click.option("--url", required=True, help="Where its stream is.")
@click.option("--place", help="Site that it belongs to.")
@click.option("--location", help="Where it hangs there.")
@click.option("--timezone", metavar="ZONE", help="Of its clock, such as Europe/Berlin.")
@click.option("--latitude", type=float, metavar="DEGREES", help="Where it hangs.")
@click.option("--longitude", type=float, metavar="DEGREES", help="Where it hangs.")
@click.option("--schedule", multiple=True, metavar="TIMES", help="When it alerts; repeatable.")
@click.option("--notify", multiple=True, metavar="CHANNEL", help="Who is told; repeatable.")
def add(file: Path, **camera: Any) -> None:
    """Add a camera to the camera file TOML, which is made where it is not there.

    Write no password here: leave it out, and give it in the environment or when asked.
    """
    from analyzer.commands.camera_registry import NewCamera, add_camera

    add_camera(file, NewCamera(**camera))
    click.echo(f"{file}: {camera['name']} added; analyzer cameras check {file}", err=True)
