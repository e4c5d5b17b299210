"""Route of a person over the cameras: order, gaps, evidence, plan."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from analyzer.report.model import CaseView
from analyzer.report.people import people
from analyzer.report.plan import draw_plan, metres
from analyzer.report.route import Stop, stops_of
from analyzer.video.cameras import Camera
from tests.report.hands import open_page, problems, script, text, wait_for
from tests.report.reading import build_report, load_case
from tests.report.report_case import ANNA, HALL, make_route_case


@pytest.fixture(scope="module")
def route_case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_route_case(tmp_path_factory.mktemp("case") / "route")


@pytest.fixture(scope="module")
def route_report(route_case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_report(route_case, tmp_path_factory.mktemp("out") / "route").parent


def stops(case: CaseView, name: str) -> list[Stop]:
    (row,) = (row for row in people(case) if row.name == name)
    return stops_of(row, case)


def test_appearances_stand_in_order_with_the_time_and_the_way_between(route_case: Path) -> None:
    found = stops(load_case(route_case), "look-1")
    assert [stop.video.place for stop in found] == ["Gate", "Hall <b>", "Court"]
    # In view until 12:00:30, then from 12:04:10 to 12:04:30, then from 12:10:10.
    assert [stop.between for stop in found] == [
        (),
        ("3 min 40 s later",),
        ("5 min 40 s later",),
    ]
    # 77.8 m north and 74.4 m east.
    (_, court) = stops(load_case(route_case), ANNA)
    assert court.between == ("9 min 30 s later", "108 m away")


def test_a_face_and_a_similar_appearance_are_told_apart(route_case: Path) -> None:
    case = load_case(route_case)
    assert [stop.evidence for stop in stops(case, ANNA)] == ["face at distance 0.410"] * 2
    assert [stop.evidence for stop in stops(case, "look-1")] == [
        "similar appearance, 0.81",
        "similar appearance, 0.81 to the one before",
        "similar appearance, 0.81 to the one before",
    ]
    (row,) = (row for row in people(case) if row.alike)
    assert row.status == "similar appearance" and "weaker than a face" in row.standing
    agreed = replace(case, look_groups={"look-1": True})
    assert "an examiner took it for one person" in people(agreed)[-1].standing


def test_tracks_like_those_of_a_person_join_the_route_and_are_marked(route_case: Path) -> None:
    case = load_case(route_case)
    # Anna's track at the gate is put into look-1 beside the three without a face.
    grouped = [
        replace(v, tracks=tuple(replace(t, look_group="look-1") for t in v.tracks))
        if v.place == "Gate" else v
        for v in case.videos
    ]  # fmt: skip
    found = stops(replace(case, videos=tuple(grouped)), ANNA)
    assert [(stop.video.place, stop.track.name, stop.alike) for stop in found] == [
        ("Gate", "T1", True),
        ("Gate", "T2", False),
        ("Hall <b>", "T1", True),
        ("Court", "T1", True),
        ("Court", "T2", False),
    ]
    assert [stop.evidence for stop in found if not stop.alike] == ["face at distance 0.410"] * 2


def test_without_a_clock_nothing_is_said_of_the_time_between(route_case: Path) -> None:
    case = load_case(route_case)
    videos = [replace(v, clocks=()) if v.sha256 == HALL else v for v in case.videos]
    found = stops(replace(case, videos=tuple(videos)), "look-1")
    assert found[-1].video.sha256 == HALL
    assert found[-1].between == ("time between unknown",)


def test_distances_are_those_of_the_sphere() -> None:
    # One thousandth of a degree of latitude is 111.2 m; at 60° a degree of longitude is half.
    here = Camera("a", "a", latitude=60.0, longitude=10.0)
    north = Camera("b", "b", latitude=60.001, longitude=10.0)
    east = Camera("c", "c", latitude=60.0, longitude=10.001)
    assert metres(here, north) == pytest.approx(111.2, abs=0.1)
    assert metres(here, east) == pytest.approx(55.6, abs=0.1)
    assert metres(here, Camera("d", "d")) is None


def test_a_plan_shows_cameras_with_a_position_and_the_way(route_case: Path) -> None:
    case = load_case(route_case)
    plan = draw_plan(case, [stop.video for stop in stops(case, "look-1")])
    assert plan is not None
    assert plan.count("<line") == 1, "from the gate to the court; where the hall is nobody knows"
    assert plan.count('class="visited"') == 2 and "Hall" not in plan
    dots = [(float(x), float(y)) for x, y in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', plan)]
    (court, gate_at), bar = dots, float(re.findall(r"M12 \d+V\d+H([\d.]+)v", plan)[0]) - 12
    assert court[1] < gate_at[1], "north is up"
    drawn = math.dist(court, gate_at)
    assert "50 m</text>" in plan
    assert drawn / bar * 50 == pytest.approx(107.7, abs=0.5), "the bar is as long as it says"
    gate = [video for video in case.videos if video.place == "Gate"]
    assert draw_plan(case, gate * 3) is None, "one camera is no route"


def test_the_page_of_a_group_shows_its_route(browser: Any, route_report: Path) -> None:
    open_page(browser, (route_report / "index.html").as_uri() + "#people&kind=similar appearance")
    wait_for(browser, "document.body.dataset.people")
    assert script(browser, "document.querySelectorAll('#people-list tr').length") == 1
    browser.execute_script("document.querySelector('#people-list b').click()")
    wait_for(browser, "document.querySelector('.route')")
    words = text(browser, "#route")
    assert "weaker lead than a face" in words and "Hall <b>" in words
    assert "red upper, blue lower" in words
    assert script(browser, "document.querySelectorAll('.route .stop img').length") == 3
    assert script(browser, "document.querySelectorAll('.seen.alike').length") == 3
    assert problems(browser) == []
