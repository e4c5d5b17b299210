"""Promises of the model registry: known by hash, never half installed, never used when altered."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from analyzer.errors import ModelError, UsageError
from analyzer.models.entries import ModelEntry, Variant, read_entries
from analyzer.models.locations import pulled_dir, shipped_dir
from analyzer.models.registry import Registry, load_registry

GOOD, OTHER = b"weights" * 1000, b"older weights" * 500


def _variant(data: bytes, url: str = "") -> Variant:
    return Variant("v", hashlib.sha256(data).hexdigest(), len(data), url, "a note")


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    served = tmp_path / "served.onnx"
    served.write_bytes(GOOD)
    variants = (_variant(GOOD, served.as_uri()), _variant(OTHER))
    entry = ModelEntry("tiny", "face detector", "tiny.onnx", "MIT", variants)
    return Registry((entry,), tmp_path / "pulled", tmp_path / "shipped")


def test_nothing_is_installed_at_first(registry: Registry) -> None:
    assert registry.installed("tiny") is None
    assert [s.status for s in registry.verify()] == ["missing"]
    assert registry.fingerprint() == {}


def test_pull_from_an_address(registry: Registry) -> None:
    seen: list[tuple[int, int]] = []
    path = registry.pull("tiny", progress=lambda done, size: seen.append((done, size)))
    assert path.read_bytes() == GOOD
    assert registry.installed("tiny") == path
    assert seen[-1] == (len(GOOD), len(GOOD))
    assert registry.fingerprint() == {"tiny": hashlib.sha256(GOOD).hexdigest()}


def test_pull_from_a_folder_knows_a_file_by_its_hash(registry: Registry, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "any name.bin").write_bytes(OTHER)
    assert registry.pull("tiny", from_dir=folder).read_bytes() == OTHER
    (folder / "another.bin").write_bytes(GOOD)
    assert registry.pull("tiny", from_dir=folder).read_bytes() == GOOD, "the preferred variant"


def test_wrong_bytes_are_refused_and_leave_what_was_there(
    registry: Registry, tmp_path: Path
) -> None:
    installed = registry.pull("tiny")
    bad = GOOD[:-1] + b"!"
    (tmp_path / "served.onnx").write_bytes(bad)
    installed.unlink()
    with pytest.raises(ModelError, match=hashlib.sha256(bad).hexdigest()):
        registry.pull("tiny")
    assert list(registry.folder.iterdir()) == []

    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "TINY-v2.onnx").write_bytes(bad)
    with pytest.raises(ModelError, match=f"expected .*got {hashlib.sha256(bad).hexdigest()}"):
        registry.pull("tiny", from_dir=folder)
    assert registry.installed("tiny") is None


def test_an_altered_file_is_an_error_not_a_fallback(registry: Registry) -> None:
    path = registry.pull("tiny")
    assert registry.installed("tiny") == path
    path.write_bytes(b"altered")
    with pytest.raises(ModelError, match="analyzer models pull tiny"):
        registry.installed("tiny")
    assert registry.verify()[0].status == "wrong hash"
    assert registry.pull("tiny").read_bytes() == GOOD


def test_what_came_with_the_environment_counts_after_what_was_pulled(
    registry: Registry, tmp_path: Path
) -> None:
    environment = tmp_path / "environment"
    environment.mkdir()
    (environment / "tiny.onnx").write_bytes(OTHER)
    both = Registry(registry.entries, registry.folder, registry.shipped, environment)
    assert both.installed("tiny") == environment / "tiny.onnx"
    pulled = both.pull("tiny")
    assert pulled.parent == registry.folder and both.installed("tiny") == pulled
    pulled.write_bytes(b"altered")
    with pytest.raises(ModelError, match="remove the file or run"):
        both.installed("tiny")


def test_errors_say_what_to_do(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="known: tiny"):
        registry.installed("huge")
    with pytest.raises(ModelError, match="not a folder"):
        registry.pull("tiny", from_dir=tmp_path / "absent")
    (tmp_path / "served.onnx").unlink()
    with pytest.raises(ModelError, match="--from DIR"):
        registry.pull("tiny")


def test_a_broken_registry_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "registry.toml"
    path.write_text("[[model]]\nname = 3\n")
    with pytest.raises(ModelError, match=r"registry\.toml"):
        read_entries(path)


def test_the_projects_registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ANALYZER_MODELS", str(tmp_path))
    assert pulled_dir() == tmp_path
    registry = load_registry()
    assert {e.name for e in registry.entries} >= {"yunet", "yolox-nano", "mobilefacenet"}
    for entry in registry.entries:
        assert entry.licence and entry.variants
        assert any(v.wheel or v.url.startswith("https://") for v in entry.variants)
        assert all(len(v.sha256) == 64 and v.size > 0 and v.note for v in entry.variants)
    assert (shipped_dir() / "registry.toml").is_file()
    alone = Registry(registry.entries, registry.folder, registry.shipped)
    assert all(state.status == "missing" for state in alone.verify())
