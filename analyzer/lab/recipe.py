"""Training recipes: reading their TOML file, and telling one from another."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from analyzer.errors import AnalyzerError


def read_values(path: Path, known: Collection[str], needed: Collection[str]) -> dict[str, Any]:
    """Return the settings of a TOML file.

    Raises AnalyzerError with the key that is not ``known``, or that is ``needed`` and missing.
    """
    try:
        values = tomllib.loads(path.read_text())
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise AnalyzerError(f"{path}: not a readable TOML file ({error})") from error
    unknown, missing = sorted(set(values) - set(known)), sorted(set(needed) - set(values))
    if unknown or missing:
        what = f"unknown setting {unknown[0]!r}" if unknown else ""
        what = what or f"the setting {missing[0]!r} is missing"
        raise AnalyzerError(f"{path}: {what}; settings are {', '.join(sorted(known))}")
    return values


def digest(values: Mapping[str, Any], without: Collection[str]) -> str:
    """Return the SHA-256 over all ``values`` except those in ``without``, such as paths."""
    recipe = {key: values[key] for key in values if key not in without}
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
