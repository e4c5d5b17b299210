"""What a report of a part holds, and what is hidden in a redacted one."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from analyzer.errors import UsageError
from analyzer.report.filter import ReportFilter, narrow
from analyzer.report.model import CaseView
from tests.report.reading import build_report, load_case
from tests.report.report_case import ANNA, LOBBY, PETROV, YARD


@pytest.fixture(scope="module")
def case(case_folder: Path) -> CaseView:
    return load_case(case_folder)


def held(case: CaseView, **wish: object) -> dict[str, list[str]]:
    """Return the tracks of each video that the wish leaves."""
    narrowed = narrow(case, ReportFilter(**wish))  # type: ignore[arg-type]
    return {video.sha256: [track.name for track in video.tracks] for video in narrowed.videos}


def test_everything_is_left_as_it_is_without_a_wish(case: CaseView) -> None:
    assert narrow(case, ReportFilter()) is case


def test_videos_by_name_pattern_or_hash(case: CaseView) -> None:
    assert set(held(case, videos=("*cam 3*",))) == {LOBBY}
    assert set(held(case, videos=(YARD[:12],))) == {YARD}
    assert set(held(case, videos=("night_empty.mkv", LOBBY))) >= {LOBBY}
    with pytest.raises(UsageError, match=r"names no video of this case.*night_empty\.mkv"):
        held(case, videos=("elsewhere",))


def test_a_camera_and_a_person(case: CaseView) -> None:
    assert set(held(case, cameras=('yard "north"',))) == {YARD}
    assert held(case, person=PETROV) == {LOBBY: ["T4"], YARD: ["T1"]}
    with pytest.raises(UsageError, match="nobody is filed as"):
        held(case, person="Nobody")


def test_people_by_the_colour_of_their_clothes(case: CaseView) -> None:
    assert held(case, upper="red") == {LOBBY: ["T1"]}
    assert held(case, upper="black", lower="grey") == {LOBBY: ["T4"], YARD: ["T1"]}
    told = narrow(case, ReportFilter(upper="red")).narrowed
    assert told == ("Only people whose upper clothes look red",)
    with pytest.raises(UsageError, match="nobody is told in pink upper clothes; told: upper: "):
        held(case, upper="pink")


def test_a_stretch_by_the_clock_or_from_the_first_frame(case: CaseView) -> None:
    # The lobby's first frame is 03:12:07.480; T1 to T3 are gone after 88 s.
    after = held(case, since="2026-02-27T03:13:40")
    assert after[LOBBY] == ["T4", "T5", "T6", "T7", "T8"]
    assert YARD not in after, "its clock is not known"
    assert held(case, until="00:05")[LOBBY] == ["T1"]
    with pytest.raises(UsageError, match="is no time"):
        held(case, since="half past three")


def test_events_go_with_their_tracks(case: CaseView) -> None:
    video = narrow(case, ReportFilter(person=ANNA)).videos[0]
    assert [event.name for event in video.events] == ["E1", "E2", "E3"], "E3 is of the scene"


def test_csv_tables_hold_what_the_pages_show(report_folder: Path) -> None:
    with (report_folder / "tables" / "events.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    levels = {row["event"]: row["level"] for row in rows if row["sha256"] == LOBBY}
    assert list(levels) == ["E1", "E2", "E3", "E4", "E5"]
    assert (levels["E1"], levels["E4"], levels["E5"]) == ("alarm", "to check", "below")
    assert rows[0]["stored_start"] == "2026-02-27 03:12:11.480"
    assert {path.stem for path in (report_folder / "tables").iterdir()} == {
        "videos", "people", "appearances", "events", "expressions", "candidates", "coverage",
    }  # fmt: skip


def test_a_redacted_report_shows_one_face(
    player_case: tuple[Path, str], player_page: Path, tmp_path: Path
) -> None:
    case, sha256 = player_case
    with pytest.raises(UsageError, match="--person"):
        build_report(case, tmp_path / "r", wish=ReportFilter(redact=True))
    wish = ReportFilter(person=ANNA, redact=True)
    folder = build_report(case, tmp_path / "r", wish=wish).parent
    name = f"media/{sha256[:12]}-000.mp4"
    shown, hidden = (_pictures(path / name) for path in (player_page.parent, folder))
    assert len(shown) == len(hidden) == 150
    # At five seconds: T1, who is Anna, at x 40 to 90; T2 at x 200 to 250; both y 40 to 100.
    a, b = shown[62].astype(int), hidden[62].astype(int)
    same, other = (np.abs(a[40:100, x : x + 50] - b[40:100, x : x + 50]).mean() for x in (40, 200))
    assert same < 3, "the same but for compression"
    assert other > 4 * same
    assert "A face that no detector found is not hidden" in (folder / "index.html").read_text()
    assert not list((case / "clips").rglob("*redact*")), "hidden copies are not kept for others"


def test_pictures_of_others_are_mosaics(case_folder: Path, tmp_path: Path) -> None:
    wish = ReportFilter(person=ANNA, redact=True)
    folder = build_report(case_folder, tmp_path / "r", wish=wish).parent / "media"
    pictures = list(folder.glob("hidden-*.jpg"))
    assert pictures, "the gallery picture of somebody else"
    for path in pictures:
        assert cv2.Laplacian(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), cv2.CV_64F).mean() < 1
        whole = cv2.imread(str(path))
        cells = cv2.resize(cv2.resize(whole, (5, 5)), whole.shape[1::-1], interpolation=0)
        assert np.abs(whole.astype(int) - cells).mean() < 12, path.name


def test_a_video_that_moved_has_no_player_but_a_reason(
    player_case: tuple[Path, str], tmp_path: Path
) -> None:
    from analyzer.config import ReportSettings
    from analyzer.report.media import cut_pieces
    from analyzer.store.case import Case

    case, sha256 = player_case
    video = load_case(case).video(sha256)
    assert video is not None
    gone = replace(video, paths=(str(tmp_path / "gone.avi"),))
    with Case.open(tmp_path / "case", create=True) as empty, empty.reader() as reader:
        media = cut_pieces(reader, gone, ReportSettings(), tmp_path)
    assert media.pieces == () and "gone.avi" in media.missing


def _pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as clip:
        return [frame.to_ndarray(format="bgr24") for frame in clip.decode(video=0)]
