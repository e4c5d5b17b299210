"""Whether what was followed is a person: detectors take flags for faces, over and over."""

from __future__ import annotations

from analyzer.types import Tracklet

DOUBTFUL_FACE = "may not be a face"
"""Why no expression is told of a face that the detector was never sure of."""


def has_sure_face(tracklet: Tracklet, sure: float) -> bool:
    """Say whether one of the faces of ``tracklet`` scored ``sure`` or more."""
    return any(seen.face and seen.face.score >= sure for seen in tracklet.observations)


def is_person(tracklet: Tracklet, sure: float) -> bool:
    """Say whether a body was seen, or a face that scored ``sure`` or more.

    Weak faces carry a track on, but a track of nothing else is dropped: it is mostly a thing that
    stands in the scene all day.
    """
    return has_sure_face(tracklet, sure) or any(seen.body for seen in tracklet.observations)
