"""MOTA, IDF1 and HOTA have the values that the packages of the field give."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.boxes import iou
from analyzer.lab.tracking.metrics import MATCH_IOU, IdentifiedBoxes, Judgement, joined, judge

Frames = list[IdentifiedBoxes]


def crowd(seed: int) -> tuple[Frames, Frames]:
    """Return eight people, and tracks that miss, swap, restart, jitter and see too much."""
    rng = np.random.default_rng(seed)
    place, speed = rng.uniform(0, 300, (8, 2)), rng.normal(0, 4, (8, 2))
    ids = np.arange(100, 108)
    truth, found = [], []
    for frame in range(60):
        place = place + speed
        boxes = np.concatenate([place, np.full((8, 2), (40.0, 90.0))], axis=1)
        there, seen = rng.random(8) < 0.9, rng.random(8) < 0.8
        if rng.random() < 0.2:
            a, b = rng.choice(8, 2, replace=False)
            ids[[a, b]] = ids[[b, a]]
        if rng.random() < 0.2:
            ids[rng.integers(8)] = ids.max() + 1
        noisy = np.concatenate([boxes[seen] + rng.normal(0, 5, (seen.sum(), 4)), boxes[:1] + 150])
        truth.append(IdentifiedBoxes(np.arange(8)[there], boxes[there]))
        found.append(IdentifiedBoxes(np.append(ids[seen], 5000 + frame // 7), noisy))
    return truth, found


@pytest.mark.parametrize("seed", range(3))
def test_mota_and_idf1_are_those_of_motmetrics(seed: int) -> None:
    motmetrics = pytest.importorskip("motmetrics")
    truth, found = crowd(seed)
    events = motmetrics.MOTAccumulator(auto_id=True)
    for one, other in zip(truth, found, strict=True):
        alike = iou(one.boxes, other.boxes)
        events.update(one.ids, other.ids, np.where(alike >= MATCH_IOU, 1 - alike, np.nan))
    names = ["mota", "idf1", "num_switches", "num_misses", "num_false_positives"]
    wanted = motmetrics.metrics.create().compute(events, metrics=names, name="x").iloc[0]
    judged = judge(truth, found)
    assert judged.mota == pytest.approx(wanted["mota"], abs=1e-9)
    assert judged.idf1 == pytest.approx(wanted["idf1"], abs=1e-9)
    assert len(judged.switches) == wanted["num_switches"] > 20
    assert sum(map(len, judged.missed)) == wanted["num_misses"]
    assert sum(map(len, judged.false)) == wanted["num_false_positives"]


@pytest.mark.parametrize("seed", range(3))
def test_hota_is_that_of_trackeval_as_the_package_trackers_has_it(seed: int) -> None:
    library = pytest.importorskip("trackers.eval")
    truth, found = crowd(seed)
    wanted = library.compute_hota_metrics(
        [one.ids for one in truth],
        [one.ids for one in found],
        [iou(a.boxes, b.boxes) for a, b in zip(truth, found, strict=True)],
    )["HOTA"]
    assert judge(truth, found).hota == pytest.approx(wanted, abs=1e-9)


def walk(track: list[int]) -> Judgement:
    """Return the judgement of one person, followed in each frame by a track, 0 for none."""
    boxes = [np.array([[10.0 * frame, 0, 20, 50]]) for frame in range(len(track))]
    truth = [IdentifiedBoxes(np.array([7]), box) for box in boxes]
    found = [
        IdentifiedBoxes(np.array([number] if number else [], np.int64), box[: bool(number)])
        for number, box in zip(track, boxes, strict=True)
    ]
    return judge(truth, found)


def test_one_person_in_two_tracks_is_one_switch_and_half_an_identity() -> None:
    judged = walk([1, 1, 1, 2, 2, 2])
    assert (len(judged.switches), judged.people, judged.tracks) == (1, 1, 2)
    assert judged.mota == pytest.approx(1 - 1 / 6)
    assert judged.idf1 == pytest.approx(0.5)
    assert judged.hota == pytest.approx(0.5**0.5)


def test_an_unseen_moment_costs_a_box_and_no_identity() -> None:
    judged = walk([1, 1, 0, 1])
    assert judged.switches == ()
    assert judged.mota == pytest.approx(0.75)
    assert judged.idf1 == pytest.approx(2 * 3 / 7)
    assert judged.missed == ((), (), (0,), ())


def test_sequences_are_judged_together_as_if_they_were_one() -> None:
    one, two = crowd(1), crowd(2)
    truth, found = joined([one[0], two[0]]), joined([one[1], two[1]])
    both = judge(truth, found)
    alone = [judge(*one), judge(*two)]
    assert both.people == sum(part.people for part in alone)
    assert len(both.switches) == sum(len(part.switches) for part in alone)
    wrong = sum((1 - part.mota) * part.boxes for part in alone)
    assert both.mota == pytest.approx(1 - wrong / both.boxes)


def test_frames_of_truth_and_tracks_must_correspond() -> None:
    truth, found = crowd(0)
    with pytest.raises(ValueError, match="expected 60 frames"):
        judge(truth, found[1:])
    with pytest.raises(ValueError, match="truth with boxes"):
        judge([], [])
