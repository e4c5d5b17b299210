"""Decisions tied to the footage: which track of today they belong to, and when none."""

from dataclasses import replace
from pathlib import Path

import pytest

from analyzer.errors import UsageError
from analyzer.store.case import Case
from analyzer.store.decisions import (
    add_grouping,
    add_review,
    anchor_of,
    fit_of,
    groupings_in,
    reviews_in,
)
from analyzer.store.ids import track_id
from analyzer.store.reader import CaseReader
from analyzer.store.tracks import find_track
from analyzer.store.writer import CaseWriter
from analyzer.types import Anchor, Box, DerivedVideo
from tests.store.cases import DERIVED_HASH, PATH, SHA, derived, make_case, moment

TRACK = track_id(SHA, 1)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return make_case(tmp_path / "case")


def anchored(case: Path) -> Anchor:
    with CaseReader(case) as reader:
        anchor = anchor_of(reader, TRACK)
    assert anchor is not None
    return anchor


def derive(case: Path, **changes: object) -> None:
    """Write the one track of the case anew, with ``changes``."""
    (track,) = derived().tracks
    with Case.open(case, create=False) as opened:
        video = DerivedVideo((replace(track, **changes),))
        CaseWriter(opened, "run").write_derived(SHA, video, DERIVED_HASH)


def test_decisions_come_back_as_they_were_given(case: Path) -> None:
    anchor = anchored(case)
    with Case.open(case, create=False) as opened:
        assert add_review(opened, "A", "=Ann", "confirmed", None, anchor) == 1
        assert add_review(opened, "B", "=Ann", "rejected", "ears", anchor) == 2
        add_grouping(opened, "A", "split", ["unknown-1"], [[anchor], []], "why")
        add_grouping(opened, "A", "undo", ["unknown-1"], [], None, undoes=1)
    with CaseReader(case) as reader:
        first, second = reviews_in(reader)
        split, undo = groupings_in(reader)
    assert (first.by, first.decision, first.note, first.anchor) == ("A", "confirmed", None, anchor)
    assert (second.seq, second.note) == (2, "ears")
    assert (split.names, split.groups, split.undoes) == (("unknown-1",), ((anchor,), ()), None)
    assert (undo.action, undo.undoes, undo.groups) == ("undo", 1, ())


def test_an_anchor_finds_its_track_whatever_it_is_called_now(case: Path) -> None:
    anchor = anchored(case)
    observed = moment(1)
    with CaseReader(case) as reader:
        row = reader.select(
            "SELECT face_x, face_y, face_w, face_h FROM observations WHERE pts = ? "
            "AND tracklet_id LIKE '%:0:0'",
            [observed.pts],
        )[0]
    anchor = replace(anchor, pts=observed.pts, box=Box(*row.values()))
    derive(case, id=track_id(SHA, 7), number=7, candidates=())
    with CaseReader(case) as reader:
        assert fit_of(reader, anchor).track_id == track_id(SHA, 7)
        elsewhere = replace(anchor, box=Box(5000, 5000, 10, 10))
        assert "nobody is followed" in (fit_of(reader, elsewhere).reason or "")
        other_moment = replace(anchor, pts=anchor.pts + 1)
        assert fit_of(reader, other_moment).track_id is None
        shorter = replace(anchor, t_end=anchor.t_end - 1.2)
        assert "look again" in (fit_of(reader, shorter).reason or "")


def test_a_track_is_found_by_id_number_or_file(case: Path) -> None:
    with CaseReader(case) as reader:
        for text in (TRACK, "T1", f"{PATH}:T1", "видео=1.mp4:T1"):
            assert find_track(reader, text) == TRACK
        for text in ("T2", f"{PATH}:T2", "1", ""):
            with pytest.raises(UsageError, match="no track"):
                find_track(reader, text)
        for text in ("other.mp4:T1", "=1.mp4:T1", "a1b2a:T1"):
            with pytest.raises(UsageError, match=r"names no video.*видео=1\.mp4"):
                find_track(reader, text)
