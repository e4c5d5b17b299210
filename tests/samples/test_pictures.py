"""The gallery is usable as it stands, and the pictures are small and carry no metadata."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

GALLERY = ("Barack Obama", "Eileen Collins")


def test_the_gallery_has_two_persons_with_one_picture_each(samples: Path) -> None:
    people = sorted(path.name for path in (samples / "gallery").iterdir())
    assert people == list(GALLERY)
    assert [len(list((samples / "gallery" / name).iterdir())) for name in people] == [1, 1]


@pytest.mark.parametrize("person", GALLERY)
def test_a_gallery_picture_has_exactly_one_face(samples: Path, person: str) -> None:
    import face_recognition

    (path,) = (samples / "gallery" / person).glob("*.jpg")
    picture = face_recognition.load_image_file(str(path))
    assert len(face_recognition.face_locations(picture)) == 1


def test_pictures_are_small_and_bare(samples: Path) -> None:
    pictures = [*samples.glob("sources/*"), *samples.glob("gallery/*/*")]
    assert len(pictures) == 4
    for path in pictures:
        assert path.stat().st_size <= 100_000
        assert b"Exif" not in path.read_bytes()[:4096]


def test_the_footage_shows_another_photograph_than_the_gallery(samples: Path) -> None:
    shown = cv2.imread(str(samples / "sources" / "barack_obama_blue_room.jpg"))
    enrolled = cv2.imread(str(samples / "gallery" / "Barack Obama" / "portrait_2012.jpg"))
    assert shown is not None
    assert enrolled is not None
    best = 0.0
    for size in range(120, 260, 10):
        head = cv2.resize(enrolled[40:260, 30:250], (size, size), interpolation=cv2.INTER_AREA)
        scores = cv2.matchTemplate(shown, head, cv2.TM_CCOEFF_NORMED)
        best = max(best, float(np.max(scores)))
    # Measured: 0.39 for this pair, 0.99 for another copy of the gallery's own photograph.
    assert best < 0.8


def test_every_file_is_named_in_the_readme(samples: Path) -> None:
    text = (samples / "README.md").read_text(encoding="utf-8")
    for path in [
        *samples.glob("sources/*"),
        *samples.glob("gallery/*/*"),
        *samples.glob("footage/*"),
    ]:
        assert path.name in text
