"""Derivation of links and groups by appearance over a whole case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC

from analyzer.config_appearance import AppearanceSettings
from analyzer.identity.look_groups import group_looks
from analyzer.identity.look_links import (
    LookScale,
    LookTrack,
    centred,
    least_similarities,
    link_tracks,
    mean_look,
    strangers_in,
)
from analyzer.identity.unknowns import Placed
from analyzer.identity.whereabouts import MovementRule, Sighting
from analyzer.looks.calibration import calibration_of
from analyzer.store.looks import StoredLook, stored_looks
from analyzer.store.places import Places, VideoPlace
from analyzer.store.reader import CaseReader
from analyzer.types import LookGroup, LookLink

Compared = tuple[tuple[LookLink, ...], tuple[LookGroup, ...]]
"""Links and groups by appearance."""


def scale_of(model: str, settings: AppearanceSettings) -> LookScale:
    """Return what a similarity by ``model`` says; ModelError where it was never calibrated."""
    calibration = calibration_of(model)
    threshold = calibration.threshold_for(settings.false_match_rate)
    return LookScale(threshold, calibration.probability, settings.false_match_rate)


def look_tracks(reader: CaseReader, model: str) -> list[LookTrack]:
    """Return the tracks of a case that have a look by ``model``, by first appearance."""
    stored = stored_looks(reader, model)
    places = Places(reader)
    return [
        LookTrack(
            _sighting(one, places.of(one.video_sha256)),
            mean_look(one.looks, one.qualities),
            one.person,
        )
        for one in stored
    ]


def links_of(
    tracks: Sequence[LookTrack],
    scale: LookScale,
    settings: AppearanceSettings,
    decisions: Iterable[Placed] = (),
) -> Compared:
    """Return the links between ``tracks`` and the groups that they make, as ``settings`` ask.

    Compared is what is left of the looks without what those of a camera share (``centred``).
    """
    strangers = strangers_in(tracks)
    tracks = centred(tracks, strangers)
    least = least_similarities(tracks, scale, strangers)
    rule = MovementRule(settings.clock_s, settings.speed_m_s, settings.within_h)
    links = link_tracks(tracks, scale, rule, settings.links, least)
    return links, group_looks(tracks, scale, rule, decisions, least)


def _sighting(one: StoredLook, place: VideoPlace) -> Sighting:
    clock, camera = place.clock, place.camera
    wall = None if clock is None else clock.utc(one.t_start)
    zoned = wall is not None
    if wall is None and clock is not None:
        wall = clock.at(one.t_start).replace(tzinfo=UTC)
    return Sighting(
        id=one.track_id,
        video=one.video_sha256,
        camera=one.video_sha256 if camera is None else camera.name,
        moments=one.moments,
        t_start=one.t_start,
        t_end=one.t_end,
        wall_start=None if wall is None else wall.timestamp(),
        zoned=zoned,
        position=None if camera is None else camera.position,
        overlaps=frozenset() if camera is None else camera.neighbours,
    )
