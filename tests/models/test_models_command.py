"""`analyzer models` in a shell's eyes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from analyzer.cli.models import models
from analyzer.errors import ModelError
from tests.places import DATA, needs_data

FILES = DATA / "models"


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ANALYZER_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(models, arguments)


def test_list_names_every_model_and_its_address() -> None:
    result = call("list", "--json")
    assert result.exit_code == 0
    rows = {row["name"]: row for row in json.loads(result.stdout)["models"]}
    assert rows["yunet"]["status"] == "missing"
    assert rows["yunet"]["files"][0]["url"].startswith("https://")
    assert "yolox-nano" in call("list").stdout


@needs_data
def test_pull_all_from_a_folder(folder: Path) -> None:
    result = call("pull", "--all", "--from", str(FILES), "--json")
    assert result.exit_code == 0
    assert {row["status"] for row in json.loads(result.stdout)["models"]} == {"installed"}
    assert json.loads(call("verify", "--json").stdout)["ok"] is True
    (folder / "yunet.onnx").write_bytes(b"altered")
    broken = call("verify", "--json")
    assert json.loads(broken.stdout)["ok"] is False
    assert isinstance(broken.exception, ModelError)


@needs_data
def test_several_models_are_pulled_at_once(folder: Path) -> None:
    result = call("pull", "yunet", "yolox-nano", "--from", str(FILES), "--json")
    assert result.exit_code == 0
    assert [row["name"] for row in json.loads(result.stdout)["models"]] == ["yunet", "yolox-nano"]
    assert (folder / "yunet.onnx").is_file()


def test_a_wrong_request_is_explained(tmp_path: Path) -> None:
    assert call("pull").exit_code == 2
    assert call("pull", "yunet", "--all").exit_code == 2
    result = call("pull", "yunet", "--from", str(tmp_path))
    assert isinstance(result.exception, ModelError)
    assert "expected SHA-256" in str(result.exception)


def test_a_damaged_file_is_refused(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "face_detection_yunet_2026may.onnx").write_bytes(b"damaged")
    result = call("pull", "yunet", "--from", str(tmp_path))
    assert isinstance(result.exception, ModelError)
    assert "got " in str(result.exception)
    assert not (folder / "yunet.onnx").exists()
