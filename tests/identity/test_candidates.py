"""Ranking of known persons for one track: faces are points on a circle, by their angle."""

import numpy as np
import pytest

from analyzer.identity.candidates import OperatingPoint, TrackFace, rank_candidates
from analyzer.types import GalleryFace

POINT = OperatingPoint(threshold=0.5, min_margin=0.05, keep=3, probability=lambda d: 1 - d)


def at(degrees: float) -> np.ndarray:
    """Return the point of the unit circle at ``degrees``."""
    angle = np.radians(degrees)
    return np.array([np.cos(angle), np.sin(angle)], np.float32)


def chord(degrees: float) -> float:
    """Return the distance of two points of the circle ``degrees`` apart."""
    return 2 * np.sin(np.radians(degrees) / 2)


def face(degrees: float, weight: float = 1.0, name: str = "f") -> TrackFace:
    return TrackFace(name, weight, at(degrees))


def known(person: str, degrees: float, sha: str = "") -> GalleryFace:
    return GalleryFace(person, f"{person}.jpg", sha or person, "used", embedding=at(degrees))


def test_nearest_picture_of_a_person_counts_and_margin_is_to_the_next_person():
    gallery = [known("A", 90, sha="far"), known("A", 20, sha="near"), known("B", 60)]
    first, second = rank_candidates("t", [face(0)], gallery, POINT)
    assert (first.person, first.gallery_sha256, first.accepted) == ("A", "near", True)
    assert first.distance == pytest.approx(chord(20))
    assert first.margin == pytest.approx(chord(60) - chord(20))
    assert (second.person, second.rank, second.accepted) == ("B", 2, False)


def test_the_template_lies_between_the_mean_of_distances_and_the_mean_face():
    faces = [face(40, name="a"), face(-40, name="b")]
    (only,) = rank_candidates("t", faces, [known("A", 0)], POINT)
    assert only.template_distance == pytest.approx(0, abs=1e-6)
    assert 0 < only.distance < chord(40)
    assert only.nearest_distance == pytest.approx(chord(40))
    assert only.margin is None


def test_faces_that_are_alike_are_as_far_as_one_of_them():
    (one,) = rank_candidates("t", [face(0)], [known("A", 33)], POINT)
    (many,) = rank_candidates("t", [face(0)] * 4, [known("A", 33)], POINT)
    assert many.distance == pytest.approx(one.distance) == pytest.approx(chord(33))


def test_better_faces_weigh_more():
    faces = [face(10, weight=3.0, name="good"), face(60, weight=1.0, name="bad")]
    gallery = [known("A", 0)]
    (only,) = rank_candidates("t", faces, gallery, POINT)
    (even,) = rank_candidates("t", [face(10), face(60)], gallery, POINT)
    assert only.distance < even.distance
    assert only.face_id == "good"


def test_two_near_persons_are_ambiguous_and_nobody_is_named():
    gallery = [known("A", 17), known("B", -18)]
    first, second = rank_candidates("t", [face(0)], gallery, POINT)
    assert [first.person, second.person] == ["A", "B"]
    assert not first.accepted
    assert first.reason == "only 0.017 nearer than B; 0.050 is asked for"
    assert second.reason is None


def test_beyond_the_threshold_nobody_is_named():
    (only,) = rank_candidates("t", [face(0)], [known("A", 40)], POINT)
    assert not only.accepted
    assert only.reason == "distance 0.684 is over the threshold 0.500"


def test_a_track_of_two_people_names_nobody_and_says_why():
    faces = [face(0, name="a"), face(5, name="b"), face(80, weight=0.3, name="other")]
    point = OperatingPoint(1.5, 0.0, 3, None, same_limit=0.6)
    (only,) = rank_candidates("t", faces, [known("A", 0)], point)
    assert not only.accepted
    assert "may show two people" in (only.reason or "")
    poor = [*faces[:2], face(80, weight=0.05)]
    (only,) = rank_candidates("t", poor, [known("A", 0)], point)
    assert only.accepted, "a face too poor to say anything speaks against nobody"


def test_pictures_without_embedding_and_empty_tracks_give_no_candidates():
    aside = GalleryFace("A", "a.jpg", "a", "set aside", "no face found")
    assert rank_candidates("t", [face(0)], [aside], POINT) == ()
    assert rank_candidates("t", [], [known("A", 0)], POINT) == ()


def test_ties_are_broken_by_the_order_of_the_gallery():
    gallery = [known("B", 20), known("A", 20)]
    assert [c.person for c in rank_candidates("t", [face(0)], gallery, POINT)] == ["B", "A"]
