"""Recordings of one picture: whoever is in it is a track of one sample."""

import json

import pytest
from PIL import Image

from analyzer.store.reader import CaseReader
from tests.places import GALLERY, PORTRAITS

pytestmark = pytest.mark.slow


def test_stills_and_videos_of_one_picture_show_who_is_in_them(run, make_clip, tmp_path):
    folder = tmp_path / "f"
    folder.mkdir()
    Image.open(PORTRAITS[0]).convert("RGB").save(folder / "photo", format="WEBP", quality=90)
    even = ("-vf", "scale=400:-2", "-frames:v", "1", "-pix_fmt", "yuv420p")
    clip = make_clip("one_picture.mp4", "-i", PORTRAITS[0], *even)
    (folder / "one.mp4").write_bytes(clip.read_bytes())
    case = tmp_path / "case"
    done = run("run", folder, "--case", case, "--gallery", GALLERY, "--json", "--workers", "1")
    assert {v["status"]: v["tracks"] for v in json.loads(done.stdout)["videos"]} == {"done": 1}
    with CaseReader(case) as reader:
        seen = list(reader.rows("appearances"))
    assert {row["person"] for row in seen} == {PORTRAITS[0].parent.name}
    assert {row["t_start"] - row["t_end"] for row in seen} == {0.0}
