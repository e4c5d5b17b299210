"""`analyzer models`: which weights there are, which are installed, and bringing them here."""

from __future__ import annotations

from pathlib import Path

import click

from analyzer.cli.options import json_option, print_json, tell


@click.group()
def models() -> None:
    """List, fetch and check the weights that analyzer can use."""


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """Show every model, whether it is installed, and where it comes from."""
    from analyzer.commands.models import list_models as listing_of

    listing = listing_of()
    if as_json:
        print_json(listing.with_files())
        return
    click.echo(f"Models in {listing.folder}:")
    for state, entry in zip(listing.states, listing.entries, strict=True):
        click.echo(f"  {state.name:15} {state.kind:16} {state.status:11} {state.licence}")
        for variant in entry.variants:
            click.echo(f"      {variant.sha256}  {variant.size:>8} bytes  {variant.label}")
            click.echo(f"      {variant.source or 'no address known; use pull --from DIR'}")


@models.command()
@click.argument("names", metavar="NAME...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Pull every model of the registry.")
@click.option(
    "--from",
    "from_dir",
    type=click.Path(path_type=Path),
    help="Take the files from this folder, known by their hash, instead of the network.",
)
@json_option
def pull(names: tuple[str, ...], everything: bool, from_dir: Path | None, as_json: bool) -> None:
    """Install the models of these names, or all of them."""
    from analyzer.commands.models import pull_models
    from analyzer.errors import ModelError

    if bool(names) == everything:
        raise click.UsageError("give the NAME of a model, or --all")
    done = pull_models(names, from_dir, lambda each, path: tell(f"{each}: installed as {path}"))
    if as_json:
        print_json(done.as_dict())
    if done.failed:
        raise ModelError("\n".join(done.failed))


@models.command()
@json_option
def verify(as_json: bool) -> None:
    """Hash every installed model; fails when one is not what it should be."""
    from analyzer.commands.models import list_models as listing_of
    from analyzer.errors import ModelError

    listing = listing_of()
    if as_json:
        print_json(listing.as_dict() | {"ok": not listing.wrong})
    else:
        for state in listing.states:
            click.echo(f"{state.name:15} {state.status:11} {state.sha256}")
    if listing.wrong:
        raise ModelError(
            f"wrong hash: {', '.join(listing.wrong)} in {listing.folder}; "
            "run `analyzer models pull NAME`"
        )
