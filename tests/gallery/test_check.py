"""What contradicts what in a gallery: pictures as points, people some way apart."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.faces.calibration import Calibration, RatePoint
from analyzer.gallery.check import UsablePicture, find_faults

MEASURED = Calibration(
    embedder="points",
    verification=0.58,
    same_limit=0.62,
    same_picture=0.18,
    rates=(RatePoint(0.43, 1e-5, 4e-5), RatePoint(0.53, 1e-3, 2e-3), RatePoint(0.6, 1e-2, 2e-2)),
    even=0.6,
    steepness=50,
)
SPREAD = 0.28
"""Pictures of one person lie around 0.28 × √2 = 0.4 apart, people 0.8."""


def pictures(*people: str) -> list[UsablePicture]:
    """Return a picture for each letter of ``label:faces``: its label, and whose face it shows."""
    made = []
    for text in people:
        label, faces = text.split(":")
        for number, face in enumerate(faces):
            vector = np.zeros(400, np.float32)
            vector[ord(face)] = 0.8 / np.sqrt(2)
            vector[130 + len(made)] = SPREAD
            made.append(UsablePicture(f"{label}/{number}{face}.jpg", label, vector, 0.9))
    return made


def faulty(found: list[UsablePicture]) -> set[str]:
    return {fault.name for fault in find_faults(found, MEASURED)}


def test_pictures_that_agree_are_left_alone():
    assert faulty(pictures("A:aaa", "B:bb", "C:c")) == set()


@pytest.mark.parametrize("gallery", [("A:aaa", "B:bbaa"), ("A:a", "B:bbaa"), ("A:aaa", "B:baa")])
def test_two_pictures_under_the_name_of_another_known_person_are_found(gallery):
    found = pictures(*gallery)
    faults = find_faults(found, MEASURED)
    wrong = {p.name for p in found if p.person == "B" and "a." in p.name}
    assert {fault.name for fault in faults} == wrong
    assert {(fault.kind, fault.other) for fault in faults} == {("like another person", "A")}


def test_a_stranger_among_the_pictures_of_a_person_is_found():
    assert faulty(pictures("A:aaaxx", "B:bb")) == {"A/3x.jpg", "A/4x.jpg"}


def test_where_nothing_tells_which_is_right_all_are_set_aside():
    assert faulty(pictures("A:ax", "B:bb")) == {"A/0a.jpg", "A/1x.jpg"}


def test_one_face_under_two_names_is_set_aside_under_both():
    faults = find_faults(pictures("A:aa", "B:a", "C:c"), MEASURED)
    assert {fault.name for fault in faults} == {"A/0a.jpg", "A/1a.jpg", "B/0a.jpg"}
    assert all("one face under two names" in fault.reason for fault in faults)


def test_what_the_examiner_keeps_stays_and_tells_which_is_right():
    found = pictures("A:ax")
    kept = UsablePicture(found[0].name, "A", found[0].embedding, 0.9, kept=True)
    assert faulty([kept, found[1]]) == {"A/1x.jpg"}


def test_nearly_the_same_picture_is_used_once_and_the_better_stays():
    good = pictures("A:a")[0]
    copy = UsablePicture("A/copy.jpg", "A", good.embedding * np.float32(0.95), 0.5)
    (fault,) = find_faults([copy, good, *pictures("B:b")], MEASURED)
    assert (fault.name, fault.kind, fault.other) == ("A/copy.jpg", "duplicate", good.name)
