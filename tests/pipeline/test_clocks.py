"""The clock in the picture is searched once per video, and its models may be missing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from analyzer.clock.reading import MODELS_MISSING, ClockReader
from analyzer.commands.derive import DeriveRequest, derive_case
from analyzer.commands.run import RunRequest, run_batch
from analyzer.pipeline import clocks
from analyzer.store.reader import CaseReader
from analyzer.types import Clock, ClockPiece, JudgedClock
from tests.pipeline.small import Watched, light
from tests.places import STORE

START = datetime(2024, 3, 12, 22, 40, 14)
SEEN = Clock("burnt-in", "clock in the picture", (ClockPiece(0.0, START),), trust=0.9)


class Search:
    """Stands for the search of pictures, and counts how often it is asked."""

    def __init__(self, found: Clock | None) -> None:
        self.found, self.asked = found, 0

    def __call__(self, *_: object) -> Clock | None:
        self.asked += 1
        return self.found


def run(case: Path, source: Path = STORE, *, fresh: bool = False) -> tuple[str, ...]:
    request = RunRequest((str(source),), case, None, light(), 1, fresh, "test")
    return run_batch(request, Watched()).notes


def stored(case: Path) -> tuple[tuple[JudgedClock, ...], str | None]:
    with CaseReader(case) as reader:
        (sha256,) = reader.known_videos()
        return reader.clocks(sha256), reader.clock_reading(sha256)


def use(monkeypatch: pytest.MonkeyPatch, search: Search, name: str = "v1") -> Search:
    reader = ClockReader(Path("a"), Path("b"), name)
    monkeypatch.setattr(clocks, "clock_reader", lambda *_: reader)
    monkeypatch.setattr(clocks, "search", search)
    return search


@pytest.mark.slow
def test_pictures_are_searched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    search = use(monkeypatch, Search(SEEN))
    case = tmp_path / "case"
    run(case)
    run(case)
    found, reader = stored(case)
    assert search.asked == 1
    assert reader == "v1"
    assert [(c.clock.source, c.used) for c in found] == [("burnt-in", True), ("name", False)]
    assert found[0].clock.start == START
    assert found[1].contradiction is not None
    assert "4.0 s earlier" in found[1].contradiction
    run(case, fresh=True)
    assert search.asked == 2
    use(monkeypatch, search, "v2")
    run(case)
    assert search.asked == 3


@pytest.mark.slow
def test_without_models_one_line_says_so_and_the_rest_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clocks, "clock_reader", lambda *_: None)
    case = tmp_path / "case"
    assert run(case).count(MODELS_MISSING) == 1
    found, reader = stored(case)
    assert [(c.clock.source, c.used) for c in found] == [("name", True)]
    assert reader is None
    search = use(monkeypatch, Search(None))
    assert MODELS_MISSING not in run(case)
    assert search.asked == 1
    assert stored(case)[1] == "v1"


@pytest.mark.slow
def test_a_search_that_fails_ends_no_run_and_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Clock | None:
        raise RuntimeError("no strip")

    use(monkeypatch, Search(SEEN))
    monkeypatch.setattr(clocks, "search", broken)
    case = tmp_path / "case"
    run(case)
    found, reader = stored(case)
    assert [(c.clock.source, c.used) for c in found] == [("name", True)]
    assert reader is None
    assert "not read (unexpected error, RuntimeError: no strip)" in next(
        (case / "logs").iterdir()
    ).read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_camera_file_counts_before_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Search(SEEN))
    case, cameras = tmp_path / "case", tmp_path / "cameras.toml"
    run(case)
    cameras.write_text('[[camera]]\nname = "Store"\npattern = "*store*"\noffset_s = -4.0\n')
    derive_case(DeriveRequest(case, cameras=cameras))
    found, _ = stored(case)
    assert [c.clock.source for c in found] == ["camera file", "burnt-in", "name"]
    assert found[0].used
    assert found[0].clock.start == datetime(2024, 3, 12, 22, 40, 10)
    assert found[2].contradiction is None
    with CaseReader(case) as reader:
        assert reader.query("SELECT wall_start FROM videos")["wall_start"][0] == START.isoformat()
