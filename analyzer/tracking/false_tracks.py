"""False tracks: static objects and weak faces that a detector reports again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from analyzer.types import Detection, Observation, Tracklet

DOUBTFUL_FACE = "may not be a face"
"""Reason why no expression is given for a face that never reached the sure score."""

_MIN_DETECTIONS, _MIN_DURATION_S = 8, 3.0
"""Least number of detections and seconds after which a track can be called static."""

_STATIC_SHARE = 0.05
"""Largest movement of the box edges of a static object (5th to 95th percentile), as a share of its
size. In UP-Fall and GMDCSA24 15 of 17 tracks of bins and extinguishers lie below it, and 2 of the
other 340: parts of a lying person who is also tracked as a whole."""

_LONG_S, _SMOOTHED, _JITTER_PX = 20.0, 8, 2.0
"""Seconds from which the movement is that of the running median of so many detections, and may
reach so many px however small the box is: a tenth of something far away is within the jitter of
its boxes, and over so long somebody alive does more. One edge may move further: the top of a thin
post comes and goes with what passes behind it."""

_CONFIDENT_SCORE = 0.8
"""Median score from which a body counts as a person even if it never moves."""


_PART_INSIDE, _PART_SHARE, _PART_AREA = 0.9, 0.9, 0.5
"""Share of a box that lies inside that of another person, share of the track in which it does, and
largest area beside it, from which the track is a part of that person: a bag, a microphone, a knee.
A child before its mother has a face, a better score, or walks out of her box."""

_PART_SCORE, _DOUBLE_SCORE = 0.6, 0.8
"""Median scores from which on a body inside another one counts as a person of its own: one that is
small beside the other, and one that is not, a second box of the same person."""


def has_sure_face(tracklet: Tracklet, sure: float) -> bool:
    """Return whether a face of ``tracklet`` scored ``sure`` or more."""
    return any(seen.face and seen.face.score >= sure for seen in tracklet.observations)


def is_person(tracklet: Tracklet, sure: float) -> bool:
    """Return whether a face scored ``sure`` or more, or a body is not a static object.

    Weak faces may continue a track, but a track of weak faces alone is dropped: it is mostly an
    object that stands in the scene all day. A body that ``is_static_object`` is dropped too.
    """
    if has_sure_face(tracklet, sure):
        return True
    bodies = [seen for seen in tracklet.observations if seen.body is not None]
    return bool(bodies) and not is_static_object(bodies)


def is_static_object(bodies: Sequence[Observation]) -> bool:
    """Return whether a body without a face never moved and never had a high score.

    A person who sits or sleeps moves the edges of the box by more than ``_STATIC_SHARE``; a bin,
    a pole or an extinguisher does not. Boxes of a high score count as a person in any case.
    """
    found = [o.body for o in bodies if o.seen == "detected" and o.body is not None]
    lasted = bodies[-1].moment.t - bodies[0].moment.t
    if len(found) < _MIN_DETECTIONS or lasted < _MIN_DURATION_S or any(o.face for o in bodies):
        return False
    if float(np.median([body.score for body in found])) >= _CONFIDENT_SCORE:
        return False
    boxes = [body.box for body in found]
    edges = np.array([(box.x, box.y, box.x2, box.y2) for box in boxes])
    size = float(np.median([max(box.w, box.h) for box in boxes]))
    most, passed_over = _STATIC_SHARE * size, 0
    if lasted >= _LONG_S:
        edges = np.median(sliding_window_view(edges, _SMOOTHED, axis=0), axis=-1)
        most, passed_over = max(most, _JITTER_PX), 1
    low, high = np.percentile(edges, (5, 95), axis=0)
    return float(np.sort(high - low)[3 - passed_over]) < most


def people_of(tracklets: Sequence[Tracklet], sure: float) -> list[Tracklet]:
    """Return those of ``tracklets`` that are people: ``is_person`` and ``without_parts``."""
    return without_parts([one for one in tracklets if is_person(one, sure)])


def without_parts(tracklets: Sequence[Tracklet]) -> list[Tracklet]:
    """Return ``tracklets`` without those that are a part of another person, or carried by one.

    Such a track has no face and a low score, and lies inside the boxes of one other track.
    """
    bodies = [
        {o.moment.pts: o.body for o in one.observations if o.body is not None} for one in tracklets
    ]
    return [
        one
        for i, one in enumerate(tracklets)
        if not any(_part_of(one, bodies[i], bodies[j]) for j in range(len(tracklets)) if j != i)
    ]


def _part_of(
    tracklet: Tracklet, own: Mapping[int, Detection], other: Mapping[int, Detection]
) -> bool:
    """Return whether the boxes of ``tracklet``, ``own`` by pts, are a part or a double of others.

    A double is not small beside the ``other`` boxes, and followed for less long.
    """
    score = _faceless_score(tracklet)
    if score < _PART_SCORE and _inside(own, other, 0.0, _PART_AREA):
        return True
    return score < _DOUBLE_SCORE and len(own) < len(other) and _inside(own, other, _PART_AREA, 1.0)


def _faceless_score(tracklet: Tracklet) -> float:
    """Return the median score of the bodies; infinite where there are none, or a face."""
    found = [o.body.score for o in tracklet.observations if o.body and o.seen == "detected"]
    faced = any(o.face for o in tracklet.observations)
    return float(np.median(found)) if found and not faced else float("inf")


def _inside(
    part: Mapping[int, Detection], other: Mapping[int, Detection], least: float, most: float
) -> bool:
    """Return whether the boxes of ``part``, by pts, lie inside those of ``other``.

    Their areas are ``least`` to ``most`` of the other's.
    """
    held = [
        one.box.shared(other[pts].box) >= _PART_INSIDE * one.box.area
        and least <= one.box.area / max(other[pts].box.area, 1e-9) <= most
        for pts, one in part.items()
        if pts in other
    ]
    return len(part) > 0 and sum(held) >= _PART_SHARE * len(part)
