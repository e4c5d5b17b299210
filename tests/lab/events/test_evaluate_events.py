"""What counts as told, as false, and as not known, and the figures made of it."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from analyzer.cli.evaluate import evaluate
from analyzer.errors import AnalyzerError
from analyzer.events.levels import Levels, measured_levels
from analyzer.lab.action.labels import Clip, read_intervals
from analyzer.lab.events.evaluate import figures
from analyzer.lab.events.judged import (
    Incident,
    JudgedRecording,
    incidents_of,
    kinds_known,
    read_seen,
)
from analyzer.lab.events.measured_levels import levels_measured, write
from analyzer.types import Event, Moment
from tests.places import FOOTAGE

ALL = frozenset({"falling", "fighting", "running"})


def event(kind, start, end, score=0.9, level="alarm"):
    moments = (Moment(round(t * 1000), t) for t in (start, end, (start + end) / 2))
    return Event(kind, kind, *moments, score, level)


def recording(place, incidents=(), events=(), seconds=1800.0, kinds=ALL):
    return JudgedRecording(f"{place}.mp4", place, seconds, kinds, tuple(incidents), tuple(events))


def test_recall_precision_of_levels_and_false_alarms_an_hour():
    fall = Incident("falling", 10.0, 12.0)
    result = figures([
        recording("a", [fall], [event("falling", 11, 14), event("falling", 60, 62, 0.95)]),
        recording("b", [fall], [event("running", 10, 12), event("falling", 10, 12, 0.5, "below")]),
        recording("c", (), [event("running", 10, 12), event("falling", 1, 2, 0.7, "to check")]),
    ])  # fmt: skip
    assert result["hours_normal"] == 0.5, "the recording of c alone"
    falling, running = result["kinds"]["falling"], result["kinds"]["running"]
    assert (falling["incidents"], falling["found"]) == (2, 1), "what is below is not told"
    assert falling["recall"] == 0.5
    assert falling["recall_ci95"] == (0.0, 1.0), "two places tell little"
    assert (falling["alarms"], falling["precision_alarm"]) == (2, 0.5)
    assert (falling["to_check"], falling["precision_to_check"]) == (1, 0.0)
    assert falling["false_alarms_per_hour"] == 0.0
    assert running["recall"] is None and running["false_alarms_per_hour"] == 2.0


def test_levels_are_the_least_scores_that_are_right_often_enough():
    fall = Incident("falling", 0.0, math.inf)
    right = [recording(f"r{n}", [fall], [event("falling", 1, 2, 0.9 + n / 1000)]) for n in range(9)]
    rest = [0.85, 0.84, 0.8, 0.7, 0.6]
    wrong = recording("w", (), [event("falling", 3 * n, 3 * n + 1, s) for n, s in enumerate(rest)])
    late = recording(
        "l", [fall, fall], [event("falling", 1, 2, 0.83), event("falling", 1, 2, 0.82)]
    )
    levels = levels_measured([*right, wrong, late])["kinds"]["falling"]
    assert levels["alarm"] == pytest.approx(0.845), "nine of ten"
    assert levels["to_check"] == pytest.approx(0.75), "two of four that are no alarms"
    assert levels["measured"]["right"] == 11 and levels["measured"]["events"] == 16
    few = levels_measured([*right[:7], wrong])["kinds"]["falling"]
    assert few["alarm"] is None, "seven of seven prove less than eight would"
    assert few["to_check"] == pytest.approx(0.6), "seven of twelve"


def test_events_that_were_looked_at_count_for_precision_alone(tmp_path):
    table = tmp_path / "seen.csv"
    table.write_text("path,kind,start,right\na.mp4,falling,1.0,0\na.mp4,falling,9.0,1\n")
    seen = read_seen(table)["a.mp4"]
    brawl = recording(
        "a", (), [event("falling", 1.2, 3), event("falling", 5, 6)], kinds=frozenset()
    )
    brawl = replace(brawl, seen=seen)
    assert [brawl.right(one) for one in brawl.events] == [False, None]
    falling = figures([brawl])["kinds"]["falling"]
    assert (falling["alarms"], falling["precision_alarm"], falling["incidents"]) == (1, 0.0, 0)
    table.write_text("path,kind\na.mp4,falling\n")
    with pytest.raises(AnalyzerError, match="columns"):
        read_seen(table)


def test_measured_levels_are_read_by_the_rules(tmp_path):
    fall = Incident("falling", 0.0, math.inf)
    right = [recording(f"r{n}", [fall], [event("falling", 1, 2, 0.9)]) for n in range(9)]
    write(levels_measured(right), tmp_path / "levels.json")
    found = measured_levels(tmp_path / "levels.json")
    assert found["falling"] == Levels(0.9, 0.9)
    assert found["running"] == Levels(), "never told, since nothing was measured"


def test_what_nobody_labelled_is_not_judged():
    fight = Clip(Path("a.mp4"), "a.mp4", "fighting", (), "", "s", "")
    assert kinds_known(fight) == {"fighting"}
    brawl = recording("a", incidents_of(fight), [event("falling", 1, 3)], kinds=kinds_known(fight))
    found = figures([brawl])["kinds"]
    assert found["falling"]["alarms"] == 0 and found["fighting"]["incidents"] == 1


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
    assert told["hours_normal"] == pytest.approx(15 / 3600, rel=0.4)
    assert told["kinds"]["falling"]["alarms"] == 0
