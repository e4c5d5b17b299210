"""Clocks in pictures are read within a second, in many styles; where none counts up, none is told.

Needs the networks that set-up pulls.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import cv2
import pytest

from analyzer.clock.reading import ClockReader, search
from analyzer.config import LimitSettings
from analyzer.types import Clock
from analyzer.video.probe import probe
from tests.clock.clips import Burnt, Style, write_clip
from tests.places import DATA, READER, needs_data, needs_reader

DAY = datetime(2024, 1, 15, 12, 34, 56, 300000)

CLIPS = {
    "day first, weekday": Burnt(DAY, Style("%d-%m-%Y %a %H:%M:%S", name="GATE 7")),
    "month first, half days": Burnt(
        datetime(2024, 5, 30, 21, 8, 7, 700000),
        Style("%m/%d/%Y %I:%M:%S %p", cv2.FONT_HERSHEY_PLAIN, 1.2, "top right"),
    ),
    "year first on a plate, over midnight": Burnt(
        datetime(2023, 12, 31, 23, 59, 48, 100000),
        Style("%Y-%m-%d %H:%M:%S", cv2.FONT_HERSHEY_DUPLEX, 0.6, "bottom left", plate=True),
        fps=6,
    ),
    "name of the month, yellow, no outline": Burnt(
        datetime(2022, 3, 9, 17, 45, 1),
        Style(
            "%d %b %Y %H:%M:%S", cv2.FONT_HERSHEY_TRIPLEX, 0.6, "bottom right",
            colour=(80, 255, 255), outline=0,
        ),
    ),
    "two lines": Burnt(
        datetime(2019, 7, 24, 1, 2, 3, 500000),
        Style("%H:%M:%S", cv2.FONT_HERSHEY_COMPLEX, 0.6, "top right", date_form="%d.%m.%Y"),
    ),
    "gains 1.2 s a minute": Burnt(DAY, Style("%Y/%m/%d %H:%M:%S"), seconds=30.0, rate=1.02),
    "loses 0.6 s a minute": Burnt(
        datetime(2024, 2, 29, 12), Style("%d-%m-%Y %H:%M:%S"), seconds=30.0, rate=0.99
    ),
    "set back an hour": Burnt(
        datetime(2024, 10, 27, 2, 59, 48), Style("%d-%m-%Y %H:%M:%S"),
        seconds=24.0, jump_at=12.0, jump_s=-3600.0,
    ),
    "a wrong weekday": Burnt(
        datetime(2021, 6, 25, 6, 7, 8, 400000), Style("%d/%m/%Y Mon %H:%M:%S")
    ),
    "analogue noise": Burnt(
        datetime(2018, 11, 22, 13, 14, 15, 600000),
        Style("%Y-%m-%d %H:%M:%S", scale=0.8), (704, 576), noise=22.0,
    ),
}  # fmt: skip


def read(path: Path) -> Clock | None:
    reader = ClockReader(*READER, name="test")
    return search(probe(path), reader, LimitSettings(), ())


@pytest.fixture(scope="module")
def clocks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clock | None]:
    folder = tmp_path_factory.mktemp("clocks")
    return {
        name: read(write_clip(folder / f"{number}.mp4", clip))
        for number, (name, clip) in enumerate(CLIPS.items())
    }


@needs_reader
@pytest.mark.slow
@pytest.mark.parametrize("name", CLIPS)
def test_a_clock_is_read_within_a_second(name: str, clocks: dict[str, Clock | None]) -> None:
    clip, clock = CLIPS[name], clocks[name]
    assert clock is not None
    for t in (0.0, clip.seconds / 4, clip.seconds - 1):
        assert abs((clock.at(t) - clip.clock(t)).total_seconds()) < 1.0, t


@needs_reader
@pytest.mark.slow
def test_drift_and_jumps_are_told(clocks: dict[str, Clock | None]) -> None:
    fast, slow, back, wrong, named = (
        clocks[name]
        for name in (
            "gains 1.2 s a minute", "loses 0.6 s a minute", "set back an hour",
            "a wrong weekday", "day first, weekday",
        )
    )  # fmt: skip
    assert fast and slow and back and wrong and named
    assert fast.drift == pytest.approx(1.2, abs=0.15)
    assert slow.drift == pytest.approx(-0.6, abs=0.15)
    assert "gains" in fast.notes[0]
    assert len(back.pieces) == 2
    assert back.pieces[1].t == pytest.approx(12.0, abs=1.2)
    assert any("one hour back" in note and "daylight saving" in note for note in back.notes)
    assert any("Monday" in note and "Friday" in note for note in wrong.notes)
    assert named.camera == "GATE 7"
    assert not named.notes


@needs_reader
@pytest.mark.slow
def test_text_that_does_not_count_is_no_clock(tmp_path: Path) -> None:
    still = Burnt(DAY, Style("%d-%m-%Y %H:%M:%S"), rate=0.0, seconds=8.0)
    assert read(write_clip(tmp_path / "still.mp4", still)) is None
    sign = Burnt(DAY, Style("OPEN 09:00-18:30"), seconds=8.0)
    assert read(write_clip(tmp_path / "sign.mp4", sign)) is None


@needs_reader
@needs_data
@pytest.mark.slow
def test_the_clock_of_a_shop() -> None:
    clock = read(DATA / "footage" / "shopfront_osd_timestamp.mp4")
    assert clock is not None
    assert abs(clock.start - datetime(2017, 3, 16, 12, 47, 57)) <= timedelta(seconds=1)
    assert clock.drift is not None
    assert abs(clock.drift) < 0.1
    assert clock.camera == "FRONT"


@needs_reader
@needs_data
@pytest.mark.slow
@pytest.mark.parametrize("name", ["pets_vtest", "obama_podium", "street_1080p"])
def test_footage_without_a_clock_gets_none(name: str) -> None:
    assert read(DATA / "footage" / f"{name}.mp4") is None
