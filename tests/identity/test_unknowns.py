"""Names of unknown people: by first appearance, and stable under an examiner's decisions."""

import numpy as np

from analyzer.identity.clustering import FaceSet
from analyzer.identity.unknowns import UnknownTrack, name_unknowns
from analyzer.types import Unknown


def track(name: str, place: float, video: str = "v", moments: tuple[int, ...] = ()) -> UnknownTrack:
    """Return a track whose faces lie at ``place`` on a line; seen at ``moments`` of ``video``."""
    faces = FaceSet(np.array([[place, 0.0]]), np.ones(1))
    return UnknownTrack(name, video, faces, frozenset(moments or (hash(name) % 10_000,)))


def names(found: tuple[Unknown, ...]) -> dict[str, tuple[str, ...]]:
    return {unknown.name: unknown.tracks for unknown in found}


THREE = [track("a1", 0, "v1"), track("b1", 9, "v1"), track("a2", 0.1, "v2"), track("c1", 20, "v2")]


def test_numbers_follow_the_first_appearance() -> None:
    assert names(name_unknowns(THREE, 1.0)) == {
        "unknown-1": ("a1", "a2"),
        "unknown-2": ("b1",),
        "unknown-3": ("c1",),
    }


def test_a_merge_keeps_the_least_number_and_renames_nobody_else() -> None:
    found = names(name_unknowns(THREE, 1.0, [[["b1", "a1", "a2"]]]))
    assert found == {"unknown-1": ("a1", "b1", "a2"), "unknown-3": ("c1",)}


def test_a_split_gives_the_part_a_new_number_and_keeps_the_rest() -> None:
    found = names(name_unknowns(THREE, 1.0, [[["a1"], ["a2"]]]))
    assert found == {
        "unknown-1": ("a1",),
        "unknown-2": ("b1",),
        "unknown-3": ("c1",),
        "unknown-4": ("a2",),
    }


def test_the_latest_word_on_a_pair_holds() -> None:
    split, merge = [["a1"], ["a2"]], [["a1", "a2"]]
    assert names(name_unknowns(THREE, 1.0, [split, merge]))["unknown-1"] == ("a1", "a2")
    assert names(name_unknowns(THREE, 1.0, [merge, split]))["unknown-1"] == ("a1",)


def test_a_new_track_joins_the_side_of_a_split_that_it_is_nearer_to() -> None:
    tracks = [track("a1", 0), track("a2", 0.6), track("new", 0.7)]
    split = [["a1"], ["a2"]]
    found = names(name_unknowns(tracks, 1.0, [split]))
    assert set(found.values()) == {("a1",), ("a2", "new")}


def test_who_is_in_view_at_the_same_moment_is_not_one_person() -> None:
    tracks = [
        track("left", 0, "v", (10, 20, 30)),
        track("right", 0.1, "v", (30, 40)),
        track("later", 0.05, "v", (50,)),
        track("elsewhere", 0.02, "w", (30,)),
    ]
    found = name_unknowns(tracks, 1.0)
    apart = {name: unknown.name for unknown in found for name in unknown.tracks}
    assert apart["left"] != apart["right"]
    assert len(found) == 2


def test_an_examiner_may_merge_even_those() -> None:
    tracks = [track("left", 0, "v", (30,)), track("reflection", 0.1, "v", (30,))]
    assert len(name_unknowns(tracks, 1.0)) == 2
    assert len(name_unknowns(tracks, 1.0, [[["left", "reflection"]]])) == 1
