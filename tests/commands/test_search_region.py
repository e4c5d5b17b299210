"""Changes in a part of the picture, on samples in which people walk and nothing else moves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
import pytest

from analyzer.custody.verify import verify_case
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.video.motion_grid import unpack_cells
from tests.jobs import analyzer
from tests.places import CORRIDOR


@pytest.fixture(scope="module")
def case(small_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("region") / "case"
    shutil.copytree(small_case, copy)
    return copy


def searched(case: Path, region: str, *options: object) -> dict:
    return json.loads(analyzer("search", case, "--region", region, "--json", *options).stdout)


def test_rows_lie_in_their_segment_and_are_sealed(case: Path) -> None:
    with CaseReader(case) as reader:
        segments = {row["id"]: row for row in reader.rows("segments")}
        rows = list(reader.rows("motion"))
    assert rows and {row["segment_id"] for row in rows} <= segments.keys()
    for row in rows:
        own = segments[row["segment_id"]]
        assert own["start_pts"] <= row["start_pts"] <= row["end_pts"] < own["end_pts"]
        assert int(row["t_start"]) == row["second"] == int(row["t_end"])
        assert unpack_cells(row["cells"], own["motion_rows"], own["motion_columns"]).any()
    assert verify_case(case).ok


def test_a_changed_row_of_motion_is_named(case: Path, tmp_path: Path) -> None:
    copy = tmp_path / "case"
    shutil.copytree(case, copy)
    with Case.open(copy, create=False) as opened:
        key = next(opened.db.query("SELECT segment_id, second FROM motion LIMIT 1"))
        opened.db.execute(
            "UPDATE motion SET t_end = t_end + 1 WHERE segment_id = ? AND second = ?",
            list(key.values()),
        )
        opened.db.conn.commit()
    problems = [str(problem) for problem in verify_case(copy).problems]
    assert any(f"segment_id {key['segment_id']}, second {key['second']}" in p for p in problems)


def test_changes_are_where_people_are_and_name_them(case: Path) -> None:
    with CaseReader(case) as reader:
        video = next(
            row["sha256"] for row in reader.rows("files") if row["path"].endswith(CORRIDOR.name)
        )
        boxes = list(reader.rows("track_boxes", "video_sha256 = ? AND kind = 'body'", [video]))
        (facts,) = reader.rows("videos", "sha256 = ?", [video])
    whole = searched(case, f"0,0,{facts['width']},{facts['height']}", "--video", CORRIDOR.name)
    assert whole["videos"] == 1 and whole["changes"]
    inside = [
        any(c["t_start"] - 1 <= box["t"] <= c["t_end"] + 1 for c in whole["changes"])
        for box in boxes
        if box["seen"] == "detected"
    ]
    assert np.mean(inside) > 0.9
    numbers = {box["track_id"].rpartition(":")[2] for box in boxes}
    named = {who.split()[0] for c in whole["changes"] for who in c["people"]}
    assert named and named <= numbers
    box = max(boxes, key=lambda box: box["w"] * box["h"])
    where = ",".join(f"{box[side]:.0f}" for side in "xywh")
    there = searched(case, where, "--video", CORRIDOR.name)
    assert any(c["t_start"] - 2 <= box["t"] <= c["t_end"] + 2 for c in there["changes"])


def test_a_page_has_stills_that_link_to_the_moment_and_clips_are_cut(
    case: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    found = searched(case, "0,0,9999,9999", "--top", 2, "--html", page, "--clips")
    assert len(found["changes"]) == 2 <= found["found"]
    text = page.read_text("utf-8")
    assert text.count('src="data:image/jpeg;base64,') == 2
    for change in found["changes"]:
        assert f"#t={change['t_peak']}" in text
        assert Path(change["clip"]).is_file() and Path(change["clip"]).parent == case / "clips"
    links = [part.split('"')[0] for part in text.split('<a href="')[1:]]
    assert links and all(Path(urlparse(link.replace("%20", " ")).path).is_file() for link in links)
    assert verify_case(case).ok


def test_what_is_not_there_is_said(case: Path) -> None:
    done = analyzer("search", case, "--region", "0,0,10,10", "--least", 100)
    assert done.stdout == "nothing changed there\n"
    assert (
        "outside the picture" in analyzer("search", case, "--region", "9000,0,10,10", code=2).stderr
    )
    assert "give a region as x,y,w,h" in analyzer("search", case, "--region", "a", code=2).stderr
    both = analyzer("search", case, "--region", "0,0,1,1", "--upper", "red", code=2)
    assert "--region goes with" in both.stderr
    done = analyzer("search", case, "--region", "0,0,90,90", "--camera", "no such")
    assert "no analysed recording is of this camera" in done.stderr
