"""A training learns, stops, goes on where it stood, and is exported to what is served."""

from dataclasses import replace

import cv2
import numpy as np
import pandas as pd
import pytest

from analyzer.detection.joint_network import JointNetwork
from analyzer.errors import AnalyzerError
from analyzer.lab import checkpoint
from analyzer.lab.detection.config import DetectorConfig, read_config
from analyzer.lab.detection.pictures import load_cache

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def training():
    """The class, whose import loads tensorflow: not at collection, where `test-fast` would wait."""
    from analyzer.lab.detection.train import DetectorTraining

    return DetectorTraining


POINTS = [f"{axis}{number}" for number in range(5) for axis in "xy"]


def make_toy_cache(folder):
    """Light people on dark ground, with a lighter face: anyone can tell them."""
    rng = np.random.default_rng(3)
    (folder / "pictures").mkdir(parents=True)
    pictures, boxes = [], []
    for number in range(12):
        bgr = rng.integers(20, 60, (180, 320, 3), np.uint8)
        x, y = int(rng.integers(20, 240)), int(rng.integers(10, 60))
        bgr[y : y + 90, x : x + 36] = 150
        bgr[y + 4 : y + 22, x + 10 : x + 26] = 240
        cv2.imwrite(str(folder / "pictures" / f"{number:05d}.jpg"), bgr)
        part = "learn" if number < 9 else "watch"
        pictures.append((number, "toy", number, f"scene{number}", part, 320, 180))
        sure = (0.9, 3.0, 4)
        boxes.append((number, "person", x, y, 36, 90, *sure, *[np.nan] * 10))
        boxes.append((number, "face", x + 10, y + 4, 16, 18, *sure, *[x + 18, y + 13] * 5))
    columns = ["picture", "path", "frame", "scene", "part", "width", "height"]
    pd.DataFrame(pictures, columns=columns).to_csv(folder / "pictures.csv", index=False)
    columns = ["picture", "kind", "x", "y", "w", "h", "best", "total", "votes", *POINTS]
    pd.DataFrame(boxes, columns=columns).to_csv(folder / "boxes.csv", index=False)


CONFIG = DetectorConfig(
    data="unused", teachers="unused", height=64, width=96, batch=4, steps=16, watch_every=8,
    rate=5e-3, ema=0.9, options={"widths": [8, 8, 8, 8], "blocks": [1, 1, 1], "neck": 8},
)  # fmt: skip


class StopError(Exception):
    pass


@pytest.fixture(scope="module")
def run(training, tmp_path_factory):
    """A training stopped after its first stretch and taken up again."""
    folder = tmp_path_factory.mktemp("run")
    make_toy_cache(folder / "cache")

    def stop(row):
        raise StopError

    with pytest.raises(StopError):
        training(CONFIG, folder).run(stop)
    rows = []
    training(CONFIG, folder).run(rows.append)
    assert [row["steps"] for row in rows] == [16]
    return folder


def test_it_learns_and_keeps_its_curves(run):
    history = checkpoint.load_progress(run / "progress.json").history
    assert [row["steps"] for row in history] == [8, 16]
    assert history[1]["loss"] < 0.95 * history[0]["loss"]
    assert (run / "curves.png").is_file()


def test_the_exported_folder_is_what_is_served(run, tmp_path):
    from analyzer.lab.detection.export import export

    about = export(CONFIG, run, tmp_path / "model", "toy")
    network = JointNetwork.load(tmp_path / "model")
    assert network.fingerprint == f"toy-{about['files']['network']['sha256'][:12]}"
    picture = load_cache(run / "cache")[0].bgr
    found = network.look(picture)
    assert all(0.02 <= d.score <= 1 and d.kind in ("person", "face") for d in found)
    assert all(d.box.x2 <= 320 and d.box.y2 <= 180 for d in found)
    assert all((d.landmarks is not None) == (d.kind == "face") for d in found)


def test_the_fingerprint_is_of_the_recipe_and_not_of_the_place():
    assert CONFIG.fingerprint == replace(CONFIG, data="elsewhere", workers=9).fingerprint
    assert CONFIG.fingerprint != replace(CONFIG, rate=1e-3).fingerprint


def test_a_config_names_what_is_wrong(tmp_path):
    path = tmp_path / "train.toml"
    path.write_text('data = "a"\nteachers = "b"\nspeed = 3\n')
    with pytest.raises(AnalyzerError, match="unknown setting 'speed'"):
        read_config(path)
    path.write_text('data = "a"\n')
    with pytest.raises(AnalyzerError, match="'teachers' is missing"):
        read_config(path)
    path.write_text('data = "a"\nteachers = "b"\nsteps = 3\n')
    assert read_config(path) == DetectorConfig(data="a", teachers="b", steps=3)


def test_without_pictures_it_says_where_they_should_be(training, tmp_path):
    with pytest.raises(AnalyzerError, match=r"labels\.csv: no such table of clips"):
        training(replace(CONFIG, data=str(tmp_path)), tmp_path / "run")
