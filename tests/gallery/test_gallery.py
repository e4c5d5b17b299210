"""The gallery: what is used, what is set aside, and why."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from analyzer.config import Settings
from analyzer.detection.protocol import Detector
from analyzer.detection.registry import make_face_detector
from analyzer.errors import GalleryError, UsageError
from analyzer.faces.calibration import calibration_of
from analyzer.faces.embedders import FaceEmbedder, make_face_embedder
from analyzer.gallery.index import PictureDecision, index_path, load_index, save_index
from analyzer.gallery.manage import add_pictures, check_gallery, remove_pictures
from analyzer.gallery.measure import Reader, fingerprint, load_gallery
from analyzer.types import GalleryFace
from tests.places import PORTRAITS


@pytest.fixture(scope="module")
def tools() -> tuple[Detector, FaceEmbedder]:
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
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    first, second = (_of_height(path, 600) for path in PORTRAITS[:2])
    for person in ("alone", "pair", "wall", "broken"):
        (tmp_path / person).mkdir()
    cv2.imwrite(str(tmp_path / "alone" / "a.jpg"), first)
    cv2.imwrite(str(tmp_path / "pair" / "b.jpg"), _beside(first, second))
    noise = np.random.default_rng(0).integers(90, 130, (400, 400, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "wall" / "c.png"), noise)
    (tmp_path / "broken" / "d.jpg").write_bytes(b"\0not a picture")

    faces = _by_person(load_gallery(tmp_path, *tools))

    assert faces["alone"].embedding is not None
    assert faces["alone"].status == "used"
    assert "shows 2 faces" in (faces["pair"].reason or "")
    assert "no face" in (faces["wall"].reason or "")
    assert "not a picture" in (faces["broken"].reason or "")
    assert {p for p, face in faces.items() if face.status == "set aside"} == {
        *("pair", "wall", "broken")
    }


def test_a_small_face_in_the_background_does_not_spoil_a_portrait(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    picture = _beside(_of_height(PORTRAITS[0], 900), _of_height(PORTRAITS[1], 200))
    cv2.imwrite(str(tmp_path / "someone.jpg"), picture)

    (face,) = load_gallery(tmp_path, *tools)

    assert (face.person, face.status) == ("someone", "used")


def test_a_folder_without_a_picture_is_an_error_that_says_what_to_do(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    with pytest.raises(GalleryError, match="one folder per person"):
        load_gallery(tmp_path, *tools)


def test_a_csv_lists_the_same_gallery_as_folders(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    folder = tmp_path / "people"
    add_pictures(folder, "Ann", [PORTRAITS[0]], Reader(*tools))
    table = tmp_path / "people.csv"
    table.write_text(f"person,path\nAnn,people/Ann/{PORTRAITS[0].name}\nBob,none.jpg\n")

    by_folder, by_table = (load_gallery(source, *tools) for source in (folder, table))

    assert np.array_equal(by_folder[0].embedding, by_table[0].embedding)
    assert [(f.person, f.status) for f in by_table] == [("Ann", "used"), ("Bob", "set aside")]
    assert "cannot be read" in (by_table[1].reason or "")
    table.write_text("name,file\nAnn,a.jpg\n")
    with pytest.raises(GalleryError, match="person,path"):
        load_gallery(table, *tools)


def test_pictures_are_copied_in_measured_once_and_never_deleted(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    reader = Reader(*tools)
    (added,) = add_pictures(tmp_path, "Ann", [PORTRAITS[0]], reader)
    assert added.listed.path.read_bytes() == PORTRAITS[0].read_bytes()
    index = load_index(tmp_path)
    assert set(index.readings) == {(added.sha256, reader.key)}
    before = fingerprint(load_gallery(tmp_path, *tools))

    remove_pictures(tmp_path, "Ann", [], "wrong person", reader)
    (face,) = load_gallery(tmp_path, *tools)
    assert (face.status, face.reason) == ("set aside", "wrong person")
    assert face.embedding is None
    assert added.listed.path.is_file()
    assert fingerprint([face]) != before

    add_pictures(tmp_path, "Ann", [PORTRAITS[0]], reader)
    assert fingerprint(load_gallery(tmp_path, *tools)) == before
    assert len(list((tmp_path / "Ann").iterdir())) == 1


def test_a_run_takes_the_measured_embedding_and_writes_nothing(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    reader = Reader(*tools)
    (added,) = add_pictures(tmp_path, "Ann", [PORTRAITS[0]], reader)
    index = load_index(tmp_path)
    stored = index.readings[added.sha256, reader.key]
    assert stored.embedding is not None
    stored.embedding[:] = 7
    save_index(tmp_path, index)
    written = index_path(tmp_path).read_bytes()
    tmp_path.chmod(0o555)
    try:
        (face,) = load_gallery(tmp_path, *tools)
    finally:
        tmp_path.chmod(0o755)
    assert face.embedding is not None
    assert set(face.embedding) == {7}
    assert index_path(tmp_path).read_bytes() == written


def test_a_gallery_that_was_never_indexed_is_left_as_it_is(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    cv2.imwrite(str(tmp_path / "Ann.jpg"), cv2.imread(str(PORTRAITS[0])))
    load_gallery(tmp_path, *tools)
    assert [path.name for path in tmp_path.iterdir()] == ["Ann.jpg"]


def test_check_sets_copies_and_one_face_under_two_names_aside(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    reader, calibration = Reader(*tools), calibration_of("face_recognition")
    add_pictures(tmp_path, "Ann", [PORTRAITS[0]], reader)
    smaller = cv2.resize(cv2.imread(str(PORTRAITS[0])), None, fx=0.7, fy=0.7)
    cv2.imwrite(str(tmp_path / "Ann" / "small.jpg"), smaller)
    add_pictures(tmp_path, "Bob", [PORTRAITS[1]], reader)
    tiny = cv2.resize(cv2.imread(str(PORTRAITS[1])), None, fx=0.1, fy=0.1)
    cv2.imwrite(str(tmp_path / "Bob" / "tiny.png"), tiny)

    told = check_gallery(tmp_path, reader, calibration, write=False)
    assert not load_index(tmp_path).decisions
    done = check_gallery(tmp_path, reader, calibration, write=True)
    aside = {e.listed.path.name: e.aside for e in done.entries if e.aside is not None}
    assert [f.name for f in told.findings] == [f.name for f in done.findings] == ["Ann/small.jpg"]
    assert aside["small.jpg"].startswith("nearly the same picture as Ann/")
    assert set(aside) == {"small.jpg", "tiny.png"}

    add_pictures(tmp_path, "Cid", [PORTRAITS[0]], reader)
    done = check_gallery(tmp_path, reader, calibration, write=True)
    faults = {(f.person, f.kind) for f in done.findings if f.kind != "duplicate"}
    assert faults == {("Ann", "like another person"), ("Cid", "like another person")}
    add_pictures(tmp_path, "Ann", [PORTRAITS[0]], reader)
    done = check_gallery(tmp_path, reader, calibration, write=True)
    used = {e.listed.person for e in done.entries if e.aside is None}
    assert "Ann" in used, "the examiner has looked and says who it is"


def test_what_cannot_be_added_is_refused_with_nothing_copied(
    tmp_path: Path, tools: tuple[Detector, FaceEmbedder]
) -> None:
    reader, table = Reader(*tools), tmp_path / "people.csv"
    table.write_text("person,path\n")
    clip = tmp_path / "clip.mp4"
    clip.touch()
    for source, person, picture, said in (
        (tmp_path / "g", "../Ann", PORTRAITS[0], "cannot be the name of a folder"),
        (tmp_path / "g", "Ann", clip, "not a picture"),
        (table, "Ann", PORTRAITS[0], "add a line"),
    ):
        with pytest.raises(UsageError, match=said):
            add_pictures(source, person, [picture], reader)
    with pytest.raises(GalleryError, match="cannot be read"):
        add_pictures(tmp_path / "g", "Ann", [PORTRAITS[0], tmp_path / "none.jpg"], reader)
    assert not (tmp_path / "g").exists()


def test_a_damaged_index_is_an_error_and_not_forgotten(tmp_path: Path) -> None:
    (tmp_path / "gallery.json").write_text("{}")
    with pytest.raises(GalleryError, match="not a gallery index"):
        load_index(tmp_path)


def test_an_index_comes_back_as_it_was_written(tmp_path: Path) -> None:
    index = load_index(tmp_path)
    index.decisions["Jürgen", "00"] = PictureDecision(False, "check", "why")
    save_index(tmp_path, index)
    assert load_index(tmp_path).decisions == index.decisions
