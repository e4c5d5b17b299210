"""A training learns, stops, resumes, and is exported to what is served."""

from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from analyzer.detection.yolox import YoloxDetector
from analyzer.errors import AnalyzerError
from analyzer.lab import checkpoint
from analyzer.lab.detection import index, network
from analyzer.lab.detection.config import DetectorConfig, read_config
from analyzer.lab.detection.sources import Picture
from analyzer.lab.detection.targets import IGNORED, WANTED
from analyzer.models.onnx import OnnxNetwork

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def lab():
    """The modules whose import loads tensorflow: not at collection, where others would wait."""
    from analyzer.lab.detection import export, keras_builder, loss, onnx_builder, train

    return SimpleNamespace(
        export=export.export, DetectionLoss=loss.DetectionLoss, overlaps=loss.overlaps,
        DetectorTraining=train.DetectorTraining, onnx_bytes=onnx_builder.onnx_bytes,
        model=keras_builder.model, weights_of=keras_builder.weights_of,
    )  # fmt: skip


CONFIG = DetectorConfig(
    pictures="unused", data="unused", labels="unused", balance={"toy": 1.0}, height=64, width=96,
    batch=4, steps=40, watch_every=20, rate=2e-2, ema=0.5, frozen=(),
)  # fmt: skip


def toy_index(folder):
    """Light people on dark ground: anyone can tell them."""
    rng = np.random.default_rng(3)
    pictures = []
    for number in range(8):
        bgr = rng.integers(20, 60, (90, 160, 3), np.uint8)
        x, y = int(rng.integers(10, 120)), int(rng.integers(5, 30))
        bgr[y : y + 50, x : x + 20] = 200
        file = folder / f"{number}.png"
        cv2.imwrite(str(file), bgr)
        part = "learn" if number < 6 else "watch"
        box = [[float(x), float(y), 20.0, 50.0]]
        pictures.append(
            Picture("toy", str(file), place=f"{number}", part=part, complete=True, people=box)
        )
    index.write(pictures, folder / "index.jsonl")


def tiny(builder, picture):
    """Stand in for the network: a stem and one layer a stride, which learn in seconds."""
    x, levels = picture, []
    for number in range(5):
        x = builder.conv(f"layer{number}", x, 8, 3, stride=2)
        if number >= 2:
            levels.append(tuple(
                builder.conv(f"{part}{number}", x, channels, 1, active=False)
                for part, channels in (("boxes", 4), ("object", 1), ("classes", 1))
            ))  # fmt: skip
    return builder.answer(levels)


class StopError(Exception):
    pass


@pytest.fixture(scope="module")
def run(lab, tmp_path_factory):
    """A training stopped after its first stretch and resumed."""
    folder = tmp_path_factory.mktemp("run")
    toy_index(folder)

    def stop(row):
        raise StopError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(network, "build", tiny)
        checkpoint.save_arrays(folder / "start.npz", lab.model().get_weights())
        with pytest.raises(StopError):
            lab.DetectorTraining(CONFIG, folder).run(stop)
        rows = []
        lab.DetectorTraining(CONFIG, folder).run(rows.append)
        assert [row["steps"] for row in rows] == [40]
        yield folder


def test_it_learns_and_keeps_its_curves(run):
    history = checkpoint.load_progress(run / "progress.json").history
    assert [row["steps"] for row in history] == [20, 40]
    assert history[1]["loss"] < history[0]["loss"]
    assert (run / "curves.png").is_file()


def test_the_exported_folder_is_what_is_served(run, lab, tmp_path):
    about = lab.export(CONFIG, run, tmp_path / "model", "toy")
    assert about["training"]["settings_sha256"] == CONFIG.fingerprint
    served = YoloxDetector.load(tmp_path / "model", 0.0)
    bgr = cv2.imread(str(run / "7.png"))
    assert all(d.kind == "person" and d.box.x2 <= 160 for d in served.detect(bgr, ()))


