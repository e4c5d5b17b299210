"""`analyzer evaluate identity` on a few real pairs, through the command line."""

import csv
import json
import shutil

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from analyzer.cli.group import cli
from analyzer.errors import AnalyzerError
from tests.places import DATA, needs_data

IDENTITY = DATA / "identity"

pytestmark = needs_data


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Six pairs of one person and six of two; the last of either has a picture without a face."""
    folder = tmp_path_factory.mktemp("few")
    with (IDENTITY / "pairs.csv").open() as file:
        rows = list(csv.DictReader(file))
    rows = [r for r in rows if r["same"] == "1"][:6] + [r for r in rows if r["same"] == "0"][:6]
    for row in rows:
        for side in ("a", "b"):
            person = row[side].rsplit("_", 1)[0]
            (folder / person).mkdir(exist_ok=True)
            shutil.copy(IDENTITY / "lfw" / person / row[side], folder / person)
    for row in (rows[5], rows[11]):
        path = folder / row["b"].rsplit("_", 1)[0] / row["b"]
        cv2.imwrite(str(path), np.full((250, 250, 3), 90, np.uint8))
    table = folder / "pairs.csv"
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, ["a", "b", "same"])
        writer.writeheader()
        writer.writerows(rows)
    return folder, table


@pytest.fixture(scope="module")
def judged(few, tmp_path_factory):
    """The JSON of the command, and the page it wrote."""
    folder, table = few
    page = tmp_path_factory.mktemp("page") / "identity.html"
    arguments = ["evaluate", "identity", "--data", folder, "--pairs", table, "--html", page]
    done = CliRunner().invoke(cli, [*map(str, arguments), "--json"], catch_exceptions=False)
    return json.loads(done.stdout), page.read_text()


def test_the_contract_holds(judged):
    result, _ = judged
    assert result["embedder"] == "face_recognition"
    assert result["n"] == 12
    assert set(result["by_size"]) == {"48", "32", "24", "16"}
    assert {"1e-2", "1e-3"} <= set(result["tmr_at_fmr"])
    low, high = result["ci95"]
    assert low <= result["accuracy"] <= high


def test_a_pair_that_is_not_assessed_counts_as_an_error(judged):
    result, _ = judged
    assert result["not_assessed"] == 2
    assert result["accuracy"] == pytest.approx(result["accuracy_of_assessed"] * 10 / 12)
    assert result["accuracy_of_assessed"] >= 0.9
    assert result["reasons"] == {"no face found": 2}


def test_too_few_pairs_give_no_rate_rather_than_a_wrong_one(judged):
    result, _ = judged
    assert result["pairs_of_two_people"] < 1000
    assert result["tmr_at_fmr"]["1e-3"] is None


def test_small_faces_are_below_the_floor_and_counted(judged):
    result, _ = judged
    assert result["by_size_not_assessed"]["16"] == 12
    assert result["by_size"]["16"] > 0.5


def test_the_page_tells_the_operating_points(judged):
    _, page = judged
    assert "a name is shown" in page
    assert "count as errors" in page
    assert 'src="http' not in page


def test_a_missing_picture_is_named(few):
    folder, table = few
    arguments = ["evaluate", "identity", "--data", str(folder / "none"), "--pairs", str(table)]
    with pytest.raises(AnalyzerError, match="no such folder"):
        CliRunner().invoke(cli, arguments, catch_exceptions=False)
