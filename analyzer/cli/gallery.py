"""`analyzer gallery`: known persons, their pictures, and whether they can be right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.options import json_option, print_json, tell

if TYPE_CHECKING:
    from analyzer.commands.gallery import GalleryListing

_PATH = click.Path(path_type=Path)
config_option = click.option(
    "--config", type=_PATH, metavar="TOML", help="Settings file; see docs/settings.md."
)


@click.group()
def gallery() -> None:
    """Keep a gallery of known persons: a folder with one folder per person.

    Nothing is ever deleted from it: what is wrong is set aside, with the reason.
    """


@gallery.command()
@click.argument("source", type=_PATH, metavar="GALLERY")
@click.argument("person")
@click.argument("pictures", nargs=-1, required=True, type=_PATH, metavar="PICTURE...")
@config_option
@json_option
def add(as_json: bool, **asked: Any) -> None:
    """Copy PICTURES of PERSON into GALLERY, or take up again those that were set aside."""
    from analyzer.commands.gallery import add_pictures

    _tell(add_pictures(**asked), as_json)


@gallery.command("list")
@click.argument("source", type=_PATH, metavar="GALLERY")
@config_option
@json_option
def list_gallery(source: Path, config: Path | None, as_json: bool) -> None:
    """Show every picture of GALLERY (a folder or a csv), and why it is used or not."""
    from analyzer.commands.gallery import list_gallery as listing_of

    _tell(listing_of(source, config), as_json)


@gallery.command()
@click.argument("source", type=_PATH, metavar="GALLERY")
@click.option("--dry-run", is_flag=True, help="Only tell; set nothing aside.")
@config_option
@json_option
def check(source: Path, dry_run: bool, config: Path | None, as_json: bool) -> None:
    """Find pictures under a wrong name, unlike their person, given twice, or of no use."""
    from analyzer.commands.gallery import check_gallery

    done = check_gallery(source, config, write=not dry_run)
    if as_json:
        print_json(done.as_dict())
        return
    for row in done.findings:
        click.echo(f"{row['person']}: {row['path']}: {row['reason']}")
    aside = "would be set aside" if dry_run else "set aside"
    entries = done.listing.entries
    used = sum(entry.aside is None for entry in entries)
    tell(f"{len(done.findings)} of {len(entries)} pictures {aside}; {used} in use")


@gallery.command()
@click.argument("source", type=_PATH, metavar="GALLERY")
@click.argument("person")
@click.argument("names", nargs=-1, metavar="[PICTURE...]")
@click.option("--reason", default="removed by the examiner", show_default=True, help="Why.")
@config_option
@json_option
def remove(as_json: bool, **asked: Any) -> None:
    """Set PICTURES of PERSON aside, or all of them; `gallery add` takes them up again."""
    from analyzer.commands.gallery import remove_pictures

    _tell(remove_pictures(**asked), as_json)


def _tell(listing: GalleryListing, as_json: bool) -> None:
    if as_json:
        print_json(listing.as_dict())
        return
    for note in listing.notes:
        tell(note)
    for entry in listing.entries:
        quality = entry.reading.quality
        good = "" if quality is None else f"  quality {quality.score:.2f}"
        state = "used" if entry.aside is None else f"set aside: {entry.aside}"
        click.echo(f"{entry.listed.person}: {entry.listed.name}: {state}{good}")
