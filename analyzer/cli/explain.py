"""`analyzer explain`: what in a face the answer about its expression rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.options import case_argument, json_option, print_json, tell

if TYPE_CHECKING:
    from analyzer.commands.explain import ExplainedFace


@click.command()
@case_argument
@click.option("--track", required=True, metavar="T", help="A track, as T3 or video:T3.")
@click.option("--at", type=click.FloatRange(0), metavar="SECONDS",
              help="The stored face nearest to it  [the best face].")  # fmt: skip
@click.option("--expression", metavar="NAME", help="What to explain  [the most probable one].")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="The picture (PNG)  [T3-SECONDSs.png in the current folder].")  # fmt: skip
@json_option
def explain(case: Path, as_json: bool, **options: Any) -> None:
    """Show what in a face of CASE the answer about its apparent expression rests on.

    Parts of the face are hidden in turn; where hiding lowers the probability, the picture is
    orange, where it raises it, blue. It tells what the network looked at, not what a person feels.
    """
    from analyzer.commands.explain import ExplainRequest, explain_face

    found = explain_face(ExplainRequest(case=case, **options))
    if as_json:
        print_json(found.as_dict())
    else:
        _print(found)
    if found.note:
        tell(found.note)


def _print(found: ExplainedFace) -> None:
    from analyzer.report.formatting import video_time
    from analyzer.types import EMOTIONS

    number = found.track_id.rpartition(":")[2]
    click.echo(f"{number} at {video_time(found.t)}: apparent {found.told.label}, by {found.model}")
    for name, share in zip(EMOTIONS, found.told.probabilities, strict=True):
        click.echo(f"  {name:<8}  {share:.2f}")
    if found.reason:
        tell(f"the run told no expression of this face: {found.reason}")
    if not found.same_model:
        tell("the case was analysed with another network: its answers may differ from these")
    click.echo(str(found.picture))
