"""Joining of tracks over gaps: one person who was not found for a while, by motion and by look.

The tracker ends a tracklet wherever it is in doubt, and after a second in which nobody is found.
Here all ends and beginnings of a video are known, so that the best assignment of beginnings to ends
is found at once (Hungarian), as in tracking by association of tracklets (Huang et al. 2008). Motion
is extrapolated from both sides of a gap. All quantities are in seconds and in heights of the box,
so that nothing depends on the rate of the pictures or on their size.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.pairing import assign
from analyzer.tracking.appearance_model import Appearance, similarity
from analyzer.tracking.stitch import face_distance
from analyzer.types import Box, Kind, Observation, Tracklet

LONGEST_S: Final = 4.0
"""Longest gap. Whoever is hidden for longer may be anywhere within five heights."""

MOTION_S: Final = 1.0
"""Seconds at an end from which its velocity is taken: two or three steps of somebody who walks."""

FULL_MOTION: Final = 6
"""Number of observations from which a velocity counts fully; of two boxes it is mostly jitter."""

REACH: Final[dict[Kind, tuple[float, float]]] = {"person": (0.35, 0.35), "face": (1.5, 2.5)}
"""Largest error of the extrapolated place in heights of the box: at once, and more per second of
the gap. Who walks covers 0.8 heights a second: a halt or a bend is allowed, a turn back is not, for
it is mostly somebody else who enters where one has left. A face is a seventh of a body, but people
who show their faces to a camera walk less."""

NEARER: Final = 0.75
"""Weight of the better of the two extrapolations, forward from the end and back from the beginning:
one of both may hold a turn, or a box that was cut off by an obstacle."""

LARGEST_RESIZE: Final = float(np.log(1.5))
"""Largest change of the logarithm of the height: nobody comes that much closer within a gap."""

W_PLACE, W_LOOK, W_SIZE = 0.6, 0.4, 0.2
UNLIKE: Final = 0.2
"""1 minus the inner product of looks that costs W_LOOK, as the largest error costs W_PLACE;
colour histograms of one person on both sides of a gap are 0.9 or more alike, with exceptions."""

UNKNOWN_LOOK: Final = 0.5
"""Cost where a look is not known, between that of the same person and that of another."""

MOST: Final = 0.8
"""Largest cost of a join."""

BETWEEN: Final = 0.6
"""Largest share of the allowed error of place for a tracklet that lies in the gap of a join, and
looks different: somebody half hidden shows the colours of what hides them."""


@dataclass(frozen=True, slots=True, eq=False)
class TrackEnd:
    """The end of a track, or its beginning, by one kind of box: s, px and px/s.

    ``look`` is the appearance there, None where it is not known.
    """

    kind: Kind
    t: float
    centre: NDArray[np.float64]
    height: float
    velocity: NDArray[np.float64]
    look: Appearance | None


def join_over_gaps(
    tracks: Sequence[Tracklet],
    same_face: float = 0.0,
    pauses: Sequence[tuple[float, float]] = (),
) -> list[list[int]]:
    """Return the indexes of ``tracks`` grouped by person, each group and all groups by time.

    Each track has at most one successor, which begins after it ended, and whose face is not another
    one: embeddings at most ``same_face`` apart, where that is above 0 and both are known. Over a
    pause of the recorder, in seconds, nobody is followed: it saw nothing of what was there. The
    result is a function of the tracks alone, whatever their order.
    """
    order = sorted(range(len(tracks)), key=lambda i: _span(tracks[i]))
    ends = [_ends(tracks[i], last=True) for i in order]
    begins = [_ends(tracks[i], last=False) for i in order]
    costs = np.full((len(order), len(order)), np.inf)
    for i, j in _in_reach(tracks, order, pauses):
        shared = _shared(ends[i], begins[j])
        if shared and not _other_face(tracks[order[i]], tracks[order[j]], same_face):
            costs[i, j] = join_cost(*shared)
    follower = _followers(np.where(costs <= MOST, costs - MOST, np.inf))
    followers = set(follower.values())
    chains = [_chain(i, follower) for i in range(len(order)) if i not in followers]
    chains = _with_hidden(chains, ends, begins)
    return [[order[i] for i in chain] for chain in chains]


def _other_face(one: Tracklet, other: Tracklet, same_face: float) -> bool:
    distance = face_distance(one, other) if same_face > 0 else None
    return distance is not None and distance > same_face


def _followers(worth: NDArray[np.float64]) -> dict[int, int]:
    """Return the successors of least total ``worth``, which is negative; nobody needs to have one.

    Without that choice a good join would force a bad one for whoever is left over.
    """
    count = len(worth)
    pairs = assign(np.hstack((worth, np.zeros((count, count)))))
    return {i: j for i, j in pairs if j < count}


def _span(track: Tracklet) -> tuple[float, float, float, float]:
    first, last = track.observations[0], track.observations[-1]
    box = _box(first, "person") or _box(first, "face")
    assert box is not None
    return first.moment.t, last.moment.t, box.x, box.y


def _in_reach(
    tracks: Sequence[Tracklet], order: Sequence[int], pauses: Sequence[tuple[float, float]]
) -> Iterator[tuple[int, int]]:
    """Yield the pairs of places in ``order`` of which the second begins soon after the first."""
    begins = np.array([tracks[i].observations[0].moment.t for i in order])
    stops = [begin for begin, _ in pauses]
    for i, track in enumerate(order):
        end = tracks[track].observations[-1].moment.t
        pause = bisect_right(stops, end)
        latest = min([end + LONGEST_S, *stops[pause : pause + 1]])
        low, high = np.searchsorted(begins, (end, latest + 1e-6), side="right")
        yield from ((i, j) for j in range(int(low), int(high)))


def _ends(track: Tracklet, last: bool) -> dict[Kind, TrackEnd]:
    """Return the end (or the beginning) of ``track`` by each kind of box that it has there."""
    seen = track.observations[::-1] if last else track.observations
    look = track.looks.last if last else track.looks.first
    kinds: tuple[Kind, ...] = ("person", "face")
    found = {kind: _end(seen, kind, look) for kind in kinds}
    return {kind: end for kind, end in found.items() if end is not None}


def _end(seen: Sequence[Observation], kind: Kind, look: Appearance | None) -> TrackEnd | None:
    """Return the end by the boxes of ``kind``; ``seen`` begins with the observation at the end."""
    at = seen[0].moment.t
    near = []
    for observation in seen:
        t = observation.moment.t
        if abs(t - at) > MOTION_S + 1e-6:
            break
        box = _box(observation, kind)
        if box is not None:
            near.append((t - at, *box.centre, box.h))
    if not near:
        return None
    times, x, y, heights = np.array(near).T
    centre, velocity = np.array((x[0], y[0])), np.zeros(2)
    if len(near) > 2:
        (slope_x, slope_y), centre = np.polyfit(times, np.stack((x, y), axis=1), 1)
        velocity = np.array((slope_x, slope_y)) * min(1.0, len(near) / FULL_MOTION)
    return TrackEnd(kind, at, centre, float(np.median(heights)), velocity, look)


def _box(observation: Observation, kind: Kind) -> Box | None:
    part = observation.body if kind == "person" else observation.face
    return None if part is None else part.box


def _shared(
    ends: dict[Kind, TrackEnd], begins: dict[Kind, TrackEnd]
) -> tuple[TrackEnd, TrackEnd] | None:
    """Return both by the body, or by the face where one of them has no body; None without both."""
    for kind in ends:
        if kind in begins:
            return ends[kind], begins[kind]
    return None


def join_cost(end: TrackEnd, begin: TrackEnd) -> float:
    """Return how badly ``begin`` continues ``end``: about 0 for well, up to 1.4, inf for never."""
    share = place_error(end, begin)
    resized = abs(float(np.log(end.height / begin.height))) / LARGEST_RESIZE
    if share > 1 or resized > 1:
        return float("inf")
    alike = similarity(end.look, begin.look)
    unlike = UNKNOWN_LOOK if alike is None else min((1 - alike) / UNLIKE, 1.5)
    return W_PLACE * share + W_LOOK * unlike + W_SIZE * resized


def place_error(end: TrackEnd, begin: TrackEnd) -> float:
    """Return the error of the extrapolated place, as a share of what the gap allows."""
    gap = begin.t - end.t
    if not 0 < gap <= LONGEST_S + 1e-6:
        return float("inf")
    ahead = float(np.linalg.norm(end.centre + end.velocity * gap - begin.centre))
    back = float(np.linalg.norm(begin.centre - begin.velocity * gap - end.centre))
    error = NEARER * min(ahead, back) + (1 - NEARER) * max(ahead, back)
    at_once, per_second = REACH[end.kind]
    return error / ((end.height * begin.height) ** 0.5 * (at_once + per_second * gap))


def _chain(first: int, follower: dict[int, int]) -> list[int]:
    chain = [first]
    while chain[-1] in follower:
        chain.append(follower[chain[-1]])
    return chain


def _with_hidden(
    chains: Sequence[list[int]],
    ends: Sequence[dict[Kind, TrackEnd]],
    begins: Sequence[dict[Kind, TrackEnd]],
) -> list[list[int]]:
    """Return ``chains`` with those that lie in a gap of another put into it.

    Who walks behind a post is followed as something that looks like the post for two pictures.
    Place and time say that it is the person who was joined over that gap.
    """
    result = [list(chain) for chain in chains]
    for loose in sorted(chains, key=len):
        first, last = begins[loose[0]], ends[loose[-1]]
        gaps = [
            (error, place, before)
            for place, chain in enumerate(result)
            for before, after in pairwise(chain)
            if (error := max(_place(ends[before], first), _place(last, begins[after]))) <= BETWEEN
        ]
        if gaps and loose in result:
            _, place, before = min(gaps)
            chain = result[place]
            chain[chain.index(before) + 1 : chain.index(before) + 1] = loose
            result.remove(loose)
    return result


def _place(ends: dict[Kind, TrackEnd], begins: dict[Kind, TrackEnd]) -> float:
    shared = _shared(ends, begins)
    return float("inf") if shared is None else place_error(*shared)
