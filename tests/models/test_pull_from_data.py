"""`pull --from` on the files that stand in for a network, when they are at hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.models.registry import load_registry
from tests.places import DATA, needs_data

FILES = DATA / "models"


@needs_data
def test_every_model_is_found_by_hash(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANALYZER_MODELS", str(tmp_path))
    registry = load_registry()
    files = [e for e in registry.entries if not any(v.wheel for v in e.variants)]
    assert len(files) >= 3
    for entry in files:
        assert registry.pull(entry.name, from_dir=FILES).parent == tmp_path
    assert {registry.state(entry).status for entry in files} == {"installed"}
    assert registry.fingerprint().keys() >= {entry.name for entry in files}
