"""Tracks do not depend on how a file was cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from analyzer.config_detection import TrackingSettings
from analyzer.tracking.merge import merge
from analyzer.tracking.stitch import stitch
from analyzer.tracking.tracker import Tracker
from analyzer.types import Box, FaceQuality, FaceSample, PersonDetection, SegmentSpan, Tracklet
from tests.tracking.scenes import TIME_BASE, Path, body, detections, hidden, moment, times, walker

END = 12.0
STILL = (4.0, 9.0)
"""Seconds in which nothing in the scene moves."""


def scene() -> list[Path]:
    """Return four people: two that cross, one hidden over a cut, one that comes late and goes."""
    late = hidden(hidden(walker(500, 60, -40), 0, 3.9), 10.5, END)
    return [
        walker(40, 100, 35),
        walker(480, 110, -35),
        hidden(walker(60, 230, 20), 3.2, 3.9),
        late,
    ]


def frozen(t: float) -> float:
    """Return the time that the people in the scene live in, which stops while they stand still."""
    return t if t < STILL[0] else max(STILL[0], t - (STILL[1] - STILL[0]))


def recorded(quiet: bool) -> dict[float, list[PersonDetection] | None]:
    """Return what the detector saw at each sampled time, None where nothing moved."""
    rng = np.random.default_rng(7)
    seen: dict[float, list[PersonDetection] | None] = {}
    for t in times(0, END):
        if quiet and STILL[0] < t < STILL[1] and round(t * 5) % 5:
            seen[t] = None
        else:
            seen[t] = detections(scene(), frozen(t) if quiet else t, rng)[0]
    return seen


def span(index: int, lead: float, start: float, end: float) -> SegmentSpan:
    return SegmentSpan(index, *(round(t * TIME_BASE) for t in (lead, start, end)))


def tracked(
    spans: Sequence[SegmentSpan], seen: dict[float, list[PersonDetection] | None]
) -> list[tuple[Tracklet, ...]]:
    """Return the tracklets of each segment, tracked on its own."""
    result = []
    for one in spans:
        tracker = Tracker(TrackingSettings())
        for t, found in seen.items():
            if one.lead_pts <= moment(t).pts < one.end_pts:
                if found is None:
                    tracker.hold(moment(t))
                else:
                    tracker.update(moment(t), found)
        result.append(tracker.finish())
    return result


def tracks(
    spans: Sequence[SegmentSpan], seen: dict[float, list[PersonDetection] | None]
) -> list[tuple[tuple[float, float], ...]]:
    """Return the stitched tracks as the (t, x) of their observations."""
    segments = tracked(spans, seen)
    groups = stitch(segments, spans, 0.4)
    merged = [merge(group, segments, spans, i) for i, group in enumerate(groups)]
    return [
        tuple((o.moment.t, o.body.box.x) for o in track.observations if o.body) for track in merged
    ]


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("cuts", [(4.0, 8.0), (5.0, 6.6), (3.8, 10.4)])
def test_three_segments_give_the_tracks_of_one(cuts: tuple[float, float], quiet: bool) -> None:
    seen = recorded(quiet)
    whole = tracks([span(0, 0, 0, END)], seen)
    first, second = cuts
    cut = [
        span(0, 0, 0, first),
        span(1, first - 2, first, second),
        span(2, second - 2, second, END),
    ]
    assert len(whole) == 4
    assert tracks(cut, seen) == whole


def test_every_moment_of_a_merged_track_comes_once_and_in_order() -> None:
    cut = [span(0, 0, 0, 5), span(1, 2.5, 5, END)]
    merged = tracks(cut, recorded(False))
    assert merged and all(merged)
    for track in merged:
        at = [t for t, _ in track]
        assert at == sorted(set(at))


def test_without_overlap_tracks_go_on_where_they_ended() -> None:
    cut = [span(0, 0, 0, 6), span(1, 6, 6, END)]
    assert [len(t) for t in tracks(cut, recorded(True))] == [
        len(t) for t in tracks([span(0, 0, 0, END)], recorded(True))
    ]


def test_nothing_is_stitched_over_a_missing_segment() -> None:
    spans = [span(0, 0, 0, 4), span(2, 4, 4, 8)]
    segments = tracked(spans, recorded(False))
    assert all(len(group) == 1 for group in stitch(segments, spans, 0.4))


def test_people_apart_are_not_joined() -> None:
    spans = [span(0, 0, 0, 4), span(1, 2, 4, 8)]
    left = {t: [PersonDetection(None, body(walker(40, 100, 10)(t)))] for t in times(0, 4)}  # type: ignore[arg-type]
    right = {t: [PersonDetection(None, body(walker(400, 100, 10)(t)))] for t in times(2, 8)}  # type: ignore[arg-type]
    segments = [tracked(spans[:1], left)[0], tracked(spans[1:], right)[0]]
    assert stitch(segments, spans, 0.4) == [[(0, 1)], [(1, 1)]]


def embedded(tracklet: Tracklet, *vectors: Sequence[float]) -> Tracklet:
    """Return ``tracklet`` with faces of those embeddings."""
    quality = FaceQuality(30.0, 50.0, 0.5, 0.0, 0.0, 0.0, 0.9)
    points = np.zeros((5, 2), np.float32)
    box = Box(0, 0, 10, 10)
    faces = tuple(
        FaceSample(o.moment, box, points, quality, b"", np.array(vector, np.float32))
        for o, vector in zip(tracklet.observations, vectors, strict=False)
    )
    return replace(tracklet, faces=faces)


@pytest.mark.parametrize(("other", "joined"), [((0.0, 0.3), True), ((0.0, 0.9), False)])
def test_after_a_moment_unseen_at_the_cut_the_face_tells_who_goes_on(
    other: Sequence[float], joined: bool
) -> None:
    spans = [span(0, 0, 0, 4), span(1, 4, 4, 8)]
    left = {t: [PersonDetection(None, body(walker(40, 100, 10)(t)))] for t in times(0, 3.6)}  # type: ignore[arg-type]
    right = {t: [PersonDetection(None, body(walker(200, 100, 10)(t)))] for t in times(4.2, 8)}  # type: ignore[arg-type]
    (a,), (b,) = tracked(spans[:1], left)[0], tracked(spans[1:], right)[0]
    segments = [(embedded(a, (0.0, 0.0), (5.0, 5.0)),), (embedded(b, other),)]
    groups = stitch(segments, spans, 0.4, same_face=0.6)
    assert groups == ([[(0, 1), (1, 1)]] if joined else [[(0, 1)], [(1, 1)]])


def test_segments_and_spans_must_correspond() -> None:
    with pytest.raises(ValueError, match="expected 1 segments"):
        stitch([], [span(0, 0, 0, 4)], 0.4)
