"""Ranking of known persons for one track."""

import numpy as np
import pytest

from analyzer.identity.candidates import Decision, TrackFace, rank_candidates
from analyzer.types import GalleryFace

DECISION = Decision(threshold=0.5, min_margin=0.05, keep=3, probability=lambda d: 1 - d)


def face(*values: float, weight: float = 1.0, name: str = "f") -> TrackFace:
    return TrackFace(name, weight, np.array(values, np.float32))


def known(person: str, *values: float, sha: str = "") -> GalleryFace:
    return GalleryFace(
        person, f"{person}.jpg", sha or person, "used", embedding=np.array(values, np.float32)
    )


def test_nearest_picture_of_a_person_counts_and_margin_is_to_the_next_person():
    gallery = [known("A", 3.0, 0, sha="far"), known("A", 0.3, 0, sha="near"), known("B", 0, 1.0)]
    first, second = rank_candidates("t", [face(0, 0)], gallery, DECISION)
    assert (first.person, first.gallery_sha256, first.accepted) == ("A", "near", True)
    assert first.distance == pytest.approx(0.3)
    assert first.margin == pytest.approx(0.7)
    assert (second.person, second.rank, second.accepted) == ("B", 2, False)


def test_distance_is_the_mean_of_distances_not_the_distance_of_the_mean():
    # Two faces on either side of the picture: their mean would lie on it, at distance 0.
    (only,) = rank_candidates("t", [face(1, 0), face(-1, 0)], [known("A", 0, 0)], DECISION)
    assert only.distance == pytest.approx(1.0)
    assert only.margin == float("inf")
    assert not only.accepted


def test_better_faces_weigh_more():
    faces = [face(0.2, 0, weight=3.0, name="good"), face(1.0, 0, weight=1.0, name="bad")]
    (only,) = rank_candidates("t", faces, [known("A", 0, 0)], DECISION)
    assert only.distance == pytest.approx(0.4)
    assert only.face_id == "good"


def test_two_near_persons_are_ambiguous_and_nobody_is_named():
    gallery = [known("A", 0.30, 0), known("B", 0.32, 0)]
    ranked = rank_candidates("t", [face(0, 0)], gallery, DECISION)
    assert [c.person for c in ranked] == ["A", "B"]
    assert not any(c.accepted for c in ranked)


def test_beyond_the_threshold_nobody_is_named():
    (only,) = rank_candidates("t", [face(0, 0)], [known("A", 0.51, 0)], DECISION)
    assert not only.accepted


def test_pictures_without_embedding_and_empty_tracks_give_no_candidates():
    aside = GalleryFace("A", "a.jpg", "a", "set aside", "no face found")
    assert rank_candidates("t", [face(0, 0)], [aside], DECISION) == ()
    assert rank_candidates("t", [], [known("A", 0, 0)], DECISION) == ()


def test_ties_are_broken_by_the_order_of_the_gallery():
    gallery = [known("B", 0.3, 0), known("A", 0.3, 0)]
    assert [c.person for c in rank_candidates("t", [face(0, 0)], gallery, DECISION)] == ["B", "A"]


def test_a_track_of_two_people_names_nobody_and_says_why():
    faces = [face(0, 0, name="a"), face(0.1, 0, name="b"), face(0, 2.0, name="other")]
    decision = Decision(2.0, 0.0, 3, None, same_limit=0.6)
    (only,) = rank_candidates("t", faces, [known("A", 0, 0)], decision)
    assert not only.accepted
    assert "may show two people" in (only.reason or "")
    poor = [*faces[:2], face(0, 2.0, weight=0.05)]
    (only,) = rank_candidates("t", poor, [known("A", 0, 0)], decision)
    assert only.accepted, "a face too poor to say anything speaks against nobody"


def test_the_reason_names_the_rival_or_the_threshold():
    gallery = [known("A", 0.30, 0), known("B", 0.32, 0)]
    first, second = rank_candidates("t", [face(0, 0)], gallery, DECISION)
    assert first.reason == "only 0.020 nearer than B; 0.050 is asked for"
    assert second.reason is None
    (far,) = rank_candidates("t", [face(0, 0)], [known("A", 0.7, 0)], DECISION)
    assert far.reason == "distance 0.700 is over the threshold 0.500"


def test_template_and_nearest_picture_are_told_beside_the_mean():
    faces = [face(3, 4), face(4, 3)]
    (only,) = rank_candidates("t", faces, [known("A", 3, 4), known("A", 4, 3)], DECISION)
    assert only.template_distance == pytest.approx(0, abs=1e-6)
    assert only.nearest_distance == 0
    assert only.distance == pytest.approx(np.sqrt(2) / 2)
