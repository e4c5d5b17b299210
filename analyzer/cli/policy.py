"""`analyzer policy`: what a case must not be used for."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from analyzer.cli.options import case_argument, json_option, print_json
from analyzer.config import STAGES

_Stage = click.Choice(list(STAGES))


@click.command()
@case_argument
@click.option("--forbid", multiple=True, type=_Stage, help="Forbid a stage; may be repeated.")
@click.option(
    "--allow", multiple=True, type=_Stage,
    help="Allow a stage again; needs --by and --reason.",
)  # fmt: skip
@click.option("--by", metavar="NAME", help="Who decides.")
@click.option("--reason", metavar="TEXT", help="Why.")
@json_option
def policy(
    case: Path,
    forbid: tuple[str, ...],
    allow: tuple[str, ...],
    by: str | None,
    reason: str | None,
    as_json: bool,
) -> None:
    """Show what CASE forbids, or change it. Every run, derivation and search keeps to it.

    identify: comparing faces; emotion: apparent expressions; action: actions; embeddings, crops:
    storing embeddings of faces, or pictures of faces and bodies; looks: comparing people by what
    they wear; clothing: colours of clothes.
    """
    if allow and not (by and reason):
        raise click.UsageError("--allow needs --by and --reason")
    if set(forbid) & set(allow):
        raise click.UsageError("a stage cannot be forbidden and allowed at once")

    from analyzer.commands.policy import change_policy, policy_of

    changes = bool(forbid or allow)
    rules = change_policy(case, forbid, allow, by, reason) if changes else policy_of(case)
    if as_json:
        values = {"case": str(case), "forbidden": [asdict(rule) for rule in rules.values()]}
        print_json(values)
        return
    for stage, rule in rules.items():
        click.echo(f"{stage} is forbidden ({rule.words})")
    if not rules:
        click.echo("nothing is forbidden")
    if changes:
        when = "the next run" if allow else f"the next run or `analyzer derive {case}`"
        click.echo(f"takes effect with {when}", err=True)
