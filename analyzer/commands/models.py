"""Use cases of `analyzer models`: the registry of weights is listed, filled and checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import ModelError
from analyzer.models.entries import ModelEntry, Variant
from analyzer.models.registry import ModelState, load_registry


@dataclass(frozen=True, slots=True)
class ModelListing:
    """Models and their states, in the order of the registry; ``folder`` is that of pulled ones."""

    folder: Path
    entries: tuple[ModelEntry, ...]
    states: tuple[ModelState, ...]

    @property
    def wrong(self) -> tuple[str, ...]:
        """The models whose file is not what it should be."""
        return tuple(state.name for state in self.states if state.status == "wrong hash")

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {"folder": str(self.folder), "models": [_row(state) for state in self.states]}

    def with_files(self) -> dict[str, Any]:
        """Return the same, each model with the files that it may be."""
        report = self.as_dict()
        for row, entry in zip(report["models"], self.entries, strict=True):
            row["files"] = [_file(variant) for variant in entry.variants]
        return report


@dataclass(frozen=True, slots=True)
class PullSummary:
    """The models that were installed, and in a line each why others were not."""

    folder: Path
    pulled: tuple[ModelState, ...]
    failed: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        models = [_row(state) for state in self.pulled]
        return {"folder": str(self.folder), "models": models, "failed": list(self.failed)}


def list_models() -> ModelListing:
    """Hash what is installed and return the state of every model."""
    registry = load_registry()
    return ModelListing(registry.folder, tuple(registry.entries), tuple(registry.verify()))


def pull_models(
    names: Sequence[str], folder: Path | None, tell: Callable[[str, Path], None]
) -> PullSummary:
    """Install the models ``names``, all where there are none, from ``folder`` or the network.

    Of all, one that is installed and cannot be had again is no failure. ``tell`` gets the name and
    the path of each at its end.
    """
    registry = load_registry()
    wanted = names or [entry.name for entry in registry.entries]
    pulled, failed = [], []
    for each in wanted:
        try:
            path = registry.pull(each, folder)
        except ModelError as error:
            state = registry.state(registry.entry(each))
            if names or state.status != "installed" or state.path is None:
                failed.append(str(error))
                continue
            path = state.path
        tell(each, path)
        pulled.append(registry.state(registry.entry(each)))
    return PullSummary(registry.folder, tuple(pulled), tuple(failed))


def _file(variant: Variant) -> dict[str, Any]:
    return {
        "sha256": variant.sha256,
        "size": variant.size,
        "url": variant.url,
        "source": variant.source,
        "label": variant.label,
        "note": variant.note,
    }


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
