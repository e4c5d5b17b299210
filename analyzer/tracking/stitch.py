"""Stitching of tracklets of consecutive segments into tracks.

The result is a function of raw rows and settings.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.pairing import assign
from analyzer.types import Box, Observation, SegmentSpan, Tracklet

Member = tuple[int, int]
"""A tracklet: the index of its segment and its number there."""

LAST_COMMON = 5
"""Number of last common moments that count: one second at the default rate. Earlier moments say
less about who continues."""

_CUT_WEIGHT = 0.5
"""Weight of reaching the cut, against overlap. Where one of two segments broke a track inside the
stretch that both saw, the piece that reaches the cut is continued."""


def stitch(
    segments: Sequence[Sequence[Tracklet]],
    spans: Sequence[SegmentSpan],
    min_iou: float,
    max_gap_s: float = 1.0,
    same_face: float = 0.0,
) -> list[list[Member]]:
    """Return the tracks of one video as groups of tracklets, ordered in time.

    ``segments`` holds the tracklets of each of ``spans``, in order of index. Nothing is stitched
    across a missing segment. Two tracklets are joined where both segments analysed the same moments
    and their boxes overlap there by ``min_iou`` on average (Hungarian assignment). Without common
    moments they are joined if one ends at the cut and the other begins within ``max_gap_s``, at the
    same place or with the same face: embeddings at most ``same_face`` apart, and never with another
    face. A tracklet that lies wholly in the lead of its segment, and matches no tracklet of the
    segment before, is dropped. Raises ValueError if ``segments`` and ``spans`` do not correspond.
    """
    if len(segments) != len(spans):
        raise ValueError(f"expected {len(spans)} segments of tracklets, got {len(segments)}")
    follower = {
        (before.index, a): (after.index, b)
        for i, (before, after) in enumerate(pairwise(spans))
        if after.index == before.index + 1
        for a, b in _joined(segments[i], segments[i + 1], after, min_iou, max_gap_s, same_face)
    }
    members = [(s.index, t.number) for ts, s in zip(segments, spans, strict=True) for t in ts]
    firsts = [_first_own(t, s) for ts, s in zip(segments, spans, strict=True) for t in ts]
    own = {m: first for m, first in zip(members, firsts, strict=True) if first is not None}
    followers = set(follower.values())
    chains = [_chain(member, follower) for member in members if member not in followers]
    groups = [[member for member in chain if member in own] for chain in chains]
    return sorted(filter(None, groups), key=lambda group: (own[group[0]], group[0]))


def _chain(member: Member, follower: dict[Member, Member]) -> list[Member]:
    chain = [member]
    while chain[-1] in follower:
        chain.append(follower[chain[-1]])
    return chain


def _first_own(tracklet: Tracklet, span: SegmentSpan) -> int | None:
    """Return the first pts of ``tracklet`` that ``span`` owns, or None."""
    for observation in tracklet.observations:
        if span.start_pts <= observation.moment.pts < span.end_pts:
            return observation.moment.pts
    return None


def _joined(
    before: Sequence[Tracklet],
    after: Sequence[Tracklet],
    span: SegmentSpan,
    min_iou: float,
    max_gap_s: float,
    same_face: float,
) -> list[tuple[int, int]]:
    """Return the numbers of the tracklets to join across the start of ``span``."""
    costs = np.full((len(before), len(after)), np.inf)
    for i, a in enumerate(before):
        for j, b in enumerate(after):
            costs[i, j] = _overlap_cost(a, b, span, min_iou)
    pairs = assign(costs)
    adjacent = _adjacent_costs(before, after, pairs, min_iou, max_gap_s, same_face)
    return [(before[i].number, after[j].number) for i, j in sorted(pairs + assign(adjacent))]


def _overlap_cost(a: Tracklet, b: Tracklet, span: SegmentSpan, min_iou: float) -> float:
    """Return the cost of joining ``a`` and ``b`` by the moments they have in common."""
    seen_in_b = {o.moment.pts: o for o in b.observations if o.moment.pts < span.start_pts}
    common = [
        (o.moment.pts, shared)
        for o in a.observations
        if o.moment.pts in seen_in_b and (shared := overlap(o, seen_in_b[o.moment.pts])) is not None
    ][-LAST_COMMON:]
    if not common:
        return float("inf")
    mean = sum(shared for _, shared in common) / len(common)
    if mean < min_iou:
        return float("inf")
    short = (span.start_pts - common[-1][0]) / max(span.start_pts - span.lead_pts, 1)
    return 1.0 - mean + _CUT_WEIGHT * short


def _adjacent_costs(
    before: Sequence[Tracklet],
    after: Sequence[Tracklet],
    pairs: Sequence[tuple[int, int]],
    min_iou: float,
    max_gap_s: float,
    same_face: float,
) -> NDArray[np.float64]:
    """Return the costs of joining the unmatched: adjacent in time, and by place or by face."""
    used_before, used_after = {i for i, _ in pairs}, {j for _, j in pairs}
    costs = np.full((len(before), len(after)), np.inf)
    for i, a in enumerate(before):
        for j, b in enumerate(after):
            if i in used_before or j in used_after:
                continue
            gap = b.observations[0].moment.t - a.observations[-1].moment.t
            if 0 < gap <= max_gap_s:
                shared = overlap(a.observations[-1], b.observations[0])
                costs[i, j] = _adjacent_cost(shared, face_distance(a, b), min_iou, same_face)
    return costs


def _adjacent_cost(
    shared: float | None, distance: float | None, min_iou: float, same_face: float
) -> float:
    """Return the cost of joining by overlap and distance of faces, either None where unknown."""
    if distance is not None and same_face > 0:
        # After a gap of several samples the face identifies the person better than the place does.
        return distance / same_face if distance <= same_face else float("inf")
    return 1.0 - shared if shared is not None and shared >= min_iou else float("inf")


def face_distance(a: Tracklet, b: Tracklet) -> float | None:
    """Return the least distance between the embedded faces of two tracklets, or None."""
    of_a = [face.embedding for face in a.faces if face.embedding is not None]
    of_b = [face.embedding for face in b.faces if face.embedding is not None]
    if not of_a or not of_b:
        return None
    apart = np.stack(of_a)[:, None, :] - np.stack(of_b)[None, :, :]
    return float(np.linalg.norm(apart, axis=2).min())


def overlap(a: Observation, b: Observation) -> float | None:
    """Return the mean IoU over the kinds of box that both have, or None without a common kind."""
    both: list[tuple[Box, Box]] = []
    if a.face is not None and b.face is not None:
        both.append((a.face.box, b.face.box))
    if a.body is not None and b.body is not None:
        both.append((a.body.box, b.body.box))
    if not both:
        return None
    return sum(one.iou(other) for one, other in both) / len(both)
