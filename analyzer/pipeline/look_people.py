"""Derivation of links and groups by appearance over a whole case."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC

from analyzer.config_appearance import AppearanceSettings
from analyzer.identity.look_groups import group_looks
from analyzer.identity.look_links import LookScale, LookTrack, link_tracks, mean_look
from analyzer.identity.unknowns import Placed
from analyzer.identity.whereabouts import MovementRule, Sighting
from analyzer.store.looks import StoredLook, stored_looks
from analyzer.store.reader import CaseReader
from analyzer.types import Clock, LookGroup, LookLink, used_clock
from analyzer.video.cameras import Camera


def look_tracks(reader: CaseReader, model: str) -> list[LookTrack]:
    """Return the tracks of a case that have a look by ``model``, by first appearance."""
    stored = stored_looks(reader, model)
    places = {video: _Place.of(reader, video) for video in {one.video_sha256 for one in stored}}
    return [
        LookTrack(
            places[one.video_sha256].sighting(one),
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
) -> tuple[tuple[LookLink, ...], tuple[LookGroup, ...]]:
    """Return the links between ``tracks`` and the groups that they make, as ``settings`` ask."""
    rule = MovementRule(settings.clock_s, settings.speed_m_s, settings.within_h)
    links = link_tracks(tracks, scale, rule, settings.links)
    return links, group_looks(tracks, scale, rule, decisions)


class _Place:
    """Where and when a video was recorded, as far as the case knows."""

    def __init__(self, clock: Clock | None, camera: Camera | None) -> None:
        self._clock, self._camera = clock, camera

    @classmethod
    def of(cls, reader: CaseReader, video: str) -> _Place:
        """Return the place of ``video``, by the clock that counts and the camera file."""
        paths = [row["path"] for row in reader.rows("files", "sha256 = ?", [video])]
        cameras = (Camera(**row) for row in reader.rows("cameras"))
        camera = next((c for c in cameras if any(c.recorded(path) for path in paths)), None)
        return cls(used_clock(reader.clocks(video)), camera)

    def sighting(self, one: StoredLook) -> Sighting:
        """Return the place and time of a track in the video."""
        wall = None if self._clock is None else self._clock.utc(one.t_start)
        zoned = wall is not None
        if wall is None and self._clock is not None:
            wall = self._clock.at(one.t_start).replace(tzinfo=UTC)
        camera = self._camera
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
