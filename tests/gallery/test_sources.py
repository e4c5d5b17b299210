"""What a gallery lists: by content, under names as filed, without what a NAS or a system made."""

import os
import unicodedata

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from analyzer.config import Settings
from analyzer.detection.registry import make_face_detector
from analyzer.errors import GalleryError, UsageError
from analyzer.faces.embedders import make_face_embedder
from analyzer.gallery.manage import add_pictures, remove_pictures
from analyzer.gallery.measure import Reader, load_gallery
from analyzer.gallery.sources import list_gallery
from analyzer.video.pictures import decode_picture
from tests.places import PORTRAITS

NAME = "José Müller"
NFD = unicodedata.normalize("NFD", NAME)


@pytest.fixture(scope="module")
def portrait():
    """A small picture with a face, as Pillow has it."""
    return ImageOps.exif_transpose(Image.open(PORTRAITS[0]).convert("RGB")).resize((300, 375))


@pytest.fixture(scope="module")
def tools():
    settings, nothing = Settings(), lambda name: None
    return (
        make_face_detector(settings.faces, nothing),
        make_face_embedder(settings.embedding, nothing),
    )


def write(path, data=b"\xff\xd8\xff\xe0 a picture?"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def people(source):
    return sorted({each.person for each in list_gallery(source).pictures})


@pytest.mark.parametrize(
    "folder", ["@eaDir", "#recycle", "$RECYCLE.BIN", "__MACOSX", ".@__thumb", ".Trash-1000"]
)
def test_folders_of_a_nas_are_nobody_and_are_named(tmp_path, folder):
    write(tmp_path / "Ann.jpg")
    write(tmp_path / folder / "Ann.jpg" / "SYNOPHOTO_THUMB_XL.jpg")
    write(tmp_path / "Bob" / folder / "a.jpg")
    write(tmp_path / "Bob" / "a.jpg")
    write(tmp_path / "Bob" / "._a.jpg")
    write(tmp_path / "Thumbs.db")
    listing = list_gallery(tmp_path)
    assert [(p.person, p.name) for p in listing.pictures] == [
        ("Ann", "Ann.jpg"), ("Bob", "Bob/a.jpg")
    ]  # fmt: skip
    assert len([note for note in listing.notes if folder in note]) == 2


def test_what_may_be_a_picture_is_listed_whatever_its_suffix_and_a_person_without_is_named(
    tmp_path,
):
    for name in ("Ann/a.jfif", "Bob/IMG_1.HEIC", "Cid/scan", "Dan/a.jp2"):
        write(tmp_path / name)
    write(tmp_path / "Eve" / "notes.txt", b"no picture of her yet")
    write(tmp_path / "Hal" / "a.jpg", b"text where a picture was")
    (tmp_path / "Fay").mkdir()
    (tmp_path / "Gil.jpg").symlink_to("/nowhere/gil.jpg")
    listing = list_gallery(tmp_path)
    assert [p.person for p in listing.pictures] == ["Ann", "Bob", "Cid", "Dan", "Hal"]
    assert [note.partition(": no picture in")[0] for note in listing.notes if "no pic" in note] == [
        "Eve", "Fay"
    ]  # fmt: skip
    assert any("Gil.jpg: a broken link to /nowhere/gil.jpg" in note for note in listing.notes)


def test_a_link_in_a_circle_is_entered_once(tmp_path):
    write(tmp_path / "Ann" / "a.jpg")
    (tmp_path / "Ann" / "again").symlink_to(tmp_path / "Ann")
    listing = list_gallery(tmp_path)
    assert [p.name for p in listing.pictures] == ["Ann/a.jpg"]
    assert any("was read before" in note for note in listing.notes)


def test_forms_of_one_name_are_one_person_called_as_filed(tmp_path):
    for folder, picture in ((NFD, "a.jpg"), (NAME, "b.jpg")):
        write(tmp_path / folder / picture)
    assert people(tmp_path) == [sorted([NFD, NAME])[0]]


def test_a_name_that_is_not_utf8_is_listed_escaped(tmp_path):
    odd = os.path.join(os.fsencode(tmp_path), b"M\xfcller, J\xf6rg")  # noqa: PTH118 - bytes
    os.makedirs(odd)  # noqa: PTH103 - bytes
    with open(os.path.join(odd, b"Bild 1.jpg"), "wb") as file:  # noqa: PTH118, PTH123 - bytes
        file.write(b"\xff\xd8\xff")
    (picture,) = list_gallery(tmp_path).pictures
    assert picture.person == r"M\xfcller, J\xf6rg"
    assert picture.path.read_bytes() == b"\xff\xd8\xff"


@pytest.mark.parametrize(
    "name", ["unknown-1", "Unknown-23", "unknown", "unknown 4", "not assessed"]
)
def test_names_that_a_case_gives_to_unknown_people_are_refused(tmp_path, tools, name):
    write(tmp_path / "g" / name / "a.jpg")
    with pytest.raises(UsageError, match="under another name"):
        list_gallery(tmp_path / "g")
    table = tmp_path / "people.csv"
    table.write_text(f"person,path\n{name},a.jpg\n")
    with pytest.raises(UsageError, match="under another name"):
        list_gallery(table)
    with pytest.raises(UsageError, match="under another name"):
        add_pictures(tmp_path / "new", name, [PORTRAITS[0]], Reader(*tools))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["Unknown Soldier", "unknown-1 (2024)", "Nobody Owens"])
