"""What counts as told, as false, and as not known, and the figures made of it."""

import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.evaluate import evaluate
from analyzer.lab.action.labels import Clip, read_intervals
from analyzer.lab.events.evaluate import figures
from analyzer.lab.events.judged import Incident, JudgedRecording, incidents_of, kinds_known
from analyzer.types import Event, Moment
from tests.places import FOOTAGE

ALL = frozenset({"falling", "fighting", "running"})


def event(kind, start, end, score=0.9):
    moments = (Moment(round(t * 1000), t) for t in (start, end, (start + end) / 2))
    return Event(kind, kind, *moments, score, None, None)


def recording(place, incidents=(), events=(), seconds=1800.0, kinds=ALL):
    return JudgedRecording(f"{place}.mp4", place, seconds, kinds, tuple(incidents), tuple(events))


def test_recall_and_false_alarms_an_hour():
    fall = Incident("falling", 10.0, 12.0)
    found = figures([
        recording("a", [fall], [event("falling", 11, 14), event("falling", 60, 62, 0.95)]),
        recording("b", [fall], [event("running", 10, 12)]),
    ])["kinds"]  # fmt: skip
    assert (found["falling"]["incidents"], found["falling"]["told"]) == (2, 1)
    assert found["falling"]["recall"] == 0.5 and found["falling"]["false"] == 1
    assert found["falling"]["false_per_hour"] == pytest.approx(1.0)
    assert found["falling"]["precision"] == 0.5
    assert found["falling"]["recall_ci95"] == (0.0, 1.0), "two places tell little"
    assert found["running"]["recall"] is None and found["running"]["false"] == 1


def test_the_score_from_which_nine_in_ten_are_right():
    fall = Incident("falling", 0.0, math.inf)
    right = [recording(f"r{n}", [fall], [event("falling", 1, 2, 0.9 + n / 1000)]) for n in range(9)]
    wrong = [recording("w", (), [event("falling", 1, 2, 0.85), event("falling", 5, 6, 0.8)])]
    found = figures(right + wrong)["kinds"]["falling"]
    assert found["least_score_at_precision_0.9"] == 0.85
    assert found["precision_of_best_10"] == 0.9 and found["precision"] == pytest.approx(9 / 11)
    assert figures(wrong)["kinds"]["falling"]["least_score_at_precision_0.9"] is None


def test_what_nobody_labelled_is_not_judged():
    fight = Clip(Path("a.mp4"), "a.mp4", "fighting", (), "", "s", "")
    assert kinds_known(fight) == {"fighting"}
    brawl = recording("a", incidents_of(fight), [event("falling", 1, 3)], kinds=kinds_known(fight))
    found = figures([brawl])["kinds"]
    assert found["falling"]["false"] == 0 and found["fighting"]["incidents"] == 1


def test_intervals_are_incidents_and_a_near_event_tells_them():
    text = "Falling (BW)[6.9 to 12]; Standing[3.6 to 6.9]"
    clip = Clip(Path("a.mp4"), "a.mp4", "fall", read_intervals(text), "s1", "", "")
    (fall,) = incidents_of(clip)
    assert fall == Incident("falling", 6.9, 12.0)
    assert fall.told_by(event("falling", 4.0, 6.0)) and not fall.told_by(event("falling", 1, 5.8))
    assert not fall.told_by(event("fighting", 7, 9))


def test_a_walk_through_the_lobby_is_no_alarm(tmp_path):
    clip = FOOTAGE / "lobby_cam1_20240312_081500.mp4"
    (tmp_path / clip.name).symlink_to(clip)
    labels = tmp_path / "labels.csv"
    labels.write_text(f"path,label,intervals,subject,scene,camera\n{clip.name},walk,,a,,c\n")
    answer = CliRunner().invoke(evaluate, ["events", "--data", str(labels), "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.stdout)
    assert told["recordings"] == 1 and told["wrong"] == []
    assert told["kinds"]["falling"]["hours"] == pytest.approx(15 / 3600, rel=0.4)
