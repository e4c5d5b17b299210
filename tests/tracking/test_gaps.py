"""Tracks go on over gaps by motion and look, and never to somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from analyzer.config_detection import TrackingSettings
from analyzer.tracking.gaps import join_over_gaps
from analyzer.tracking.tracker import Tracker
from analyzer.tracking.tracks import StitchedTrack, tracks_of
from analyzer.types import (
    Box,
    FaceQuality,
    FaceSample,
    Looks,
    PersonDetection,
    SegmentSpan,
    Tracklet,
)
from tests.tracking.scenes import (
    TIME_BASE,
    Path,
    body,
    detections,
    face,
    hidden,
    look,
    moment,
    times,
    walker,
)


def span(index: int, lead: float, start: float, end: float) -> SegmentSpan:
    return SegmentSpan(index, *(round(t * TIME_BASE) for t in (lead, start, end)))


def tracks(
    paths: Sequence[Path],
    at: Sequence[float],
    spans: Sequence[SegmentSpan] = (),
    looks: bool = True,
    seed: int = 1,
) -> list[StitchedTrack]:
    """Return the tracks of a scene, each segment of it tracked on its own."""
    rng = np.random.default_rng(seed)
    seen = {t: detections(paths, t, rng)[0] for t in at}
    if not looks:
        seen = {t: [replace(one, appearance=None) for one in people] for t, people in seen.items()}
    spans = spans or [span(0, 0, 0, max(at) + 1)]
    segments = []
    for one in spans:
        tracker = Tracker(TrackingSettings())
        for t, people in seen.items():
            if one.lead_pts <= moment(t).pts < one.end_pts:
                tracker.update(moment(t), people)
        segments.append(tracker.finish())
    return tracks_of(segments, spans, 0.4)


def course(track: StitchedTrack) -> list[tuple[float, int]]:
    """Return the (t, x) of a track's bodies."""
    return [(o.moment.t, round(o.body.box.x)) for o in track.whole.observations if o.body]


def right(track: StitchedTrack) -> bool:
    """Return whether the track ever only moves to the right, but for jitter."""
    return bool((np.diff([x for _, x in course(track)]) > -8).all())


@pytest.mark.parametrize("looks", [True, False])
@pytest.mark.parametrize("gone_s", [1.4, 2.4, 3.4])
def test_who_walks_on_behind_something_is_one_track(gone_s: float, looks: bool) -> None:
    (track,) = tracks([hidden(walker(20, 100, 60), 2, 2 + gone_s)], times(0, 8), looks=looks)
    assert len(track.members) == 2
    assert course(track)[0][0] == 0 and course(track)[-1][0] == pytest.approx(7.8)


def test_who_is_hidden_for_too_long_begins_a_new_track() -> None:
    assert len(tracks([hidden(walker(20, 100, 40), 2, 7)], times(0, 10))) == 2


def test_somebody_who_looks_different_and_comes_elsewhere_is_somebody_else() -> None:
    leaves = hidden(walker(20, 100, 60), 2, 99)
    comes = hidden(walker(20, 160, 60), 0, 4)
    assert len(tracks([leaves, comes], times(0, 8))) == 2


@pytest.mark.parametrize("looks", [True, False])
@pytest.mark.parametrize("seed", range(3))
def test_two_who_cross_behind_a_wall_keep_their_ways(seed: int, looks: bool) -> None:
    east = hidden(walker(20, 100, 60), 2.4, 4.2)
    west = hidden(walker(420, 108, -60), 2.4, 4.2)
    found = tracks([east, west], times(0, 7), looks=looks, seed=seed)
    assert len(found) == 2
    assert sorted(right(track) for track in found) == [False, True]
    for track in found:
        xs = [x for _, x in course(track)]
        assert abs(xs[-1] - xs[0]) > 380, "everybody arrives on the other side"


def test_who_leaves_at_the_border_is_not_who_enters_there_afterwards() -> None:
    leaves = hidden(walker(120, 100, -60), 2, 99)
    enters = hidden(walker(-240, 100, 60), 0, 4)
    assert len(tracks([leaves, enters], times(0, 7), looks=False)) == 2


def test_pictures_at_irregular_times_change_nothing() -> None:
    rng = np.random.default_rng(5)
    at = np.round(np.cumsum(rng.uniform(0.07, 0.4, 40)), 3).tolist()
    (track,) = tracks([hidden(walker(20, 100, 40), 2, 4)], at)
    assert len(track.members) == 2


def test_a_good_join_forces_no_bad_one() -> None:
    stays = hidden(walker(20, 100, 60), 2, 4)
    gone = hidden(walker(60, 190, 0), 2, 99)
    comes = hidden(walker(330, 190, 0), 0, 4)
    assert len(tracks([stays, gone, comes], times(0, 7))) == 3


