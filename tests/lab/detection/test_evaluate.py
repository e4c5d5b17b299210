"""The judge's figures on two frames of the samples, whose boxes were drawn by eye."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from analyzer.cli.evaluate import evaluate
from analyzer.detection.yolox import PART
from analyzer.errors import AnalyzerError
from analyzer.lab.detection.eye_labels import COLUMNS, read_before, read_labels, read_yolo_folder
from analyzer.lab.detection.sources import part_of_fight
from analyzer.models.locations import shipped_dir
from analyzer.models.registry import installed
from tests.places import SAMPLES

CLIP = "footage/lobby_cam1_20240312_081500.mp4"
ROWS = [
    # Nobody stands there: a person that is missed.
    f"{CLIP},25,640,360,empty lobby,person,500,100,60,120",
    f"{CLIP},250,640,360,lobby,person,232,130,253,230",
    f"{CLIP},250,640,360,lobby,face,326,138,84,104",
    f"{CLIP},250,640,360,lobby,ignore_person,0,0,20,20",
]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    path = tmp_path_factory.mktemp("labels") / "labels.csv"
    path.write_text("\n".join([",".join(COLUMNS), *ROWS]) + "\n")
    return path


def test_a_frame_is_read_with_those_sampled_before_it():
    frames = read_before(SAMPLES / CLIP, 60, 2.0, 5.0)
    assert [round(t, 2) for t, _ in frames] == [round(0.4 + 0.2 * n, 2) for n in range(11)]
    (_, before), (_, last) = frames[-2:]
    assert last.shape == (360, 640, 3) and not np.array_equal(before, last)
    with pytest.raises(AnalyzerError, match="frame 9999 cannot be read"):
        read_before(SAMPLES / CLIP, 9999, 0.0, 5.0)


def test_a_table_of_other_kinds_is_refused(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(",".join(COLUMNS) + "\na.mp4,0,1,1,s,dog,0,0,1,1\n")
    with pytest.raises(AnalyzerError, match="kinds face, ignore_face"):
        read_labels(path, tmp_path)


@pytest.mark.slow
def test_the_command_judges_every_detector_and_draws_its_page(table, tmp_path):
    page = tmp_path / "page.html"
    arguments = ["detector", "--data", str(SAMPLES), "--labels", str(table), "--json"]
    done = CliRunner().invoke(evaluate, [*arguments, "--html", str(page)])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert (result["frames"], result["scenes"]) == (2, 2)
    faces = result["detectors"]["mtcnn"]["face"]
    assert faces["n"] == 1 and faces["recall_at_p90"] == 1.0
    people = result["detectors"]["cctv"]["person"]
    assert (people["n"], people["recall_at_p85"], people["found_at_p85"]) == (2, 0.5, 1)
    assert result["default"]["person"] == "cctv"
    assert set(result["ms"]) == {"320", "640", "960"}
    here = {"centerface"} if installed("centerface") else set()
    assert set(result["ms"]["640"]) == {"cctv", "motion", "mtcnn"} | here
    text = page.read_text()
    assert "data:image/jpeg;base64," in text and "person: 2 boxes" in text
    assert "http" not in text.split("<script")[0]


@pytest.mark.slow
def test_a_folder_of_pictures_with_yolo_labels_judges_people(tmp_path):
    for part in ("images", "labels"):
        (tmp_path / part).mkdir()
    ((_, bgr),) = read_before(SAMPLES / CLIP, 250, 0.0, 5.0)
    cv2.imwrite(str(tmp_path / "images" / "lobby.png"), bgr)
    cv2.imwrite(str(tmp_path / "images" / "nobody.jpg"), np.full((90, 160, 3), 90, np.uint8))
    (tmp_path / "labels" / "lobby.txt").write_text("3 0.56 0.68 0.395 0.639\n")
    arguments = ["detector", "--data", str(SAMPLES), "--yolo", str(tmp_path), "--json"]
    done = CliRunner().invoke(evaluate, arguments)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["detectors"]["cctv"]["person"]["found_at_p85"] == 1
    assert not any("face" in kinds for kinds in result["detectors"].values())
    (tmp_path / "images" / "nobody.jpg").write_bytes(b"no picture")
    with pytest.raises(AnalyzerError, match=r"nobody\.jpg: not a readable picture"):
        read_yolo_folder(tmp_path)
    with pytest.raises(AnalyzerError, match="no pictures in images/"):
        read_yolo_folder(tmp_path / "labels")


def test_the_shipped_boxes_are_of_scenes_never_learnt_from():
    frames = read_labels(shipped_dir() / PART / "eye_labels.csv", Path("data"))
    assert len(frames) >= 150
    for frame in frames:
        parts = frame.path.parts
        if "fights" in parts:
            assert part_of_fight(frame.scene) is None
        else:
            assert parts[1] == "footage" or "Cam2" in parts[-1] or "Subject 2" in parts
