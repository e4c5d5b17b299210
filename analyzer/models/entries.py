"""Entries of the model registry: models, and the files that are accepted as each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import ModelError


@dataclass(frozen=True, slots=True)
class Variant:
    """One file that is accepted as a model, known by its hash; ``url`` is empty if unknown."""

    label: str
    sha256: str
    size: int
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model: ``file`` is its name once installed, ``variants`` are in order of preference."""

    name: str
    kind: str
    file: str
    licence: str
    variants: tuple[Variant, ...]

    def variant_of(self, sha256: str) -> Variant | None:
        """Return the accepted file with this hash, or None."""
        return next((v for v in self.variants if v.sha256 == sha256), None)


def read_entries(path: Path) -> tuple[ModelEntry, ...]:
    """Return the entries of the registry file at ``path``, in its order.

    Raises ModelError where the file is missing, is not TOML or lacks a key.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        return tuple(_entry(model) for model in values["model"])
    except OSError as error:
        raise ModelError(
            f"{path}: cannot read the model registry ({error.strerror}); install analyzer again"
        ) from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path}: not a model registry ({error!r}); restore the file from the repository"
        ) from error


def _entry(model: dict[str, Any]) -> ModelEntry:
    variants = tuple(
        Variant(v["label"], v["sha256"], v["size"], v.get("url", ""), v["note"])
        for v in model["variant"]
    )
    return ModelEntry(model["name"], model["kind"], model["file"], model["licence"], variants)
