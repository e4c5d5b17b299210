"""What is worth a look, on made-up timelines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer.config import EventSettings
from analyzer.errors import ConfigError
from analyzer.events.expressions import Expressions
from analyzer.events.levels import Levels
from analyzer.events.outline import Outline
from analyzer.events.rules import TrackTimeline, events_of
from analyzer.types import ACTIONS, EMOTIONS, ActionWindow, Box, Moment

SETTINGS = replace(EventSettings(), expressions=("angry", "fear", "sad"))
LEVELS = {
    "falling": Levels(alarm=0.9, to_check=0.8),
    "fighting": Levels(to_check=0.8),
    "running": Levels(to_check=0.7),
}


def at(t: float) -> Moment:
    return Moment(round(t * 1000), t)


def window(start: float, label: str, share: float, **features: float) -> ActionWindow:
    probabilities = np.full(len(ACTIONS), (1 - share) / (len(ACTIONS) - 1), np.float32)
    probabilities[ACTIONS.index(label)] = share
    return ActionWindow(at(start), at(start + 2), probabilities, features, start, 1)


def track(fear: dict[float, float], **changes: object) -> TrackTimeline:
    """Return a track whose probability of fear is given by time, the rest neutral."""
    times = np.arange(0, 10, 0.2).round(3).tolist()
    p = np.zeros((len(times), len(EMOTIONS)))
    for i, t in enumerate(times):
        value = next((v for start, v in sorted(fear.items(), reverse=True) if t >= start), 0.0)
        p[i, EMOTIONS.index("fear")], p[i, EMOTIONS.index("neutral")] = value, 1 - value
    held = (p >= 0.6).astype(float)
    ok, clear = np.ones(len(times), bool), np.full(len(times), 0.8)
    faces = Expressions([at(t) for t in times], p, ok, clear, held)
    base = TrackTimeline("v:T1", at(0), at(9.8), faces, (), None, None, at(5))
    made = replace(base, **changes)  # type: ignore[arg-type]
    return replace(made, speeds=np.array([w.features.get("speed", 2.0) for w in made.windows]))


def told(*tracks: TrackTimeline) -> list[tuple[object, ...]]:
    found = events_of(tracks, (), SETTINGS, LEVELS)
    found = tuple(event for event in found if event.level != "below")
    return [(e.label, e.start.t, e.end.t, round(e.score, 2)) for e in found]


def test_an_expression_must_hold() -> None:
    assert told(track({0: 0.1, 2: 0.8, 4: 0.1})) == [("apparent expression fear", 2.0, 3.8, 0.8)]
    assert told(track({0: 0.1, 2: 0.8, 2.8: 0.1})) == [], "0.6 s are too short"
    assert told(track({0: 0.1, 2: 0.59, 8: 0.1})) == [], "below the threshold"


def test_neutral_is_no_event_and_what_was_not_assessed_is_none_either() -> None:
    assert told(track({0: 0.0})) == []
    fearful = track({0: 0.9})
    unseen = replace(fearful.expressions, assessed=np.zeros(50, bool))
    assert told(replace(fearful, expressions=unseen)) == []


def test_an_expression_needs_steady_samples_and_clear_faces() -> None:
    fearful = track({0: 0.1, 2: 0.8, 4: 0.1})
    faces = fearful.expressions
    talking = replace(faces, steady=np.full((50, 7), 0.6))
    assert told(replace(fearful, expressions=talking)) == []
    blurred = replace(faces, quality=np.full(50, 0.05))
    assert told(replace(fearful, expressions=blurred)) == []


def test_an_expression_stands_out_against_the_persons_own_usual() -> None:
    fearful = track({0: 0.5, 2: 0.8, 4: 0.5})
    usual = np.eye(7)[EMOTIONS.index("neutral")]
    calm = replace(fearful.expressions, usual=usual)
    assert len(told(replace(fearful, expressions=calm))) == 1
    so_at_rest = usual * 0.4 + np.eye(7)[EMOTIONS.index("fear")] * 0.6
    lined = replace(fearful, expressions=replace(calm, usual=so_at_rest))
    assert told(lined) == []
    unasked = replace(SETTINGS, expression_change=0.0)
    assert len(events_of([lined], (), unasked, LEVELS)) == 1


def test_the_score_of_an_expression_counts_clear_faces_more() -> None:
    fearful = track({0: 0.1, 2: 0.7, 3: 0.9, 4: 0.1})
    clear_late = np.where(np.arange(50) >= 15, 0.9, 0.1)
    faces = replace(fearful.expressions, quality=clear_late)
    ((_, _, _, score),) = told(replace(fearful, expressions=faces))
    assert score == pytest.approx(0.88)


def test_stretches_near_in_time_are_one() -> None:
    assert len(told(track({0: 0.1, 1: 0.8, 3: 0.2, 3.6: 0.8, 6: 0.1}))) == 1
    assert len(told(track({0: 0.1, 1: 0.8, 3: 0.2, 5.0: 0.8, 7: 0.1}))) == 2


def test_actions_people_and_long_stays() -> None:
    windows = (
        window(0, "walking", 0.9), window(1, "falling", 0.95), window(3.5, "lying", 0.9),
        window(5, "running", 0.8), window(5.5, "running", 0.8),
    )  # fmt: skip
    named = track({0: 0}, windows=windows, person="Anna", probability=0.9, end=at(700))
    assert told(named) == [
        ("in view for 12 min", 0, 700, 1.0),
        ("candidate Anna in view", 0, 700, 0.9),
        ("falling", 1.0, 5.5, 0.95),
        ("running", 5.0, 7.5, 0.8),
    ]
    others = replace(SETTINGS, people=("Bob",), loitering_s=1000.0)
    assert [e.kind for e in events_of([named], (), others, LEVELS)] == ["falling", "running"]
    assert events_of([named], (), replace(SETTINGS, enabled=False), LEVELS) == ()


def test_an_unknown_expression_in_the_settings_is_refused() -> None:
    with pytest.raises(ConfigError, match="bored"):
        replace(SETTINGS, expressions=("angry", "bored")).expression_names()


def test_expressions_are_no_events_unless_asked() -> None:
    assert events_of([track({0: 0.9})], (), EventSettings(), LEVELS) == ()


def events_in(*windows: ActionWindow) -> list[tuple[object, ...]]:
    return told(track({0: 0}, windows=windows))


def test_a_fall_over_two_tracks_is_told_once_and_names_both() -> None:
    stands = track({0: 0}, windows=[window(t, "standing", 0.9) for t in (0, 0.5, 1)])
    box = Box(100, 100, 40, 120)
    stood = replace(stands, outline=Outline(0.0, 3.0, box, box, 120.0, upright=True))
    down = [window(t, "falling", 0.95) for t in (3, 3.5)] + [
        window(t / 2, "lying", 0.95) for t in range(8, 16)
    ]
    ground = Box(80, 190, 120, 40)
    outline = Outline(3.2, 9.0, ground, ground, 120.0, upright=False)
    lies = replace(track({0: 0}, windows=down), track_id="v:T2", outline=outline)
    (fall,) = events_of([stood, lies], (), SETTINGS, LEVELS)
    assert (fall.level, fall.tracks) == ("alarm", ("v:T2", "v:T1"))
    assert (fall.start.t, fall.end.t) == (3.0, 9.5)
    alone = events_of([replace(lies, outline=None)], (), SETTINGS, LEVELS)
    assert [(e.level, e.tracks) for e in alone] == [("below", ("v:T2",))], "0.8 of the score"


def test_a_walk_is_no_run_however_its_box_changes() -> None:
    assert events_in(window(1, "running", 0.9, speed=0.8)) == []
    run = [window(t, "running", 0.9, speed=2.0) for t in (1, 1.5)]
    assert events_in(*run) == [("running", 1.0, 3.5, 0.9)]


def levels(*windows: ActionWindow) -> list[tuple[str, str, float, float]]:
    found = events_of([track({0: 0}, windows=windows)], (), SETTINGS, LEVELS)
    return [(e.kind, e.level, e.start.t, e.end.t) for e in found]


def test_the_level_of_an_action_follows_from_its_score() -> None:
    stands = window(4, "standing", 0.9)
    for share, level in ((0.95, "alarm"), (0.83, "to check"), (0.6, "below")):
        falls = levels(stands, window(5, "falling", share), window(7.5, "lying", share))
        assert falls == [("falling", level, 5, 7 if share < 0.7 else 9.5)], "lying needs 0.7"
    assert levels(stands, window(5, "falling", 0.4), window(7.5, "lying", 0.4)) == []


def test_what_lies_below_the_levels_comes_last_and_never_beside_what_is_told() -> None:
    weak, strong, after = (window(t, "falling", p) for t, p in ((0, 0.6), (8, 0.95), (9, 0.9)))
    stands = [window(t, "standing", 0.9) for t in (1.5, 6)]
    found = levels(weak, *stands, strong, after, window(11, "lying", 0.9))
    assert found == [("falling", "alarm", 8, 13), ("falling", "below", 0, 2)]


def test_a_kind_that_no_score_tells_well_is_never_told() -> None:
    unsure = LEVELS | {"running": Levels()}
    run = [window(t, "running", 0.99, speed=2.0) for t in (1, 1.5)]
    (event,) = events_of([track({0: 0}, windows=run)], (), SETTINGS, unsure)
    assert event.level == "below"


@pytest.mark.parametrize(("probability", "level"), [(0.95, "alarm"), (0.7, "to check")])
def test_the_level_of_a_candidate_is_its_probability(probability: float, level: str) -> None:
    named = track({0: 0}, person="Anna", probability=probability)
    (event,) = events_of([named], (), SETTINGS, LEVELS)
    assert (event.kind, event.level, event.tracks) == ("person", level, ("v:T1",))


def test_where_everybody_is_fast_nobody_runs() -> None:
    def run(speed: float) -> list[ActionWindow]:
        return [window(t, "running", 0.9, speed=speed) for t in (1, 1.5)]

    fast = [track({0: 0}, track_id=f"v:T{n}", windows=run(2.0)) for n in range(2, 8)]
    runner = track({0: 0}, windows=run(2.2))
    assert told(runner, *fast) == [], "a lapse of time, or all of them run"
    assert [label for label, *_ in told(track({0: 0}, windows=run(2.7)), *fast)] == ["running"]
    assert len(told(runner, *fast[:3])) == 4, "too few to know"