def tracklet(number: int, at: Sequence[float], path: Path, person: int) -> Tracklet:
    tracker = Tracker(TrackingSettings())
    for t in at:
        box = path(t)
        assert box is not None
        tracker.update(moment(t), [PersonDetection(None, body(box), look(person))])
    (one,) = tracker.finish()
    return replace(one, number=number)


def test_a_moment_behind_a_post_belongs_to_who_walks_behind_it() -> None:
    path = walker(20, 100, 60)
    before, post, after = (
        tracklet(1, times(0, 2), path, 0),
        tracklet(2, times(2, 2.6), path, 5),
        tracklet(3, times(2.6, 5), path, 0),
    )
    aside = tracklet(4, times(2, 2.6), walker(300, 100, 0), 5)
    assert join_over_gaps([before, post, after, aside]) == [[0, 1, 2], [3]]


def test_the_order_of_the_tracks_does_not_matter() -> None:
    parts = [
        tracklet(number, at, walker(x, y, 60), person)
        for number, (at, x, y, person) in enumerate(
            [
                (times(0, 2), 20, 100, 0),
                (times(3, 6), 20, 100, 0),
                (times(0, 2.4), 40, 260, 1),
                (times(4, 6), 40, 260, 1),
            ]
        )
    ]
    wanted = [[0, 1], [2, 3]]
    assert join_over_gaps(parts) == wanted
    turned = parts[::-1]
    groups = [[turned[i].number for i in group] for group in join_over_gaps(turned)]
    assert groups == wanted


def with_face(one: Tracklet, *vector: float) -> Tracklet:
    quality = FaceQuality(30.0, 50.0, 0.5, 0.0, 0.0, 0.0, 0.9)
    points = np.zeros((5, 2), np.float32)
    embedding = np.array(vector, np.float32)
    sample = FaceSample(
        one.observations[0].moment, Box(0, 0, 9, 9), points, quality, b"", embedding
    )
    return replace(one, faces=(sample,))


def test_another_face_is_another_person() -> None:
    path = walker(20, 100, 60)
    before, after = tracklet(1, times(0, 2), path, 0), tracklet(2, times(3, 5), path, 0)
    one, same, other = (
        with_face(before, 0, 0), with_face(after, 0.3, 0), with_face(after, 0.9, 0)
    )  # fmt: skip
    assert len(join_over_gaps([one, same], same_face=0.6)) == 1
    assert len(join_over_gaps([one, other], same_face=0.6)) == 2


def test_a_face_alone_goes_on_over_a_gap() -> None:
    tracker = Tracker(TrackingSettings())
    for t in [*times(0, 2), *times(3.6, 6)]:
        head = face(Box(100 + 20 * t, 80, 32, 40))
        tracker.update(moment(t), [PersonDetection(head, None, look(0))])
    parts = tracker.finish()
    assert len(parts) == 2
    assert join_over_gaps(parts) == [[0, 1]]


def test_looks_are_those_at_both_ends() -> None:
    tracker = Tracker(TrackingSettings())
    box = Box(100, 60, 40, 100)
    for t in times(0, 6):
        mixed = (look(0) * (6 - t) + look(1) * t) / 6
        mixed = (mixed / np.linalg.norm(mixed)).astype(np.float32)
        tracker.update(moment(t), [PersonDetection(None, body(box), mixed)])
    (one,) = tracker.finish()
    assert one.looks.first is not None and one.looks.last is not None
    assert float(one.looks.first @ look(0)) > 0.9 > float(one.looks.first @ look(1))
    assert float(one.looks.last @ look(1)) > 0.9 > float(one.looks.last @ look(0))
    assert Looks().first is None


@pytest.mark.parametrize("cuts", [(4.0, 8.0), (3.0, 7.0), (5.0, 6.6), (3.6, 9.4)])
def test_joins_over_gaps_do_not_depend_on_the_cuts_of_the_file(cuts: tuple[float, float]) -> None:
    end = 12.0
    scene = [
        hidden(walker(20, 100, 35), 3.2, 5.4),
        hidden(walker(480, 110, -35), 6.2, 9.0),
        walker(60, 230, 20),
    ]
    whole = tracks(scene, times(0, end))
    first, second = cuts
    spans = [
        span(0, 0, 0, first),
        span(1, first - 2, first, second),
        span(2, second - 2, second, end + 1),
    ]
    cut = tracks(scene, times(0, end), spans)
    assert len(whole) == 3
    assert [course(track) for track in cut] == [course(track) for track in whole]
    for track in cut:
        assert len(track.starts) == len(track.members)
        assert list(track.starts) == sorted(set(track.starts))
