"""Picture files as recordings: read by content, turned and timed by EXIF, animated or not."""

import numpy as np
import pytest
from PIL import Image, ImageOps
from pillow_heif import register_heif_opener

from analyzer.errors import VideoError
from analyzer.video.clip import cut, still
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe
from analyzer.video.segments import plan_segments
from tests.places import PORTRAITS

FORMATS = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")


@pytest.fixture(scope="module")
def portrait():
    register_heif_opener()
    return ImageOps.exif_transpose(Image.open(PORTRAITS[0]).convert("RGB")).resize((301, 375))


def exif(orientation=1, **values):
    made = Image.Exif()
    made[0x0112] = orientation
    for tag, value in values.items():
        made.get_ifd(0x8769)[int(tag[1:], 16)] = value
    return made


def frames(info, fps=1000.0):
    (span,) = plan_segments(info, 1e6, 0)
    return list(Decoder(info, span, fps))


def mean_difference(frame, picture):
    return np.abs(frame.bgr.astype(int) - np.asarray(picture)[:, :, ::-1]).mean()


@pytest.mark.parametrize("kind", FORMATS)
def test_a_still_is_a_recording_of_one_picture_turned_and_timed(tmp_path, portrait, kind):
    path = tmp_path / "no suffix"
    about = exif(6, x9003="2024:01:15 12:00:01", x9011="+01:00", x9291="25")
    about[0x0132] = "2024:01:15 12:00:01"  # all that Pillow writes into a TIFF
    portrait.transpose(Image.Transpose.ROTATE_90).save(path, format=kind, exif=about)
    info = probe(path)
    assert (info.width, info.height) == (301, 375)
    assert (info.coded_width, info.coded_height) in ((375, 301), (301, 375))
    full = kind != "TIFF"
    assert info.creation_time == f"2024-01-15T12:00:01{'.250000+01:00' if full else ''}"
    assert (info.frames, info.timestamps, info.is_picture) == (1, "counted", True)
    (frame,) = frames(info)
    assert mean_difference(frame, portrait) < 7


@pytest.mark.parametrize(
    ("kind", "orientation"), [("JPEG", n) for n in range(1, 9)] + [("PNG", 3), ("HEIF", 8)]
)
def test_all_orientations_are_applied(tmp_path, portrait, kind, orientation):
    back = {
        1: [], 2: [0], 3: [3], 4: [1], 5: [5], 6: [2], 7: [6], 8: [4]
    }[orientation]  # fmt: skip
    turned = portrait
    for operation in back:
        turned = turned.transpose(Image.Transpose(operation))
    path = tmp_path / "a"
    turned.save(path, format=kind, exif=exif(orientation))
    info = probe(path)
    assert (info.width, info.height) == portrait.size
    (frame,) = frames(info)
    assert mean_difference(frame, portrait) < 7


@pytest.mark.parametrize("kind", ["WEBP", "GIF", "PNG", "AVIF"])
def test_an_animation_has_the_times_that_it_stores(tmp_path, kind):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)]
    pictures = [Image.new("RGB", (64, 48), colour) for colour in colours]
    path = tmp_path / "animated"
    durations = [200, 300, 5000, 400]
    extra = {"save_all": True, "append_images": pictures[1:], "duration": durations, "loop": 0}
    pictures[0].save(path, format=kind, **extra)
    info = probe(path)
    assert info.duration_s == pytest.approx(5.9, abs=0.05)
    found = frames(info)
    assert [round(frame.moment.t, 2) for frame in found] == [0.0, 0.2, 0.5, 5.5]
    seen = [frame.bgr[20, 20, ::-1].astype(int) for frame in found]
    assert np.abs(np.array(seen) - np.array(colours)).max() < 40
    assert [round(frame.moment.t, 1) for frame in frames(info, 1.0)] == [0.0, 5.5]


def test_pages_are_counted_and_odd_sides_are_padded(tmp_path):
    pages = [Image.new("RGB", (33, 21), (level, level, level)) for level in (40, 120, 200)]
    path = tmp_path / "scan.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    info = probe(path)
    assert (info.frames, info.duration_s, info.timestamps) == (3, 3.0, "counted")
    assert [int(frame.bgr[10, 30, 0]) for frame in frames(info)] == pytest.approx(
        [40, 120, 200], abs=2
    )


def test_a_picture_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(200))
    with pytest.raises(VideoError, match=r"a\.jpg: is a picture that cannot be read"):
        probe(path)
    with pytest.raises(VideoError, match=r"limits\.max_side"):
        huge = tmp_path / "huge.png"
        Image.new("1", (17000, 1)).save(huge)
        probe(huge)


def test_two_shots_of_one_moment_are_one_picture(tmp_path, portrait):
    path = tmp_path / "a.mpo"
    portrait.save(path, format="MPO", save_all=True, append_images=[ImageOps.mirror(portrait)])
    info = probe(path)
    assert (info.frames, info.is_picture) == (1, True)


def test_clips_and_stills_are_cut_from_a_picture(tmp_path, portrait):
    portrait.save(tmp_path / "a.png")
    info = probe(tmp_path / "a.png")
    made = cut(info, 0.0, info.duration_s, tmp_path / "a.mp4", width=160)
    assert (made.frames, made.width) == (1, 160)
    assert still(info, 0.0)[0].startswith(b"\x89PNG")
