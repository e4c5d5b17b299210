"""The tracker's promises on scenes with known truth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from analyzer.config_detection import TrackingSettings
from analyzer.tracking.tracker import Tracker
from analyzer.types import Box, PersonDetection, Tracklet
from tests.tracking.scenes import (
    Path,
    body,
    detections,
    face,
    face_of,
    hidden,
    look,
    moment,
    times,
    walker,
)


def follow(
    paths: Sequence[Path], at: Sequence[float], seed: int = 1
) -> tuple[dict[int, list[int]], tuple[Tracklet, ...]]:
    """Return the tracklet numbers that each person was given, in order, and the tracklets."""
    rng = np.random.default_rng(seed)
    tracker = Tracker(TrackingSettings())
    given: dict[int, list[int]] = defaultdict(list)
    for t in at:
        seen, who = detections(paths, t, rng)
        for person, number in zip(who, tracker.update(moment(t), seen), strict=True):
            # Two people at one place at one time may count as one found twice.
            if number is not None:
                given[person].append(number)
    return given, tracker.finish()


@pytest.mark.parametrize("seed", range(5))
def test_people_who_cross_keep_their_tracks(seed: int) -> None:
    crossing = [walker(50, 100, 60), walker(450, 110, -70), walker(100, 130, 90, 110)]
    given, tracklets = follow(crossing, times(0, 6), seed)
    assert {person: len(set(numbers)) for person, numbers in given.items()} == {0: 1, 1: 1, 2: 1}
    assert len(tracklets) == 3


def test_a_person_hidden_for_less_than_the_limit_is_the_same_track() -> None:
    given, _ = follow([hidden(walker(50, 100, 70), 2.0, 2.7)], times(0, 5))
    assert set(given[0]) == {1}


def test_a_person_hidden_for_longer_begins_a_new_track() -> None:
    given, tracklets = follow([hidden(walker(50, 100, 70), 2.0, 3.6)], times(0, 6))
    assert given[0][0] == 1 and given[0][-1] == 2
    assert len(tracklets) == 2


def test_no_track_ever_holds_two_people() -> None:
    paths = [
        hidden(walker(40 + 60 * i, 100 + 8 * i, 50 - 30 * i), 1.5 + i / 3, 2 + i / 2)
        for i in range(5)
    ]
    for seed in range(5):
        given, _ = follow(paths, times(0, 6), seed)
        owners = defaultdict(set)
        for person, numbers in given.items():
            for number in numbers:
                owners[number].add(person)
        assert set.union(*owners.values()) == set(range(5)), "everybody is followed"
        assert all(len(people) == 1 for people in owners.values())


def test_irregular_time_differences_are_followed() -> None:
    at = [0.0, 0.2, 0.25, 0.5, 1.2, 1.25, 1.3, 2.1, 2.2, 3.0, 3.9, 4.0]
    given, _ = follow([walker(50, 100, 100), walker(500, 180, -100)], at)
    assert all(len(set(numbers)) == 1 for numbers in given.values())


def test_a_runner_is_one_track_though_he_covers_more_than_half_his_height_a_sample() -> None:
    given, _ = follow([walker(20, 100, 480, 110), walker(300, 300, 40, 110)], times(0, 1.2))
    assert {person: len(set(numbers)) for person, numbers in given.items()} == {0: 1, 1: 1}


def test_somebody_else_far_away_is_no_runner() -> None:
    leaves, comes = hidden(walker(50, 100, 0), 1.0, 9.0), hidden(walker(150, 100, 0), 0.0, 1.0)
    given, _ = follow([leaves, comes], times(0, 2))
    assert set(given[0]) != set(given[1])


def test_a_small_face_that_moves_by_its_own_width_is_one_track() -> None:
    tracker = Tracker(TrackingSettings())
    numbers = [
        tracker.update(moment(t), [PersonDetection(face(Box(100 + 180 * t, 80, 32, 40)), None)])[0]
        for t in times(0, 3)
    ]
    assert set(numbers) == {1}


def test_either_box_carries_a_track_on() -> None:
    tracker = Tracker(TrackingSettings())
    numbers = []
    for i, t in enumerate(times(0, 4)):
        box = Box(100 + 60 * t, 60, 80, 200)
        whole = PersonDetection(face(face_of(box)), body(box), look(0))
        seen = (whole, replace(whole, face=None), replace(whole, body=None))[i % 3]
        numbers += tracker.update(moment(t), [seen])
    assert set(numbers) == {1}
    assert len(tracker.finish()) == 1


def test_a_track_of_a_face_goes_on_as_a_body_and_back() -> None:
    tracker = Tracker(TrackingSettings())
    box = Box(100, 60, 80, 200)
    numbers = []
    for t in times(0, 3):
        alone = (
            PersonDetection(face(face_of(box)), None)
            if t < 1 or t >= 2
            else PersonDetection(None, body(box))
        )
        numbers += tracker.update(moment(t), [alone])
    assert set(numbers) == {1}


def test_a_cut_to_somebody_else_at_the_same_place_ends_the_track() -> None:
    tracker = Tracker(TrackingSettings())
    box = Box(100, 60, 80, 200)
    numbers = [
        tracker.update(moment(t), [PersonDetection(None, body(box), look(0 if t < 1 else 1))])[0]
        for t in times(0, 2)
    ]
    assert numbers == [1] * 5 + [2] * 5


def test_whoever_falls_looks_different_and_is_the_same_track() -> None:
    tracker = Tracker(TrackingSettings())
    numbers = []
    for t in times(0, 2):
        down = min(max((t - 0.7) / 0.8, 0), 1)
        box = Box(100 - 50 * down, 60 + 110 * down, 80 + 90 * down, 200 - 110 * down)
        numbers += tracker.update(
            moment(t), [PersonDetection(None, body(box), look(int(t >= 1.2)))]
        )
    assert numbers == [1] * 10


def test_two_equal_ways_to_go_on_end_the_track() -> None:
    tracker = Tracker(TrackingSettings())
    for t in times(0, 1):
        tracker.update(moment(t), [PersonDetection(None, body(Box(100, 60, 40, 100)), look(0))])
    apart = [PersonDetection(None, body(Box(100 + dx, 60, 40, 100)), look(0)) for dx in (-25, 25)]
    assert sorted(n for n in tracker.update(moment(1.0), apart) if n) == [2, 3]


def test_a_person_found_twice_is_one_track() -> None:
    tracker = Tracker(TrackingSettings())
    for t in times(0, 2):
        box = Box(100 + 60 * t, 60, 40, 100)
        double = Box(box.x + 3, box.y + 4, box.w, box.h)
        numbers = tracker.update(
            moment(t), [PersonDetection(None, body(box)), PersonDetection(None, body(double, 0.7))]
        )
        assert numbers == [1, None]
    assert len(tracker.finish()) == 1


def test_low_scores_carry_a_track_on_but_begin_none() -> None:
    tracker = Tracker(TrackingSettings())
    box = Box(100, 60, 40, 100)
    faint = [PersonDetection(None, body(box, 0.45))]
    assert tracker.update(moment(0.0), faint) == [None]
    assert tracker.update(moment(0.2), [PersonDetection(None, body(box, 0.9))]) == [1]
    assert tracker.update(moment(0.4), faint) == [1]


def test_faint_bodies_around_a_face_do_not_break_its_track() -> None:
    tracker = Tracker(TrackingSettings())
    rng = np.random.default_rng(3)
    numbers = []
    for t in times(0, 6):
        head = face(Box(300, 60, 60, 80))
        sleeve = body(Box(280 + rng.normal(0, 20), 50, 100, rng.uniform(120, 300)), 0.5)
        elsewhere = body(Box(340 + rng.normal(0, 20), 150, 30, 90), 0.5)
        paired = sleeve if rng.random() < 0.5 else None
        seen = [PersonDetection(head, paired, look(0)), PersonDetection(None, elsewhere, look(1))]
        numbers.append(tracker.update(moment(t), seen)[0])
    assert set(numbers) == {1}


def test_frames_without_motion_hold_and_do_not_age() -> None:
    tracker = Tracker(TrackingSettings())
    seen = [PersonDetection(None, body(Box(100, 60, 40, 100)), look(0))]
    tracker.update(moment(0.0), seen)
    tracker.update(moment(0.2), seen)
    for t in times(0.4, 60):
        tracker.hold(moment(t))
    assert tracker.update(moment(60.0), seen) == [1]
    (tracklet,) = tracker.finish()
    kinds = [observation.seen for observation in tracklet.observations]
    assert kinds == ["detected"] * 2 + ["held"] * 298 + ["detected"]


def test_nobody_is_followed_over_a_cut_and_a_lone_picture_makes_a_track() -> None:
    seen = [PersonDetection(None, body(Box(100, 60, 40, 100)), look(0))]
    for lone, spans in ((True, [(0.0, 0.0), (1200.0, 1200.8)]), (False, [(1200.0, 1200.8)])):
        tracker = Tracker(TrackingSettings())
        tracker.update(moment(0.0), seen)
        tracker.cut(lone=lone)
        for t in times(1200, 1201):
            tracker.update(moment(t), seen)
        found = [
            (t.observations[0].moment.t, t.observations[-1].moment.t) for t in tracker.finish()
        ]
        assert found == spans


@pytest.mark.parametrize(("slow_s", "tracks"), [(0.2, 2), (1.0, 1)])
def test_a_recorder_that_slows_down_loses_nobody_by_one_missed_sample(
    slow_s: float, tracks: int
) -> None:
    """At five pictures a second 2 s without a sighting are many; at one a second they are one."""
    tracker = Tracker(TrackingSettings())
    seen = [PersonDetection(None, body(Box(100, 60, 40, 100)), look(0))]
    at = [*times(0, 3), *(3 + slow_s * i for i in range(round(8 / slow_s)))]
    for t in at:
        tracker.update(moment(t), [] if 6.9 < t < 8.4 and (slow_s < 1 or t < 7.9) else seen)
    assert len(tracker.finish()) == tracks


def test_a_person_standing_still_is_held_while_others_move() -> None:
    tracker = Tracker(TrackingSettings())
    still = PersonDetection(None, body(Box(100, 60, 40, 100)), look(0))
    for t in times(0, 1):
        tracker.update(moment(t), [still], [Box(95, 55, 50, 110)])
    for t in times(1, 10):
        tracker.update(moment(t), [], [Box(400, 60, 40, 100)])
    assert tracker.update(moment(10.0), [still], [Box(110, 60, 20, 20)]) == [1]


def test_a_held_track_ends_when_something_moves_there_and_nobody_is_found() -> None:
    tracker = Tracker(TrackingSettings())
    still = PersonDetection(None, body(Box(100, 60, 40, 100)), look(0))
    for t in times(0, 1):
        tracker.update(moment(t), [still])
    for t in times(1, 3):
        tracker.update(moment(t), [], [Box(90, 60, 60, 100)])
    assert tracker.update(moment(3.0), [still]) == [2]


def test_a_walker_who_is_no_longer_found_is_not_held_where_nothing_moves() -> None:
    tracker = Tracker(TrackingSettings())
    path = walker(50, 100, 60)
    for t in times(0, 2):
        box = path(t)
        assert box is not None
        tracker.update(moment(t), [PersonDetection(None, body(box), look(0))], [box])
    for t in times(2, 4):
        tracker.update(moment(t), [], [Box(400, 60, 40, 100)])
    (one,) = tracker.finish()
    assert one.observations[-1].moment.t == pytest.approx(1.8)


def test_a_faint_box_beside_the_expected_place_carries_nobody_on() -> None:
    tracker = Tracker(TrackingSettings())
    for t in times(0, 1):
        tracker.update(moment(t), [PersonDetection(None, body(Box(100, 60, 40, 100)))])
    beside = PersonDetection(None, body(Box(125, 60, 40, 100), 0.3))
    assert tracker.update(moment(1.0), [beside]) == [None]
    faint = PersonDetection(None, body(Box(104, 62, 40, 98), 0.3))
    assert tracker.update(moment(1.2), [faint]) == [1]


def test_legs_boxed_beside_the_whole_person_begin_no_track() -> None:
    tracker = Tracker(TrackingSettings())
    for t in times(0, 2):
        whole = Box(100 + 60 * t, 60, 40, 100)
        legs = Box(whole.x + 6, whole.y + 55, 28, 44)
        seen = [PersonDetection(None, body(whole, 0.9)), PersonDetection(None, body(legs, 0.7))]
        assert tracker.update(moment(t), seen) == [1, None]
    assert len(tracker.finish()) == 1


def test_who_steps_before_somebody_larger_stays_a_track() -> None:
    tracker = Tracker(TrackingSettings())
    numbers = []
    for t in times(0, 3):
        large = PersonDetection(None, body(Box(200, 40, 90, 180), 0.9), look(0))
        small = PersonDetection(None, body(Box(120 + 50 * t, 120, 36, 90), 0.7), look(1))
        numbers.append(tracker.update(moment(t), [large, small]))
    assert numbers == [[1, 2]] * len(numbers)


def test_one_detection_alone_is_no_tracklet() -> None:
    tracker = Tracker(TrackingSettings())
    tracker.update(moment(0.0), [PersonDetection(None, body(Box(100, 60, 40, 100)))])
    for t in times(0.2, 3):
        tracker.hold(moment(t))
    assert tracker.finish() == ()


def test_numbers_do_not_depend_on_what_ran_before() -> None:
    paths = [walker(50, 100, 60), walker(450, 110, -70)]
    first, second = follow(paths, times(0, 4)), follow(paths, times(0, 4))
    assert first[0] == second[0]


def test_observations_are_ordered_in_time_and_time_must_advance() -> None:
    _, tracklets = follow([hidden(walker(50, 100, 70), 2.0, 2.7)], times(0, 5))
    at = [observation.moment.pts for observation in tracklets[0].observations]
    assert at == sorted(set(at))
    tracker = Tracker(TrackingSettings())
    tracker.update(moment(1.0), [])
    with pytest.raises(ValueError, match="after t = 1"):
        tracker.hold(moment(1.0))
