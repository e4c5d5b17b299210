"""`analyzer gallery`: known persons, their pictures, and whether they can be right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from analyzer.cli.options import json_option, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analyzer.config import Settings
    from analyzer.gallery.measure import Entry, Reader

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
@click.argument("folder", type=_PATH, metavar="GALLERY")
@click.argument("person")
@click.argument("pictures", nargs=-1, required=True, type=_PATH, metavar="PICTURE...")
@config_option
@json_option
def add(
    folder: Path, person: str, pictures: tuple[Path, ...], config: Path | None, as_json: bool
) -> None:
    """Copy PICTURES of PERSON into GALLERY, or take up again those that were set aside."""
    from analyzer.gallery.manage import add_pictures

    _tell(folder, add_pictures(folder, person, pictures, _reader(_settings(config))), as_json)


@gallery.command("list")
@click.argument("source", type=_PATH, metavar="GALLERY")
@config_option
@json_option
def list_gallery(source: Path, config: Path | None, as_json: bool) -> None:
    """Show every picture of GALLERY (a folder or a csv), and why it is used or not."""
    from analyzer.gallery.manage import show_gallery

    _tell(source, show_gallery(source, _reader(_settings(config))), as_json)


@gallery.command()
@click.argument("source", type=_PATH, metavar="GALLERY")
@click.option("--dry-run", is_flag=True, help="Only tell; set nothing aside.")
@config_option
@json_option
def check(source: Path, dry_run: bool, config: Path | None, as_json: bool) -> None:
    """Find pictures under a wrong name, unlike their person, given twice, or of no use."""
    from analyzer.faces.calibration import calibration_of
    from analyzer.gallery.manage import check_gallery

    reader = _reader(_settings(config))
    calibration = calibration_of(reader.embedder.name)
    done = check_gallery(source, reader, calibration, write=not dry_run)
    findings = [
        *(
            {
                "person": entry.listed.person,
                "path": entry.listed.name,
                "kind": "duplicate" if entry.copy_of else "of no use",
                "reason": entry.aside,
                "other": entry.copy_of,
            }
            for entry in done.entries
            if entry.copy_of is not None or entry.reading.reason is not None
        ),
        *(
            {
                "person": finding.person,
                "path": finding.name,
                "kind": finding.kind,
                "reason": finding.reason,
                "other": finding.other,
            }
            for finding in done.findings
        ),
    ]
    if as_json:
        print_json(_summary(source, done.entries) | {"findings": findings})
        return
    for row in findings:
        click.echo(f"{row['person']}: {row['path']}: {row['reason']}")
    aside = "would be set aside" if dry_run else "set aside"
    used = sum(entry.aside is None for entry in done.entries)
    click.echo(f"{len(findings)} of {len(done.entries)} pictures {aside}; {used} in use", err=True)


@gallery.command()
@click.argument("source", type=_PATH, metavar="GALLERY")
@click.argument("person")
@click.argument("pictures", nargs=-1, metavar="[PICTURE...]")
@click.option("--reason", default="removed by the examiner", show_default=True, help="Why.")
@config_option
@json_option
def remove(
    source: Path,
    person: str,
    pictures: tuple[str, ...],
    reason: str,
    config: Path | None,
    as_json: bool,
) -> None:
    """Set PICTURES of PERSON aside, or all of them; `gallery add` takes them up again."""
    from analyzer.gallery.manage import remove_pictures

    reader = _reader(_settings(config))
    _tell(source, remove_pictures(source, person, pictures, reason, reader), as_json)


def _settings(config: Path | None) -> Settings:
    from analyzer.config import load_settings

    return load_settings(config)


def _reader(settings: Settings) -> Reader:
    from analyzer.detection.registry import make_face_detector
    from analyzer.faces.embedders import make_face_embedder
    from analyzer.gallery.measure import Reader
    from analyzer.models.registry import load_registry

    installed = load_registry().installed
    return Reader(
        make_face_detector(settings.faces, installed),
        make_face_embedder(settings.embedding, installed),
        settings.embedding,
    )


def _tell(source: Path, entries: Sequence[Entry], as_json: bool) -> None:
    if as_json:
        print_json(_summary(source, entries))
        return
    for entry in entries:
        quality = entry.reading.quality
        good = "" if quality is None else f"  quality {quality.score:.2f}"
        state = "used" if entry.aside is None else f"set aside: {entry.aside}"
        click.echo(f"{entry.listed.person}: {entry.listed.name}: {state}{good}")


def _summary(source: Path, entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        "gallery": str(source),
        "people": sorted({e.listed.person for e in entries if e.aside is None}),
        "pictures": [_row(entry) for entry in entries],
    }


def _row(entry: Entry) -> dict[str, Any]:
    quality = entry.reading.quality
    return {
        "person": entry.listed.person,
        "path": entry.listed.name,
        "sha256": entry.sha256 or None,
        "status": "used" if entry.aside is None else "set aside",
        "reason": entry.aside,
        "decided_by": None if entry.decision is None else entry.decision.by,
        "quality": None if quality is None else round(quality.score, 3),
        "eye_px": None if quality is None else round(quality.eye_px, 1),
    }
