"""What the manifest of a case says of its files, in one list."""

from __future__ import annotations

from pathlib import Path

from analyzer.custody.manifest import check_products, database_unchanged, read_manifest


def differences(folder: Path) -> list[str]:
    """Return one line for every file of the closed case at ``folder`` that is not as listed."""
    manifest = read_manifest(folder)
    found = [f"{name}: {problem}" for name, problem in check_products(folder, manifest)]
    return found if database_unchanged(folder, manifest) else ["case.db: changed", *found]
