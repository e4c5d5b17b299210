"""Regions of a picture: which points count, how much is left out, what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analyzer.errors import ConfigError
from analyzer.video.cameras import Camera, read_cameras
from analyzer.video.regions import is_looked_at, left_out_share

PICTURE = (200.0, 100.0)


def camera(tmp_path: Path, text: str) -> Camera:
    """Return the camera of a file with ``text``."""
    path = tmp_path / "cameras.toml"
    path.write_text(f'[[camera]]\nname = "Yard"\npattern = "*"\n{text}')
    return read_cameras(path)[0]


def test_points_count_inside_what_is_looked_at_and_outside_what_is_left_out(
    tmp_path: Path,
) -> None:
    regions = camera(
        tmp_path,
        '[[camera.look]]\nname = "left half"\ncorners = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]\n'
        '[[camera.leave_out]]\nname = "a screen"\ncorners = [[10, 10], [30, 10], [30, 30], '
        "[10, 30]]\n",
    ).regions
    assert [r.kind for r in regions] == ["look", "leave_out"]
    points = np.array([[50, 50], [150, 50], [20, 20], [40, 20], [10, 20], [100, 50], [-3, 120]])
    told = is_looked_at(regions, points, PICTURE).tolist()
    assert told == [True, False, False, True, False, True, True]
    # Half of the picture, and 400 of its 20,000 px.
    assert left_out_share(regions, PICTURE) == pytest.approx(0.52, abs=0.005)


def test_a_bay_of_a_polygon_lies_outside_of_it(tmp_path: Path) -> None:
    (shape,) = camera(
        tmp_path,
        "[[camera.leave_out]]\ncorners = [[0, 0], [1, 0], [1, 1], [0.5, 0.2], [0, 1]]\n",
    ).regions
    assert shape.name == "1"
    assert is_looked_at([shape], np.array([[100, 60], [100, 10]]), PICTURE).tolist() == [
        True,
        False,
    ]
    assert left_out_share([shape], PICTURE) == pytest.approx(0.6, abs=0.01)


def test_whoever_is_cut_off_below_counts_as_standing_at_the_border(tmp_path: Path) -> None:
    (floor,) = camera(
        tmp_path, "[[camera.leave_out]]\ncorners = [[0, 0.8], [1, 0.8], [1, 1], [0, 1]]\n"
    ).regions
    assert not is_looked_at([floor], np.array([[20.0, 100.0]]), PICTURE).any()


def test_no_region_leaves_nothing_out() -> None:
    assert is_looked_at((), np.zeros((2, 2)), PICTURE).all()
    assert left_out_share((), PICTURE) == 0.0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[camera.look]]\ncorners = [[0, 0], [1, 1]]\n", "write corners"),
        ("[[camera.look]]\ncorners = [[0, 0], [1, 1], [-1, 0]]\n", "0 or more"),
        ("[[camera.look]]\ncorners = [[0, 0], [0.5, 0.5], [1, 1]]\n", "has no area"),
        ("[[camera.look]]\ncorners = [[0, 0], [1, 1], [1, 0], [0, 1]]\n", "crosses itself"),
        ("[[camera.leave_out]]\ncolour = 3\n", "write name and corners"),
        ("leave_out = 3\n", "write a section [[camera.leave_out]]"),
        ("[[camera.leve_out]]\ncorners = []\n", "unknown key 'leve_out' (did you mean leave_out?)"),
    ],
)
def test_what_is_no_polygon_is_refused_in_a_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        camera(tmp_path, text)
    assert said in str(error.value)
    assert "camera 'Yard'" in str(error.value) and "\n" not in str(error.value)
