"""Backends: implementations of a part of the analysis, and where their weights come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Generic, TypeVar

from analyzer.errors import ConfigError, ModelError
from analyzer.models.registry import Registry
from analyzer.models.weights import ModelRecord, files_of
from analyzer.plugins import ExtensionPoint

Installed = Callable[[str], Path | None]
"""Gives the file of a model of models/registry.toml, or None; see ``Registry.installed``."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Backend:
    """What is declared of one implementation.

    Its weights are ``model`` of models/registry.toml, or the files that ``weights`` gives, which
    may lie inside ``package``; of another package that declares neither they come with itself.
    """

    name: str
    aliases: tuple[str, ...] = ()
    model: str | None = None
    package: str | None = None
    weights: Callable[[], Sequence[Path]] = tuple

    @property
    def first_name(self) -> str:
        """The name that it had first, by which settings and models are hashed: see raw_hash."""
        return self.aliases[-1] if self.aliases else self.name

    def file(self, installed: Installed) -> Path | None:
        """Return the file of its model of the registry, None where it has none.

        Raises ModelError when that is not installed.
        """
        path = None if self.model is None else installed(self.model)
        if self.model is not None and path is None:
            raise ModelError(
                f"model {self.model} is not installed; run: analyzer models pull {self.model}"
            )
        return path


B = TypeVar("B", bound=Backend)


@dataclass(frozen=True, slots=True)
class Choice(Generic[B]):
    """A setting that names a backend: its ``key``, and what auto prefers, the best first.

    ``serves`` says whether a backend is one for this setting.
    """

    key: str
    point: ExtensionPoint[B]
    preferred: tuple[str, ...]
    serves: Callable[[B], bool] = lambda backend: True

    def backend(self, asked: str, installed: Installed) -> B:
        """Return the backend that ``asked`` comes down to; auto is the best that is installed.

        Raises ConfigError for an unknown backend and ModelError where its model is missing.
        """
        if asked != "auto":
            chosen = self._named(asked)
            chosen.file(installed)
            return chosen
        best = (self._named(name) for name in self.preferred)
        return next(b for b in best if b.model is None or installed(b.model) is not None)

    def _named(self, name: str) -> B:
        found = self.point.find(name)
        if found is None or not self.serves(found):
            ours = (backend.name for backend in self.point.ours() if self.serves(backend))
            names = ", ".join(("auto", *ours, *self.point.names_of_others()))
            raise ConfigError(f"{self.key} = {name!r} is unknown; use one of {names}")
        return found


def model_record(
    part: str,
    backend: Backend,
    point: ExtensionPoint[Any],
    registry: Registry,
    besides: Sequence[Path] = (),
) -> ModelRecord:
    """Return what a run records of ``backend``: its weight files with their SHA-256.

    ``besides`` are files that the part uses besides those of the backend.
    """
    record: ModelRecord = {"part": part, "backend": backend.name}
    if backend.model is not None:
        state = registry.state(registry.entry(backend.model))
        return record | files_of([*([state.path] if state.path else []), *besides])
    record |= files_of([*backend.weights(), *besides])
    package = backend.package or point.package_of(backend.name)
    return (
        record
        if package is None
        else record | {"package": f"{package} {metadata.version(package)}"}
    )
