"""How often a picture in which nothing moves is looked at."""

from analyzer.config_detection import MotionSettings
from analyzer.pipeline.frame_selection import FrameSelection
from analyzer.video.motion import MotionState

STILL = MotionState(False, 0.0, ())
MOVED = MotionState(True, 0.1, ())


def looks(states: list[MotionState], settings: MotionSettings) -> list[float]:
    selection = FrameSelection(settings)
    return [n / 5 for n, state in enumerate(states) if selection.should_detect(state, n / 5)]


def test_waits_grow_to_the_longest_while_nothing_moves() -> None:
    at = looks([MOVED] + [STILL] * 1000, MotionSettings(recheck_s=1.0, recheck_most_s=60.0))
    assert at == [0.0, 1.0, 4.0, 13.0, 40.0, 100.0, 160.0]


def test_movement_is_looked_at_at_once_and_begins_the_waits_anew() -> None:
    states = [MOVED] * 2 + [STILL] * 100 + [MOVED] + [STILL] * 30
    at = looks(states, MotionSettings())
    assert at[:4] == [0.0, 0.2, 1.2, 4.2]
    assert 20.4 in at and 21.4 in at


def test_every_picture_is_looked_at_where_the_gate_is_off() -> None:
    assert len(looks([STILL] * 20, MotionSettings(enabled=False))) == 20