def test_other_names_are_free(tmp_path, name):
    write(tmp_path / name / "a.jpg")
    assert people(tmp_path) == [name]


def test_a_gallery_without_any_picture_is_an_error_that_names_what_can_be_read(tmp_path):
    write(tmp_path / "Ann" / "a.txt", b"text")
    with pytest.raises(GalleryError, match="HEIC"):
        list_gallery(tmp_path)


FORMATS = {
    "heic": {"format": "HEIF"},
    "avif": {"format": "AVIF"},
    "webp": {"format": "WEBP"},
    "tif": {"format": "TIFF"},
    "png": {"format": "PNG"},
    "jp2": {"format": "JPEG2000"},
    "gif": {"format": "GIF"},
    "jfif": {"format": "JPEG", "quality": 95},
    "bmp": {"format": "BMP"},
}


@pytest.mark.parametrize("suffix", FORMATS)
def test_pictures_are_read_by_their_content(tmp_path, portrait, suffix):
    register_heif_opener()
    path = tmp_path / "no suffix"
    portrait.save(path, **FORMATS[suffix])
    picture = decode_picture(path.read_bytes())
    assert picture.shape == (375, 300, 3)
    difference = np.abs(picture.astype(int) - np.asarray(portrait)[:, :, ::-1])
    assert difference.mean() < 6


@pytest.mark.parametrize("suffix", ["heic", "avif", "webp", "png", "jfif", "tif"])
def test_a_picture_is_turned_as_exif_says(tmp_path, portrait, suffix):
    register_heif_opener()
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / f"a.{suffix}"
    extra = {"tiffinfo": {0x0112: 6}} if suffix == "tif" else {"exif": exif}
    portrait.transpose(Image.Transpose.ROTATE_90).save(path, **FORMATS[suffix], **extra)
    picture = decode_picture(path.read_bytes())
    assert picture.shape == (375, 300, 3)
    assert np.abs(picture.astype(int) - np.asarray(portrait)[:, :, ::-1]).mean() < 6


def test_a_person_of_whom_nothing_can_be_read_is_set_aside_with_the_file(tmp_path, tools, portrait):
    register_heif_opener()
    (tmp_path / "Ann").mkdir()
    portrait.save(tmp_path / "Ann" / "IMG_1.HEIC", format="HEIF")
    noise = np.random.default_rng(1).integers(0, 256, 6000, np.uint8).tobytes()
    write(tmp_path / "Bob" / "IMG_2.HEIC", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + noise)
    faces = {face.person: face for face in load_gallery(tmp_path, *tools)}
    assert faces["Ann"].status == "used"
    assert faces["Bob"].reason.startswith("not a picture that can be read")
    assert faces["Bob"].path.endswith("Bob/IMG_2.HEIC")


def test_a_person_is_found_in_whichever_form_the_name_is_typed(tmp_path, tools):
    reader = Reader(*tools)
    (tmp_path / NFD).mkdir()
    (added,) = add_pictures(tmp_path, NAME, [PORTRAITS[0]], reader)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [NFD]
    assert added.listed.person == NFD
    (removed,) = remove_pictures(tmp_path, NAME, [], "wrong person", reader)
    assert removed.aside == "wrong person"
    (again,) = add_pictures(tmp_path, NFD, [PORTRAITS[0]], reader)
    assert again.aside is None


def test_grey_of_sixteen_bits_keeps_its_levels(tmp_path):
    ramp = np.linspace(0, 65535, 256, dtype=np.uint16)[None, :].repeat(8, axis=0)
    cv2.imwrite(str(tmp_path / "a.png"), ramp)
    Image.fromarray(ramp).save(tmp_path / "a.jp2")
    for name in ("a.png", "a.jp2"):
        picture = decode_picture((tmp_path / name).read_bytes())
        assert np.abs(picture[0, :, 0].astype(int) - np.arange(256)).max() <= 2, name
