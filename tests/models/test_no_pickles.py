"""No model can run code when it is loaded."""

from __future__ import annotations

import importlib.util
import pickle
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from analyzer.detection import mtcnn_networks
from analyzer.errors import AnalyzerError, ModelError
from analyzer.lab.efficientnet import pretrained
from tests.places import ROOT

LOADERS = re.compile(
    r"pickle\.|import pickle|torch\.load|joblib\.load|allow_pickle=True|shell=True"
)


def test_shipped_models_are_data() -> None:
    files = [path for path in (ROOT / "models").rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {
        ".keras",
        ".tflite",
        ".json",
        ".toml",
        ".md",
        ".onnx",
        ".png",
        ".csv",
        ".npz",
    }
    for path in files:
        assert not path.read_bytes().startswith(
            (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
        )
        if path.suffix == ".npz":
            with np.load(path, allow_pickle=False) as arrays:
                assert all(arrays[name].dtype.kind in "fiub" for name in arrays.files)
        if path.suffix == ".keras":
            parts = set(zipfile.ZipFile(path).namelist())
            assert parts <= {"metadata.json", "config.json", "model.weights.h5"}, parts


def test_nothing_else_of_ours_can_load_a_pickle_or_start_a_shell() -> None:
    found = {
        (path.name, match)
        for path in (ROOT / "analyzer").rglob("*.py")
        for match in LOADERS.findall(path.read_text(encoding="utf-8"))
    }
    restricted = {("pretrained.py", "import pickle"), ("pretrained.py", "pickle.")}
    assert found == {("mtcnn_networks.py", "joblib.load"), *restricted}


def test_weights_to_start_a_training_from_can_name_nothing_but_tensors(tmp_path: Path) -> None:
    made = tmp_path / "made"

    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[Path]]:
            return Path.touch, (made,)

    weights = tmp_path / "weights.pth"
    weights.write_bytes(pickle.dumps(Harmful()))
    with pytest.raises(AnalyzerError, match="unexpected"):
        pretrained.read(weights)
    assert not made.exists()
    assert pickle.loads(weights.read_bytes()) is None and made.exists(), "it would have run"


def test_weights_of_mtcnn_are_loaded_by_their_hash_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert len(mtcnn_networks.load_weights("pnet")) > 5
    weights = tmp_path / "mtcnn" / "assets" / "weights"
    weights.mkdir(parents=True)
    (weights / "pnet.lz4").write_bytes(b"\x80\x04another pickle")
    (tmp_path / "mtcnn" / "__init__.py").touch()
    forged = importlib.util.spec_from_file_location("mtcnn", tmp_path / "mtcnn" / "__init__.py")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: forged)
    with pytest.raises(ModelError, match=r"not the weights of mtcnn 1\.0\.0"):
        mtcnn_networks.load_weights("pnet")
