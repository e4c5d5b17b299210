"""The gallery: what is used, what is set aside, and why."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.config import Settings
from analyzer.errors import GalleryError
from analyzer.faces.detect import FaceDetector, make_face_detector
from analyzer.faces.embed import FaceEmbedder, make_face_embedder
from analyzer.identity.gallery import load_gallery
from analyzer.types import GalleryFace

ROOT = Path(__file__).resolve().parents[2]
PORTRAITS = sorted((ROOT / "samples" / "gallery").rglob("*.jpg"))


@pytest.fixture(scope="module")
def engines() -> tuple[FaceDetector, FaceEmbedder]:
    settings = Settings()
    nothing = lambda name: None  # noqa: E731
    return (
        make_face_detector(settings.faces, nothing),
        make_face_embedder(settings.embedding, nothing),
    )


def _of_height(path: Path, height: int) -> np.ndarray:
    picture = cv2.imread(str(path))
    return cv2.resize(picture, (picture.shape[1] * height // picture.shape[0], height))


def _beside(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    canvas = np.full((left.shape[0], left.shape[1] + right.shape[1], 3), 90, np.uint8)
    canvas[:, : left.shape[1]] = left
    canvas[: right.shape[0], left.shape[1] :] = right
    return canvas


def _by_person(faces: tuple[GalleryFace, ...]) -> dict[str, GalleryFace]:
    return {face.person: face for face in faces}


def test_a_picture_that_is_not_of_one_person_is_set_aside_with_the_reason(
    tmp_path: Path, engines: tuple[FaceDetector, FaceEmbedder]
) -> None:
    first, second = (_of_height(path, 600) for path in PORTRAITS[:2])
    for person in ("alone", "pair", "wall", "broken"):
        (tmp_path / person).mkdir()
    cv2.imwrite(str(tmp_path / "alone" / "a.jpg"), first)
    cv2.imwrite(str(tmp_path / "pair" / "b.jpg"), _beside(first, second))
    noise = np.random.default_rng(0).integers(90, 130, (400, 400, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "wall" / "c.png"), noise)
    (tmp_path / "broken" / "d.jpg").write_text("not a picture")

    faces = _by_person(load_gallery(tmp_path, *engines))

    assert faces["alone"].embedding is not None
    assert faces["alone"].status == "used"
    assert "shows 2 faces" in (faces["pair"].reason or "")
    assert "no face" in (faces["wall"].reason or "")
    assert "not a picture" in (faces["broken"].reason or "")
    assert {p for p, face in faces.items() if face.status == "set aside"} == {
        *("pair", "wall", "broken")
    }


def test_a_small_face_in_the_background_does_not_spoil_a_portrait(
    tmp_path: Path, engines: tuple[FaceDetector, FaceEmbedder]
) -> None:
    picture = _beside(_of_height(PORTRAITS[0], 900), _of_height(PORTRAITS[1], 200))
    cv2.imwrite(str(tmp_path / "someone.jpg"), picture)

    (face,) = load_gallery(tmp_path, *engines)

    assert (face.person, face.status) == ("someone", "used")


def test_a_folder_without_a_picture_is_an_error_that_says_what_to_do(
    tmp_path: Path, engines: tuple[FaceDetector, FaceEmbedder]
) -> None:
    with pytest.raises(GalleryError, match="folder a person"):
        load_gallery(tmp_path, *engines)
