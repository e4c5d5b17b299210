"""`analyzer clip`: cut a clip or a still of an event or a track."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import case_argument, json_option, print_json


@click.command()
@case_argument
@click.option("--event", metavar="V:E", help="An event, as video:E3; the video is optional in a "
              "case of one.")  # fmt: skip
@click.option("--track", metavar="V:T", help="A track, as video:T1.")
@click.option("--video", metavar="V", help="A video: file name, path or SHA-256.")
@click.option("--from", "since", type=click.FloatRange(0), help="Seconds from the first frame.")
@click.option("--to", "until", type=click.FloatRange(0), help="Seconds from the first frame.")
@click.option("--around", type=click.FloatRange(0, 600), default=2.0, show_default=True,
              help="Seconds before and after the event or track.")  # fmt: skip
@click.option("--still", is_flag=True, help="One picture (PNG) of the best moment.")
@click.option("--plain", is_flag=True, help="Draw neither boxes nor clock.")
@click.option("--redact", is_flag=True, help="Hide every face that was found but the subject's.")
@click.option("--source", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The recording, where it has moved; its SHA-256 must fit.")  # fmt: skip
@json_option
def clip(case: Path, as_json: bool, **options: Any) -> None:
    """Cut a clip or a still out of a recording of CASE, for use as an illustration.

    It goes into clips/ of the case, marked as derived, with a note that holds the SHA-256 of the
    recording and of the clip; boxes and clock are burnt in.
    """
    from analyzer.commands.clips import ClipRequest, make_clip

    result = make_clip(ClipRequest(case=case, **options))
    if options["redact"]:
        click.echo(
            "a face that no detector found is not hidden: look at it before you hand it on",
            err=True,
        )
    if as_json:
        print_json({"case": str(case), **result.about})
    else:
        click.echo(str(result.path))
