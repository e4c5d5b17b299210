"""analyzer models: which weights there are, which are installed, and bringing them here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.options import json_option, print_json

if TYPE_CHECKING:
    from analyzer.models.registry import ModelState


@click.group()
def models() -> None:
    """List, fetch and check the weights that analyzer can use."""


@models.command("list")
@json_option
def list_models(as_json: bool) -> None:
    """Show every model, whether it is installed, and where it comes from."""
    from analyzer.models.registry import load_registry

    registry = load_registry()
    states = registry.verify()
    if as_json:
        rows = [_row(state) for state in states]
        for row, entry in zip(rows, registry.entries, strict=True):
            row["files"] = [
                {"sha256": v.sha256, "size": v.size, "url": v.url, "label": v.label, "note": v.note}
                for v in entry.variants
            ]
        print_json({"folder": str(registry.folder), "models": rows})
        return
    click.echo(f"Models in {registry.folder}:")
    for state, entry in zip(states, registry.entries, strict=True):
        click.echo(f"  {state.name:15} {state.kind:16} {state.status:11} {state.licence}")
        for variant in entry.variants:
            click.echo(f"      {variant.sha256}  {variant.size:>8} bytes  {variant.label}")
            click.echo(f"      {variant.url or 'no address known; use pull --from DIR'}")


@models.command()
@click.argument("name", required=False)
@click.option("--all", "everything", is_flag=True, help="Pull every model of the registry.")
@click.option(
    "--from",
    "from_dir",
    type=click.Path(path_type=Path),
    help="Take the files from this folder, known by their hash, instead of the network.",
)
@json_option
def pull(name: str | None, everything: bool, from_dir: Path | None, as_json: bool) -> None:
    """Install the model NAME, or all of them."""
    from analyzer.errors import ModelError
    from analyzer.models.registry import load_registry

    if (name is None) != everything:
        raise click.UsageError("give the NAME of a model, or --all")
    registry = load_registry()
    names = [entry.name for entry in registry.entries] if name is None else [name]
    pulled, failed = [], []
    for each in names:
        try:
            path = registry.pull(each, from_dir)
        except ModelError as error:
            failed.append(str(error))
            continue
        click.echo(f"{each}: installed as {path}", err=True)
        pulled.append(_row(registry.state(registry.entry(each))))
    if as_json:
        print_json({"folder": str(registry.folder), "models": pulled, "failed": failed})
    if failed:
        raise ModelError("\n".join(failed))


@models.command()
@json_option
def verify(as_json: bool) -> None:
    """Hash every installed model; fails when one is not what it should be."""
    from analyzer.errors import ModelError
    from analyzer.models.registry import load_registry

    registry = load_registry()
    states = registry.verify()
    wrong = [state.name for state in states if state.status == "wrong hash"]
    if as_json:
        rows = [_row(state) for state in states]
        print_json({"folder": str(registry.folder), "models": rows, "ok": not wrong})
    else:
        for state in states:
            click.echo(f"{state.name:15} {state.status:11} {state.sha256}")
    if wrong:
        raise ModelError(
            f"wrong hash: {', '.join(wrong)} in {registry.folder}; run `analyzer models pull NAME`"
        )


def _row(state: ModelState) -> dict[str, Any]:
    return {
        "name": state.name,
        "kind": state.kind,
        "status": state.status,
        "path": None if state.path is None else str(state.path),
        "sha256": state.sha256 or None,
        "label": state.label or None,
        "licence": state.licence,
    }
