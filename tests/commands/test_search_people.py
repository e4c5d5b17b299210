"""People by look and by clothes over the analysed samples: links, groups, search, route."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyzer.commands.cluster import confirm_look, list_unknowns, merge_unknowns, split_unknown
from analyzer.commands.policy import change_policy
from analyzer.commands.search_people import PeopleRequest, search_people
from analyzer.errors import UsageError
from analyzer.identity.look_links import LookScale
from analyzer.store.case import Case
from analyzer.types import ANYBODY, Description
from tests.pipeline.test_main_job import rows

SCALE = LookScale(threshold=0.9, probability=lambda similarity: (1 + similarity) / 2)


@pytest.fixture
def case(samples_case: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the analysed samples whose looks are made up: every track 20 degrees on."""
    monkeypatch.setattr("analyzer.pipeline.look_people.scale_of", lambda *_: SCALE)
    monkeypatch.setattr("analyzer.pipeline.derive_people.scale_of", lambda *_: SCALE)
    monkeypatch.setattr("analyzer.commands.search_people.scale_of", lambda *_: SCALE)
    folder = Path(shutil.copytree(samples_case[0], tmp_path / "case"))
    with Case.open(folder, create=False) as opened, opened.db.atomic():
        opened.db.execute("UPDATE bodies SET look = NULL, look_model = NULL")
        for step, (track,) in enumerate(tracks_of(folder)):
            angle = np.radians(20 * step)
            look = np.array([np.cos(angle), np.sin(angle)], "<f4").tobytes()
            opened.db.execute(_SET, [look, track])
    compare(folder)
    return folder


_SET = """
UPDATE bodies SET look = ?, look_model = 'made up' WHERE tracklet_id IN
    (SELECT tracklet_id FROM track_tracklets WHERE track_id = ?)
"""


def tracks_of(case: Path) -> list[tuple[str]]:
    return rows(case, "SELECT id FROM tracks ORDER BY id")


def compare(case: Path) -> None:
    """Derive the people of the case again."""
    from analyzer.commands.decisions import derive_after

    with Case.open(case, create=False) as opened:
        derive_after(opened, report=True)


def found(case: Path, **asked: Any) -> Any:
    """Return the answer to a search."""
    given = {"wish": ANYBODY, "body": None, "track": None, "top": 20} | asked
    shown: list[Any] = []
    search_people(case, PeopleRequest(**given), shown.append)
    return shown[0]


def test_links_state_their_evidence_and_keep_to_time(case: Path) -> None:
    links = rows(case, "SELECT track_a, track_b, similarity, relation, gap_s FROM look_links")
    near = {tuple(sorted(pair)) for pair in zip(tracks_of(case), tracks_of(case)[1:], strict=False)}
    assert links
    for a, b, similarity, relation, gap in links:
        assert ((a,), (b,)) in near, "20 degrees apart at most"
        assert similarity == pytest.approx(np.cos(np.radians(20)), abs=1e-5)
        same = a.rpartition(":")[0] == b.rpartition(":")[0]
        assert relation == ("same recording" if same else "other recording")
        assert gap is None or gap >= 0
    together = rows(
        case,
        "SELECT count(*) FROM look_links l JOIN track_observations a ON a.track_id = l.track_a "
        "JOIN track_observations b ON b.track_id = l.track_b AND b.pts = a.pts "
        "WHERE l.relation = 'same recording'",
    )
    assert together == [(0,)], "nobody is in view twice at one moment"


def test_a_track_finds_the_most_similar_tracks_once_each_and_not_itself(case: Path) -> None:
    tracks = [track for (track,) in tracks_of(case)]
    result = found(case, track=tracks[0], top=3)
    assert [f.track_id for f in result.found] == tracks[1:4]
    assert [f.similarity for f in result.found] == pytest.approx(
        [np.cos(np.radians(20 * step)) for step in (1, 2, 3)], abs=1e-5
    )
    assert result.searched == rows(case, "SELECT count(*) FROM bodies WHERE quality > 0")[0][0]
    last = "SELECT detail FROM audit WHERE action = 'search' ORDER BY seq DESC LIMIT 1"
    assert [track for track, _ in json.loads(rows(case, last)[0][0])["shown"]] == tracks[1:4]


