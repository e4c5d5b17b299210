"""Fights of the scene and falls of a track become events of the case."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from analyzer.commands.derive import DeriveRequest, derive_case
from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.types import ACTIONS, ActionWindow, DerivedVideo, SceneWindow, SegmentResult
from tests.store.cases import PATH, RAW_HASH, SHA, begin, moment, segment


def _acted(label: str, start: int, end: int, begins: float) -> ActionWindow:
    p = np.full(len(ACTIONS), 0.01, np.float32)
    p[ACTIONS.index(label)] = 0.93
    return ActionWindow(moment(start), moment(end), p, {}, begins, 9)


def fallen() -> SegmentResult:
    """A segment with a fight at its beginning and one person who falls and stays down."""
    whole = segment(0, tracklets=1)
    actions = (
        _acted("standing", 0, 3, 0.0),
        _acted("falling", 1, 5, 0.5),
        _acted("lying", 2, 7, 1),
    )
    return replace(
        whole,
        tracklets=(replace(whole.tracklets[0], actions=actions),),
        scene=(
            SceneWindow(moment(0), moment(4), 0.9, {}, 0.0),
            SceneWindow(moment(2), moment(6), 0.2, {}, 2.0),
        ),
    )


def test_fights_and_falls_are_events(tmp_path: Path) -> None:
    folder = tmp_path / "case"
    with Case.open(folder, create=True) as case:
        writer = begin(case, "run-1")
        writer.write_segment(fallen(), RAW_HASH, "dlib")
        writer.record_file(PATH, SHA, "done", None, SHA)
        writer.write_derived(SHA, DerivedVideo(()), "of before")
        writer.end_run("run-1", "finished")
    derive_case(DeriveRequest(folder))
    with CaseReader(folder) as reader:
        found = {row["kind"]: row for row in reader.rows("events") if row["kind"] != "expression"}
        windows = list(reader.rows("track_actions"))
    assert found["fighting"]["track_id"] is None
    assert (found["fighting"]["t_start"], found["fighting"]["t_end"]) == (0.0, 0.8)
    assert found["falling"]["track_id"] is not None
    assert (found["falling"]["t_start"], found["falling"]["t_end"]) == (0.2, 1.4)
    assert [row["label"] for row in windows] == ["standing", "falling", "falling"]
