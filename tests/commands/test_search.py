"""Search over the stored faces of the analysed samples."""

import json
import shutil

import cv2
import numpy as np
import pytest

from analyzer.commands.policy import change_policy
from analyzer.commands.search import SearchRequest, search_case
from analyzer.errors import UsageError
from analyzer.store.case import Case
from tests.jobs import named_track
from tests.pipeline.test_main_job import rows
from tests.places import GALLERY, LOBBY

PORTRAIT = GALLERY / "Barack Obama" / "portrait_2012.jpg"


@pytest.fixture(scope="module")
def case(samples_case, tmp_path_factory):
    """A copy of the analysed samples; the tests here only add to its audit log."""
    return shutil.copytree(samples_case[0], tmp_path_factory.mktemp("search") / "case")


def search(case, photo=None, track=None, top=20, page=None):
    """Return the answer to a search."""
    shown = []
    search_case(case, SearchRequest(photo, track, top, page), shown.append)
    return shown[0]


def vector(blob):
    return np.frombuffer(blob, "<f4").astype(np.float64)


def brute_force(case, probes, weights):
    """Return (face, distance), nearest first, out of the table of faces alone."""
    stored = rows(case, "SELECT id, embedding FROM faces WHERE embedding IS NOT NULL ORDER BY id")
    mean = np.average(probes, axis=0, weights=weights)
    lost = np.linalg.norm(mean) / np.linalg.norm(probes, axis=1).mean()
    template = mean / np.sqrt(lost)
    rest = np.linalg.norm(probes, axis=1).mean() ** 2 - template @ template
    found = [
        (face, float(np.sqrt(max(((vector(b) - template) ** 2).sum() + rest, 0.0))))
        for face, b in stored
    ]
    return sorted(found, key=lambda pair: pair[1])


def test_a_photograph_finds_what_brute_force_finds(case):
    blob = rows(case, "SELECT embedding FROM gallery_faces WHERE person = 'Barack Obama'")[0][0]
    expected = brute_force(case, [vector(blob)], [1.0])
    found = search(case, PORTRAIT, top=500).found
    assert [f.face_id for f in found] == [face for face, _ in expected]
    assert [f.distance for f in found] == pytest.approx([d for _, d in expected], rel=1e-9)
    assert {f.person for f in found[:8]} == {"Barack Obama"}
    assert found[0].wall_time.startswith("2024-03-12T")
    assert [f.rank for f in search(case, PORTRAIT, top=3).found] == [1, 2, 3]


def test_a_track_is_found_elsewhere_and_not_itself(case):
    ((track,),) = rows(case, "SELECT max(track_id) FROM appearances WHERE person = 'unknown-1'")
    own = rows(
        case,
        "SELECT f.id, f.embedding, f.quality FROM faces f JOIN track_tracklets k "
        "ON k.tracklet_id = f.tracklet_id WHERE k.track_id = ? AND f.embedding IS NOT NULL",
        track,
    )
    expected = brute_force(case, [vector(b) for _, b, _ in own], [q for *_, q in own])
    itself = {face for face, *_ in own}
    found = search(case, track=track, top=500).found
    assert [f.face_id for f in found] == [face for face, _ in expected if face not in itself]
    assert found[0].person == "unknown-1"
    assert found[0].track_id != track


def test_every_search_is_in_the_audit_log_with_what_was_shown(case):
    result = search(case, PORTRAIT, top=2)
    last = "SELECT detail FROM audit WHERE action = 'search' ORDER BY seq DESC LIMIT 1"
    detail = json.loads(rows(case, last)[0][0])
    assert detail["photo_sha256"] == result.photo_sha256
    assert [face for face, _ in detail["shown"]] == [f.face_id for f in result.found]


def test_a_picture_without_exactly_one_face_is_refused(case, tmp_path):
    portrait = cv2.imread(str(PORTRAIT))
    cv2.imwrite(str(tmp_path / "two.png"), np.hstack([portrait, portrait]))
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((300, 300, 3), 120, np.uint8))
    (tmp_path / "text.jpg").write_text("no picture")
    for name, said in (
        ("two.png", "shows 2 faces"), ("wall.png", "no face found"), ("text.jpg", "not a picture"),
        ("gone.jpg", "cannot be read"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=said):
            search(case, tmp_path / name)


def test_the_page_holds_its_pictures_and_needs_nothing_else(case, run, tmp_path):
    page = tmp_path / "found.html"
    done = run("search", case, PORTRAIT, "--top", "4", "--json", "--html", page)
    result = json.loads(done.stdout)
    assert [f["rank"] for f in result["found"]] == [1, 2, 3, 4]
    assert all(f["within_threshold"] for f in result["found"])
    text = page.read_text()
    assert text.count('alt="Face ') == text.count('alt="Body beside face ') == 4
    assert text.count("data:image/jpeg;base64,") == 9
    assert "http:" not in text and "https:" not in text
    assert "wall clock" in text
    track = named_track(case, LOBBY.name, "Barack Obama")
    table = run("search", case, "--track", track, "--top", "3")
    assert "corridor_cam2_20240312_081630.mp4:T" in table.stdout
    run("search", case, code=2)


def test_embeddings_that_are_removed_are_found_no_more(case, tmp_path):
    case = shutil.copytree(case, tmp_path / "case")
    nearest = search(case, PORTRAIT, top=1).found[0].face_id
    with Case.open(case, create=False) as opened, opened.db.atomic():
        opened.db.execute("UPDATE faces SET embedding = NULL WHERE id = ?", [nearest])
    assert nearest not in {f.face_id for f in search(case, PORTRAIT, top=500).found}
    with Case.open(case, create=False) as opened, opened.db.atomic():
        opened.db.execute("UPDATE faces SET embedding = NULL")
        assert opened.db.table("face_packs").count_where("faces > 0") == 0
    with pytest.raises(UsageError, match="no faces that can be compared"):
        search(case, PORTRAIT)


def test_a_policy_against_comparing_forbids_searching(case, tmp_path):
    case = shutil.copytree(case, tmp_path / "case")
    change_policy(case, ["identify"], [], "Judge", None)
    with pytest.raises(UsageError, match="forbids identify"):
        search(case, PORTRAIT)
