"""The shipped look network: the same answer every time, and errors that say what to do."""

import json
import shutil

import cv2
import numpy as np
import pytest

from analyzer.errors import ModelError
from analyzer.looks.calibration import calibration_in, calibration_of
from analyzer.looks.network import LookNetwork, folder_of, model_record
from tests.places import CORRIDOR, LOBBY, STORE


@pytest.fixture(scope="module")
def folder():
    found = folder_of("default")
    assert found is not None
    return found


@pytest.fixture(scope="module")
def network(folder):
    return LookNetwork.load(folder)


def crop(clip, seconds, box):
    video = cv2.VideoCapture(str(clip))
    video.set(cv2.CAP_PROP_POS_MSEC, 1000 * seconds)
    read, picture = video.read()
    assert read
    x, y, w, h = box
    return picture[y : y + h, x : x + w]


@pytest.fixture(scope="module")
def crops():
    return [
        crop(LOBBY, 10, (250, 100, 110, 250)),
        crop(CORRIDOR, 5, (200, 60, 90, 200)),
        crop(STORE, 5, (120, 40, 60, 120)),
    ]


def test_looks_are_of_unit_length_and_the_same_every_time(network, folder, crops):
    looks = network.embed(crops)
    assert looks.shape == (3, network.dimensions) and looks.dtype == np.float32
    assert np.linalg.norm(looks, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert np.array_equal(looks, network.embed(crops))
    assert np.array_equal(looks, LookNetwork.load(folder).embed(crops))


def test_a_batch_gives_what_single_crops_give(network, crops):
    alone = np.concatenate([network.embed([one]) for one in crops])
    assert np.array_equal(network.embed(crops), alone)
    assert np.array_equal(network.embed(crops[::-1]), alone[::-1])
    assert network.embed([]).shape == (0, network.dimensions)


def test_a_moved_and_recompressed_crop_stays_more_similar_than_another_scene(network, crops):
    whole = crops[0]
    moved = cv2.imdecode(cv2.imencode(".jpg", whole[6:, 4:], [1, 60])[1], cv2.IMREAD_COLOR)
    first, again, *others = network.embed([whole, moved, *crops[1:]])
    assert first @ again > max(first @ other for other in others)


@pytest.mark.parametrize("shape", [(1, 1, 3), (3, 40, 3), (40, 2, 3), (900, 300, 3)])
def test_crops_of_any_size_have_a_look(network, shape):
    look = network.embed([np.full(shape, 90, np.uint8)])
    assert np.isfinite(look).all() and np.linalg.norm(look) == pytest.approx(1, abs=1e-5)


def test_grey_crops_have_a_look_of_their_own(network, crops):
    grey = cv2.cvtColor(cv2.cvtColor(crops[0], cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    colour, without = network.embed([crops[0], grey])
    assert np.isfinite(without).all() and colour @ without < 0.999


@pytest.mark.parametrize("wrong", [np.zeros((9, 9), np.uint8), np.zeros((9, 9, 3), np.float32)])
def test_other_arrays_are_refused(network, wrong):
    with pytest.raises(ValueError, match="expected uint8"):
        network.embed([wrong])


def test_what_a_run_records_names_the_file(network, folder):
    record = model_record(folder)
    assert record["part"] == "looks"
    assert network.name == f"{record['backend']}-{record['sha256'][:12]}"


def test_the_shipped_calibration_asks_more_of_small_crops(folder):
    calibration = calibration_in(folder)
    assert -1 < calibration.threshold < 1
    assert calibration.probability(1.0) > 0.5 > calibration.probability(0.0)


def test_the_calibration_is_found_by_what_the_rows_of_a_case_name(network, folder):
    assert calibration_of(network.name) == calibration_of("default") == calibration_in(folder)
    with pytest.raises(ModelError, match="no look model of that name"):
        calibration_of("lite0-000000000000")


def test_a_model_that_is_not_there_switches_looks_off():
    assert folder_of("no-such-model") is None


def damaged(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "model")


def test_a_changed_file_is_refused(folder, tmp_path):
    copy = damaged(folder, tmp_path)
    with (copy / "network.onnx").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelError, match="not the file"):
        LookNetwork.load(copy)


def test_a_folder_without_calibration_is_refused(folder, tmp_path):
    copy = damaged(folder, tmp_path)
    about = json.loads((copy / "model.json").read_text())
    del about["calibration"]
    (copy / "model.json").write_text(json.dumps(about))
    with pytest.raises(ModelError, match="no calibration"):
        calibration_in(copy)


def test_a_file_that_is_no_network_is_refused(folder):
    about = json.loads((folder / "model.json").read_text())
    with pytest.raises(ModelError, match="cannot be read as ONNX"):
        LookNetwork(b"no network", about)
