"""Links and groups by appearance: what time, place and names allow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analyzer.identity.look_groups import group_looks
from analyzer.identity.look_links import LookScale, LookTrack, centred, link_tracks, mean_look
from analyzer.identity.whereabouts import MovementRule, Sighting, Whereabouts

RULE = MovementRule()
SCALE = LookScale(threshold=0.9, probability=lambda similarity: (1 + similarity) / 2)
BERLIN, SOUTH = (52.5, 13.4), (52.49, 13.4)  # 1,112 m apart


def track(name: str, angle: float = 0.0, person: str | None = None, **seen: Any) -> LookTrack:
    """Return a track whose look lies at ``angle`` degrees on a circle."""
    known: dict[str, Any] = {"video": name, "camera": name, "t_start": 0.0, "t_end": 10.0}
    known |= {"moments": frozenset({0, 1})} | seen
    look = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))], np.float32)
    return LookTrack(Sighting(id=name, **known), look, person)


def pairs(tracks: list[LookTrack], most: int = 5, rule: MovementRule = RULE) -> set[str]:
    return {link.track_a + link.track_b for link in link_tracks(tracks, SCALE, rule, most)}


def test_similar_tracks_are_linked_once_with_their_evidence() -> None:
    (link,) = link_tracks([track("b", 10), track("a"), track("c", 90)], SCALE, RULE, 5)
    assert (link.track_a, link.track_b) == ("a", "b")
    assert link.similarity == pytest.approx(np.cos(np.radians(10)), abs=1e-6)
    assert link.probability == pytest.approx((1 + link.similarity) / 2)
    assert (link.relation, link.gap_s, link.distance_m) == ("other recording", None, None)


def test_nobody_is_in_view_twice_at_one_moment_of_one_video() -> None:
    video = {"video": "v", "camera": "v"}
    one, other = track("a", **video, moments=frozenset({0, 5})), track("b", **video)
    assert not pairs([one, other])
    beside = track("c", **video, moments=frozenset({7}))
    assert pairs([one, beside]) == {"ac"}, "hidden while somebody like that is seen"


def test_who_comes_back_in_the_same_recording_is_linked_with_the_gap() -> None:
    video = {"video": "v", "camera": "v"}
    gone = track("a", **video)
    back = track("b", **video, t_start=70.0, t_end=80.0, moments=frozenset({9}))
    (link,) = link_tracks([gone, back], SCALE, RULE, 5)
    assert (link.relation, link.gap_s) == ("same recording", 60.0)


@pytest.mark.parametrize(
    ("start", "linked"),
    [(0.0, False), (12.0, False), (120.0, False), (160.0, True), (25 * 3600.0, False)],
)
def test_time_between_two_cameras_must_suffice(start: float, linked: bool) -> None:
    one = track("a", wall_start=1000.0, position=BERLIN)
    other = track("b", wall_start=1000.0 + start, position=SOUTH)
    assert bool(pairs([one, other])) is linked


def test_cameras_without_places_only_exclude_the_same_time() -> None:
    one, later = track("a", wall_start=1000.0), track("b", wall_start=1011.0)
    at_once = track("c", wall_start=1000.0)
    assert pairs([one, later]) == {"ab"}
    assert not pairs([one, at_once])
    shared = track("d", wall_start=1000.0, overlaps=frozenset({"a"}))
    assert pairs([one, shared]) == {"ad"}, "both cameras see the same place"


def test_clocks_with_and_without_a_zone_are_not_compared() -> None:
    one, other = track("a", wall_start=1000.0, zoned=True), track("b", wall_start=1000.0)
    (link,) = link_tracks([one, other], SCALE, RULE, 5)
    assert link.gap_s is None


def test_people_named_otherwise_are_not_linked() -> None:
    assert not pairs([track("a", person="Ann"), track("b", person="Bob")])
    assert pairs([track("a", person="Ann"), track("b")]) == {"ab"}


def test_at_most_so_many_links_of_a_track_the_best_first() -> None:
    tracks = [track("a"), track("b", 1), track("c", 2), track("d", 3)]
    assert pairs(tracks, most=1) == {"ab", "bc", "cd"}
    assert not pairs(tracks, most=0)


def test_distances_between_cameras() -> None:
    where = Whereabouts([track("a", position=BERLIN).sighting, track("b").sighting], RULE)
    both = np.arange(2)
    assert where.metres(both, both)[0, 0] == 0.0
    assert np.isnan(where.metres(both, both)[0, 1])
    far = [track("a", position=BERLIN).sighting, track("b", position=SOUTH).sighting]
    assert Whereabouts(far, RULE).metres(both, both)[0, 1] == pytest.approx(1112, abs=1)


def test_groups_number_by_appearance_and_keep_apart_whom_time_keeps_apart() -> None:
    tracks = [track("a", wall_start=0.0), track("b", 5, wall_start=1.0), track("c", 90)]
    assert [g.tracks for g in group_looks(tracks, SCALE, RULE)] == [("a",), ("b",), ("c",)]
    tracks[1] = track("b", 5, wall_start=60.0)
    groups = group_looks(tracks, SCALE, RULE)
    assert [(g.name, g.tracks) for g in groups] == [("look-1", ("a", "b")), ("look-2", ("c",))]
    assert not any(g.confirmed for g in groups)


def test_an_examiner_merges_splits_and_confirms() -> None:
    tracks = [track("a"), track("b", 5), track("c", 90)]
    merged = group_looks(tracks, SCALE, RULE, [[["a", "c"]]])
    assert {g.name: (g.tracks, g.confirmed) for g in merged} == {
        "look-1": (("a", "c"), True),
        "look-3": (("b",), False),
    }
    split = group_looks(tracks, SCALE, RULE, [[["a"], ["b"]]])
    assert [g.tracks for g in split] == [("a",), ("c",), ("b",)]
    sure = group_looks(tracks, SCALE, RULE, [[["a", "b"]]])
    assert [(g.tracks, g.confirmed) for g in sure] == [(("a", "b"), True), (("c",), False)]


def test_the_mean_look_weighs_by_quality_and_has_unit_length() -> None:
    looks = np.array([[1, 0], [0, 1]], np.float32)
    mean = mean_look(looks, np.array([3.0, 1.0]))
    assert mean == pytest.approx(np.array([3, 1]) / np.sqrt(10), abs=1e-6)


def test_a_camera_whose_people_look_alike_asks_for_more() -> None:
    video = {"video": "v", "camera": "v"}
    crowd = [track(f"c{n:02}", 0.3 * n, **video) for n in range(12)]  # 66 pairs seen together
    back = {**video, "t_start": 60.0, "t_end": 70.0, "moments": frozenset({9})}
    unsure, sure = track("x", 20.0, **back), track("y", 0.0, **back)
    linked = pairs([*crowd, unsure])
    assert not any("x" in pair for pair in linked), "as alike as strangers are here"
    assert "c00x" in pairs([*crowd[:3], unsure]), "three pairs tell nothing"
    assert "c00y" in pairs([*crowd, sure])


def test_what_all_looks_of_a_camera_share_is_taken_off() -> None:
    rng = np.random.default_rng(0)
    shared, own = np.eye(64)[0] * 3, rng.standard_normal((14, 64)) / 8
    video = {"video": "v", "camera": "v"}
    crowd = [with_look(track(f"c{n:02}", **video), shared + own[n]) for n in range(12)]
    back = with_look(track("x", **video, moments=frozenset({9})), shared + own[0] + own[12] / 2)
    lone = with_look(track("y"), shared + own[13])
    before, after = [*crowd, back, lone], centred([*crowd, back, lone])
    strangers = [float(before[i].look @ before[i + 1].look) for i in range(11)]
    assert min(strangers) > 0.85, "strangers look alike on that camera"
    assert max(abs(after[i].look @ after[i + 1].look) for i in range(11)) < 0.5
    assert after[0].look @ after[12].look > 0.75, "who came back is still alike"
    assert all(np.linalg.norm(one.look) == pytest.approx(1, abs=1e-6) for one in after)
    assert after[13] is lone, "another camera, of which nothing is known"
    few = before[:3]
    assert centred(few) == few, "the mean of three people is what they wear"


def with_look(one: LookTrack, look: np.ndarray) -> LookTrack:
    return replace(one, look=(look / np.linalg.norm(look)).astype(np.float32))
