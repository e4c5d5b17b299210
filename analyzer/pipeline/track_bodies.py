"""Pictures of bodies of one track: the best of them, the clothes and the height they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.clothing.describe import describe
from analyzer.clothing.light import VideoLight
from analyzer.config import Settings
from analyzer.store import ids
from analyzer.tracking.stitch import Member
from analyzer.tracking.tracks import StitchedTrack
from analyzer.types import BodySample, Clothing, Tracklet

_NOT_ASKED = Clothing(reason="colours of clothes were not asked for")


def light_of_video(segments: Sequence[Sequence[Tracklet]]) -> VideoLight:
    """Return the light of a recording, from all pictures of bodies in it."""
    return VideoLight.of([body for own in segments for one in own for body in one.bodies])


def bodies_of(
    track: StitchedTrack, sha256: str, tracklets: Mapping[Member, Tracklet]
) -> dict[str, BodySample]:
    """Return the pictures of the body of ``track`` in the video ``sha256``, by their ids.

    What a segment saw before its own time counts too: it shows the same person.
    """
    return {
        ids.body_id(ids.tracklet_id(sha256, index, number), body.moment.pts): body
        for index, number in track.members
        for body in tracklets[index, number].bodies
    }


def best_body(bodies: Mapping[str, BodySample]) -> str | None:
    """Return the id of the picture of the best quality, the earliest of equal ones, or None."""
    return max(
        bodies, key=lambda key: (bodies[key].quality.score, -bodies[key].moment.pts), default=None
    )


def clothing_of(
    bodies: Mapping[str, BodySample], light: VideoLight, settings: Settings
) -> Clothing:
    """Return the clothes that ``bodies`` show, in the ``light`` of their recording."""
    if not settings.clothing.enabled:
        return _NOT_ASKED
    return describe(tuple(bodies.values()), light)