def test_the_file_that_is_served_answers_as_the_model_does(lab):
    model = lab.model()
    picture = np.random.default_rng(0).uniform(0, 255, (1, 64, 96, 3)).astype(np.float32)
    ours = model(picture, training=False).numpy()[0]
    served = OnnxNetwork(lab.onnx_bytes(lab.weights_of(model)), "toy")
    theirs = served.run(np.ascontiguousarray(picture.transpose(0, 3, 1, 2)))[0][0]
    assert theirs.shape == (96 + 24 + 6, 6)
    assert np.allclose(theirs[:, :4], ours[:, :4], atol=1e-4)
    assert np.allclose(theirs[:, 4:], 1 / (1 + np.exp(-ours[:, 4:])), atol=1e-5)


def answers_for(loss, box, objects):
    """Perfect boxes everywhere, with one logit of both scores."""
    corners, strides = np.asarray(loss._corners), np.asarray(loss._strides)
    x1, y1, x2, y2 = box
    raw = np.zeros((1, len(corners), 6), np.float32)
    raw[0, :, 0:1] = (x1 + x2) / 2 / strides - corners[:, 0:1]
    raw[0, :, 1:2] = (y1 + y2) / 2 / strides - corners[:, 1:2]
    raw[0, :, 2:3], raw[0, :, 3:4] = np.log((x2 - x1) / strides), np.log((y2 - y1) / strides)
    raw[..., 4:] = objects
    return raw


def targets(*rows):
    made = np.zeros((1, 4, 5), np.float32)
    for place, row in enumerate(rows):
        made[0, place] = row
    return made


BOX = (16.0, 8.0, 48.0, 56.0)


def test_people_who_are_found_cost_nothing_and_people_who_are_missed_cost(lab):
    loss = lab.DetectionLoss(64, 64)
    here, missed = targets((*BOX, WANTED)), answers_for(loss, BOX, -6.0)
    owner, taken = loss._assigned(
        loss.boxes(missed), np.zeros((1, 84), np.float32), here[..., :4],
        np.array([[1, 0, 0, 0]], np.float32),
    )  # fmt: skip
    answering = np.asarray(taken)[0] > 0
    assert answering.sum() == 10, "as many cells as the best overlaps add up to"
    assert (np.asarray(owner)[0, answering] == 0).all()
    found = missed.copy()
    found[0, answering, 4:] = 6.0
    assert float(loss(here, found)) < 0.1 < 10 < float(loss(here, missed))
    small = answers_for(loss, (16.0, 8.0, 48.0, 32.0), 6.0)
    found[..., :4] = small[..., :4]
    assert float(loss(here, found)) > 1, "a box of half the height costs"


def test_false_alarms_in_an_ignored_region_cost_nothing(lab):
    loss = lab.DetectionLoss(64, 64)
    alarms = answers_for(loss, BOX, 4.0)
    assert float(loss(targets((0, 0, 64, 64, IGNORED)), alarms)) == pytest.approx(0, abs=1e-5)
    assert float(loss(targets(), alarms)) > 100


def test_overlaps_of_boxes_that_can_be_counted(lab):
    one, half, apart = ((0, 0, 10, 10), (0, 0, 10, 5), (20, 0, 30, 10))
    rows = np.array([one, half, apart], np.float32)
    iou, generalised = (np.asarray(v) for v in lab.overlaps(rows[:1], rows))
    assert iou.tolist() == pytest.approx([1, 0.5, 0])
    assert generalised.tolist() == pytest.approx([1, 0.5, -1 / 3], abs=1e-5)


def test_the_fingerprint_is_of_the_recipe_and_not_of_the_place():
    assert CONFIG.fingerprint == replace(CONFIG, data="elsewhere", yolox="x").fingerprint
    assert CONFIG.fingerprint != replace(CONFIG, rate=1e-3).fingerprint


def test_a_config_names_what_is_wrong(tmp_path):
    path = tmp_path / "train.toml"
    path.write_text('data = "a"\nspeed = 3\n')
    with pytest.raises(AnalyzerError, match="unknown setting 'speed'"):
        read_config(path)
    path.write_text('data = "a"\n')
    with pytest.raises(AnalyzerError, match="is missing"):
        read_config(path)


def test_without_pictures_it_says_where_they_should_be(lab, tmp_path):
    config = replace(CONFIG, pictures=str(tmp_path))
    labels = tmp_path / "labels.csv"
    labels.write_text("path,frame,width,height,scene,kind,x,y,w,h\n")
    with pytest.raises(AnalyzerError, match="no such folder"):
        lab.DetectorTraining(replace(config, labels=str(labels)), tmp_path / "run")
