"""False tracks: static objects and weak faces that a detector reports again and again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analyzer.types import Observation, Tracklet

DOUBTFUL_FACE = "may not be a face"
"""Why no expression is told of a face that the detector was never sure of."""

_LEAST_LOOKS, _LEAST_S = 8, 3.0
"""Detections and seconds from which on it can be told that something never moved."""

_STEADY = 0.05
"""Share of its size by which the edges of a thing's box move (5th to 95th percentile). Of bins and
extinguishers in UP-Fall and GMDCSA24 15 of 17 tracks lie below it, of the other 340 two: parts of
somebody who lies and is followed as a whole besides."""

_BELIEVED = 0.8
"""Median score of a body from which on it is believed even though it never moves."""


def has_sure_face(tracklet: Tracklet, sure: float) -> bool:
    """Say whether one of the faces of ``tracklet`` scored ``sure`` or more."""
    return any(seen.face and seen.face.score >= sure for seen in tracklet.observations)


def is_person(tracklet: Tracklet, sure: float) -> bool:
    """Say whether a face that scored ``sure`` or more was seen, or a body that is no thing.

    Weak faces carry a track on, but a track of nothing else is dropped: it is mostly a thing that
    stands in the scene all day. So is a body that ``is_static_object``.
    """
    if has_sure_face(tracklet, sure):
        return True
    bodies = [seen for seen in tracklet.observations if seen.body is not None]
    return bool(bodies) and not is_static_object(bodies)


def is_static_object(bodies: Sequence[Observation]) -> bool:
    """Say whether a body without a face never moved and never looked much like somebody.

    Whoever breathes, sits or sleeps moves the edges of his box by more than ``_STEADY``; a bin, a
    pole or an extinguisher does not. Boxes of a high score are believed all the same.
    """
    found = [o.body for o in bodies if o.seen == "detected" and o.body is not None]
    lasted = bodies[-1].moment.t - bodies[0].moment.t
    if len(found) < _LEAST_LOOKS or lasted < _LEAST_S or any(o.face for o in bodies):
        return False
    if float(np.median([body.score for body in found])) >= _BELIEVED:
        return False
    boxes = [body.box for body in found]
    edges = np.array([(box.x, box.y, box.x2, box.y2) for box in boxes])
    size = float(np.median([max(box.w, box.h) for box in boxes]))
    low, high = np.percentile(edges, (5, 95), axis=0)
    return float((high - low).max()) < _STEADY * size