def test_a_description_leaves_out_whom_it_does_not_fit(case: Path) -> None:
    with Case.open(case, create=False) as opened, opened.db.atomic():
        opened.db.execute("UPDATE track_clothing SET upper = NULL, lower = NULL")
        track = tracks_of(case)[2][0]
        worn = "SET upper = 'red and white', lower = 'blue' WHERE track_id = ?"
        opened.db.execute(f"UPDATE track_clothing {worn}", [track])
    assert [f.track_id for f in found(case, wish=Description(upper="red")).found] == [track]
    assert [f.track_id for f in found(case, wish=Description(lower="blue")).found] == [track]
    assert not found(case, wish=Description(upper="red", lower="black")).found
    with pytest.raises(UsageError, match="'crimson' is no colour"):
        found(case, wish=Description(upper="crimson"))
    assert not found(case, wish=Description(cameras=("no such camera",))).found
    like = found(case, track=tracks_of(case)[0][0], wish=Description(upper="white"))
    assert [f.track_id for f in like.found] == [track]


def test_the_page_shows_pictures_and_links_into_the_report(case: Path, run: Any) -> None:
    page = case.parent / "found.html"
    track = tracks_of(case)[0][0]
    found(case, track=track, page=page, top=2)
    text = page.read_text("utf-8")
    assert text.count("data:image/jpeg;base64,") == 3
    assert "Similar appearance is a weak lead" in text
    run("search", case, code=2)
    run("search", case, "--by", "look", code=2)


def test_an_examiner_confirms_merges_and_splits_groups(case: Path) -> None:
    tracks = [track for (track,) in tracks_of(case)]
    looks = rows(case, "SELECT track_id, look_group FROM look_group_tracks")
    name = dict(looks)
    apart = [name[tracks[0]], name[tracks[-1]]]
    assert apart[0] != apart[1]
    merge_unknowns(case, apart, "A. Examiner")
    listing = list_unknowns(case)
    merged = next(iter(listing.confirmed))
    assert {tracks[0], tracks[-1]} <= set(listing.looks[merged])
    split_unknown(case, merged, [tracks[-1]], "A. Examiner")
    assert all(tracks[-1] not in group for group in list_unknowns(case).looks.values())
    with pytest.raises(UsageError, match="of unknown persons or of groups"):
        merge_unknowns(case, [apart[0], "unknown-1"], "A. Examiner")
    with pytest.raises(UsageError, match="only groups by appearance"):
        confirm_look(case, "unknown-1", "A. Examiner")


def test_a_route_is_in_order_of_time_with_the_gaps(case: Path, run: Any) -> None:
    answer = json.loads(run("route", case, "Barack Obama", "--json").stdout)
    stops = answer["stops"]
    assert len(stops) >= 2
    assert [s["wall_start"] for s in stops] == sorted(s["wall_start"] for s in stops)
    assert stops[0]["gap_s"] is None
    assert {s["basis"] for s in stops} <= {"candidate", "confirmed", "similar appearance"}
    assert any(s["basis"] == "candidate" for s in stops)
    for stop in stops:
        assert stop["picture"] and (case / stop["picture"]).is_file()
    assert "Barack" not in run("route", case, "Nobody", code=2).stdout


def test_a_policy_against_looks_refuses_the_search(case: Path) -> None:
    change_policy(case, ("looks",), (), "A. Examiner", "not asked for")
    with pytest.raises(UsageError, match="looks"):
        found(case, track=tracks_of(case)[0][0])


def test_looks_that_are_removed_are_found_no_more(case: Path) -> None:
    track = tracks_of(case)[1][0]
    with Case.open(case, create=False) as opened, opened.db.atomic():
        opened.db.execute(_SET.replace("'made up'", "NULL"), [None, track])
    result = found(case, track=tracks_of(case)[0][0])
    assert track not in [f.track_id for f in result.found]
    compare(case)
    linked = rows(case, "SELECT track_a, track_b FROM look_links")
    assert all(track not in pair for pair in linked)
