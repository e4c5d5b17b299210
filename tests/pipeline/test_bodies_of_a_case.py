"""Pictures of bodies in an analysed case: one for every track, kept or left out as asked."""

import hashlib
import shutil

import pytest

import analyzer
from analyzer.commands.derive import DeriveRequest, derive_case
from analyzer.commands.policy import change_policy, under_policy
from analyzer.config import Settings
from analyzer.custody.verify import verify_case
from analyzer.store.case import Case
from tests.pipeline.test_main_job import rows

_UNNAMED = "SELECT count(*) FROM tracks k LEFT JOIN bodies b ON b.id = k.best_body_id"


@pytest.fixture
def case(samples_case, tmp_path):
    """A copy of the analysed samples to work on."""
    return shutil.copytree(samples_case[0], tmp_path / "case")


def test_every_track_has_a_picture_that_lies_where_the_view_says(samples_case):
    case, _ = samples_case
    assert rows(case, f"{_UNNAMED} WHERE b.id IS NULL") == [(0,)]
    looks = rows(case, "SELECT track_id, picture FROM track_looks")
    assert len(looks) == rows(case, "SELECT count(*) FROM tracks")[0][0] > 3
    for _, picture in looks:
        path = case / picture
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem
    with analyzer.open_case(case) as opened:
        for track, _ in looks:
            kept = opened.bodies(track)
            scores = [body.quality for body in kept]
            assert scores == sorted(scores, reverse=True) and scores
            assert max(max(body.bgr().shape[:2]) for body in kept) <= 256


def test_the_best_picture_is_the_best_of_all_tracklets_of_the_track(samples_case):
    better = """
    SELECT count(*) FROM tracks k JOIN bodies best ON best.id = k.best_body_id
    JOIN track_tracklets m ON m.track_id = k.id JOIN bodies b ON b.tracklet_id = m.tracklet_id
    WHERE b.quality > best.quality
    """
    assert rows(samples_case[0], better) == [(0,)]


def test_a_changed_or_missing_picture_of_a_body_is_found(case):
    first, second, *_ = sorted((case / "bodies").rglob("*.jpg"))
    first.write_bytes(first.read_bytes() + b"\0")
    second.unlink()
    found = {problem.name for problem in verify_case(case).problems}
    assert {path.relative_to(case).as_posix() for path in (first, second)} <= found


@pytest.mark.parametrize(
    ("stage", "switches"),
    [
        ("crops", {("faces", "crops"), ("bodies", "crops")}),
        ("looks", {("looks", "enabled")}),
        ("clothing", {("clothing", "enabled")}),
    ],
)
def test_a_policy_switches_off_what_it_forbids_and_nothing_else(tmp_path, stage, switches):
    with Case.open(tmp_path / "case", create=True) as case:
        asked = Settings().with_values("case", forbid=[stage])
        settings, notes = under_policy(case, asked, None)
    before, after = Settings().as_dict(), settings.as_dict()
    changed = {(s, k) for s in before for k in before[s] if before[s][k] != after[s][k]}
    assert changed == switches
    assert notes[0].startswith(f"policy: {stage} is forbidden")


def test_where_clothing_is_forbidden_no_colour_is_told(case):
    told = "SELECT count(*) FROM track_clothing WHERE upper IS NOT NULL OR lower IS NOT NULL"
    assert rows(case, told)[0][0] > 0
    change_policy(case, ["clothing"], [], "Judge", "order 12")
    derive_case(DeriveRequest(case))
    assert rows(case, told) == [(0,)]
    assert rows(case, "SELECT DISTINCT reason FROM track_clothing") == [
        ("colours of clothes were not asked for",)
    ]


def test_heights_follow_the_camera_file_and_are_derived_anew_with_it(case, tmp_path):
    standing = """
    SELECT m.track_id, b.y, b.h FROM bodies b JOIN track_tracklets m USING (tracklet_id)
    WHERE b.reasons = '[]' AND b.h >= 1.7 * b.w ORDER BY b.id LIMIT 1
    """
    ((track, top, high),) = rows(case, standing)
    told = (
        f"SELECT height_m, height_low_m, height_high_m FROM track_looks WHERE track_id = '{track}'"
    )
    assert rows(case, told) == [(None, None, None)], "no scale, no height"

    def derive(metres):
        marks = [[top + by, top + high + by, metres] for by in (-high / 8, high / 8)]
        cameras = tmp_path / "cameras.toml"
        cameras.write_text(f'[[camera]]\nname = "all"\npattern = "*"\nknown_heights = {marks}\n')
        derive_case(DeriveRequest(case, cameras=cameras))
        return rows(case, told)[0]

    height, low, high_end = derive(1.75)
    assert height == pytest.approx(1.75, abs=0.15) and 1.2 < low < height < high_end < 2.3
    assert derive(0.875)[0] == pytest.approx(height / 2, abs=0.01)
    assert verify_case(case).problems == []
