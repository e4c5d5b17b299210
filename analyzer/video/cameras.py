"""Camera file: which recordings came from which camera, and the error of its clock."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analyzer.config import Settings
from analyzer.config_camera import camera_sections, camera_settings
from analyzer.config_presets import require_preset
from analyzer.config_values import likely, words
from analyzer.errors import ConfigError
from analyzer.video.picture_scale import marks_of
from analyzer.video.regions import Region, RegionKind, region_of, regions_from, regions_json
from analyzer.video.stream_url import folder_name, shown_url
from analyzer.weekly import Schedule, parse_schedule

_SECONDS_A_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera as a user describes it.

    ``pattern`` matches the file name or the path of its recordings (``*`` and ``?``, case
    insensitive). ``offset_s`` is added to the stored time: true time minus the camera's time. Since
    ``checked_at``, the stored time at which the offset was measured, the offset grows by
    ``drift_s_per_day``. ``start`` is the true time of the first frame if the file stores none.
    ``rotation`` in degrees clockwise turns its pictures upright. ``latitude`` and ``longitude`` in
    degrees tell where it hangs, both or none; ``overlaps`` names, comma separated, the cameras that
    see a part of the same place. ``known_heights`` is JSON of [[top row, foot row, metres], …]:
    things of known height in its pictures (video.picture_scale); empty where there are none.
    ``preset`` and ``settings``, JSON by section and key, go before those of the run; ``look`` and
    ``leave_out`` are JSON of polygons (video.regions). All of these are empty where nothing is set.
    ``place`` is the site that it belongs to. ``url`` is the address of its stream without anything
    secret: passwords never get here. ``schedule`` (JSON of texts) and ``notify`` (names, comma
    separated) say when and through which channels its events are sent; empty for always and all.
    """

    name: str
    pattern: str
    location: str | None = None
    timezone: str | None = None
    start: str | None = None
    offset_s: float = 0.0
    drift_s_per_day: float = 0.0
    checked_at: str | None = None
    note: str | None = None
    rotation: int = 0
    latitude: float | None = None
    longitude: float | None = None
    overlaps: str = ""
    known_heights: str = ""
    preset: str = ""
    settings: str = ""
    look: str = ""
    leave_out: str = ""
    place: str | None = None
    url: str | None = None
    schedule: str = ""
    notify: str = ""

    @property
    def regions(self) -> tuple[Region, ...]:
        """The polygons of its picture to look at and to leave out."""
        return regions_from("look", self.look) + regions_from("leave_out", self.leave_out)

    def settings_from(self, run: Settings) -> Settings:
        """Return the settings of a ``run`` with those of this camera laid over them."""
        own = json.loads(self.settings) if self.settings else {}
        return camera_settings(run, self.preset, own)

    @property
    def times(self) -> Schedule:
        """When its events are sent, by the clock of its ``timezone``; empty for always."""
        return parse_schedule(json.loads(self.schedule or "[]"), f"camera {self.name!r}")

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels to which its events are sent; empty for all of them."""
        return words(self.notify)

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude in degrees, None where they are not told."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    @property
    def neighbours(self) -> frozenset[str]:
        """The cameras that see a part of the same place."""
        return frozenset(name.strip() for name in self.overlaps.split(",") if name.strip())

    def recorded(self, path: str) -> bool:
        """Whether the recording at ``path`` came from this camera.

        What `analyzer watch` recorded of its ``url`` did, whatever the pattern says.
        """
        whole = path.lower().replace("\\", "/")
        texts = (PurePath(path).name.lower(), whole)
        if self.url is not None and fnmatch(whole, watched_pattern(self.name)):
            return True
        return any(fnmatch(text, self.pattern.lower()) for text in texts)

    def corrected(self, stored: datetime | None) -> datetime | None:
        """Return the true time of the first frame, given its ``stored`` time, or None.

        None means that the camera file says nothing about the clock: the stored time then holds.
        Times are naive, in the camera's zone, as they are written on the page.
        """
        if self.start is not None:
            return datetime.fromisoformat(self.start)
        if stored is None or (self.offset_s == 0.0 and self.checked_at is None):
            return None
        stored = stored.replace(tzinfo=None)
        offset = self.offset_s
        if self.checked_at is not None:
            since = stored - datetime.fromisoformat(self.checked_at)
            offset += self.drift_s_per_day * since.total_seconds() / _SECONDS_A_DAY
        return stored + timedelta(milliseconds=round(offset * 1000))


def watched_pattern(name: str) -> str:
    """Return the pattern of what `analyzer watch` records of the camera called ``name``."""
    return f"*/recordings/{folder_name(name)}/*"


def camera_of(cameras: Iterable[Camera], paths: Sequence[str]) -> Camera | None:
    """Return the first of ``cameras`` that recorded what lies at one of ``paths``."""
    return next((c for c in cameras if any(c.recorded(path) for path in paths)), None)


def settings_of(camera: Camera | None, run: Settings) -> Settings:
    """Return the settings for recordings of ``camera``, None where none is known."""
    return run if camera is None else camera.settings_from(run)


def rotation_of(cameras: Iterable[Camera], path: str) -> int:
    """Return by how many degrees the first camera that recorded ``path`` is to be turned."""
    camera = camera_of(cameras, [path])
    return 0 if camera is None else camera.rotation


def read_cameras(path: Path) -> tuple[Camera, ...]:
    """Return the cameras in the TOML file at ``path``, one ``[[camera]]`` section each.

    Raises ConfigError for a file that cannot be read, an unknown key, a value of the wrong kind,
    an unknown time zone, and two cameras of the same name.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot read cameras ({error.strerror}); check it") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML ({error}); correct the file") from error
    entries = document.get("camera")
    if set(document) != {"camera"} or not isinstance(entries, list) or not entries:
        raise ConfigError(f"{path}: holds no cameras; write one [[camera]] section for each")
    cameras = tuple(_camera(path, number, entry) for number, entry in enumerate(entries, start=1))
    names = [camera.name for camera in cameras]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{path}: two cameras are called {name!r}; rename one")
    return cameras


_ROTATIONS = (0, 90, 180, 270)
_NUMBERS = ("offset_s", "drift_s_per_day", "latitude", "longitude")
_DEGREES = {"latitude": 90.0, "longitude": 180.0}


def _camera(path: Path, number: int, entry: dict[str, Any]) -> Camera:
    where = f"{path}: camera {entry.get('name', number)!r}"
    known = [field.name for field in dataclasses.fields(Camera)]
    for key in entry:
        if key not in known:
            nearest = likely(key, known)
            raise ConfigError(f"{where}: unknown key {key!r}{nearest}; known: {', '.join(known)}")
    if entry.get("name") and entry.get("url"):
        entry = {"pattern": watched_pattern(str(entry["name"]))} | entry
    for key in ("name", "pattern"):
        if not entry.get(key):
            raise ConfigError(f"{where}: has no {key}; add it")
    values: dict[str, Any] = {key: _value(where, key, value) for key, value in entry.items()}
    if ("latitude" in values) != ("longitude" in values):
        raise ConfigError(f"{where}: has only one of latitude and longitude; add the other")
    if values.get("drift_s_per_day") and not values.get("checked_at"):
        raise ConfigError(f"{where}: drift_s_per_day needs checked_at; add when it was measured")
    return Camera(**values)


def _value(where: str, key: str, value: Any) -> str | float:
    if key == "rotation":
        if isinstance(value, bool) or value not in _ROTATIONS:
            raise ConfigError(f"{where}: rotation = {value!r}; write 90, 180 or 270, clockwise")
        return int(value)
    if key in _NUMBERS:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ConfigError(f"{where}: {key} = {value!r} is not a number; correct it")
        if abs(value) > _DEGREES.get(key, float("inf")):
            raise ConfigError(f"{where}: {key} = {value!r} is no angle in degrees; correct it")
        return float(value)
    if key in _READERS:
        return _READERS[key](where, key, value)
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key} = {value!r} is not a text; correct it")
    return _zone(where, value) if key == "timezone" else value


def _zone(where: str, value: str) -> str:
    """Return the name of a time zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigError(
            f"{where}: no time zone {value!r}; write one like Europe/Berlin"
        ) from error
    return value


def _known_heights(where: str, key: str, value: Any) -> str:
    """Return known heights as JSON."""
    try:
        marks_of(value)
    except ValueError as error:
        raise ConfigError(f"{where}: {key}: {error}") from error
    return json.dumps(value)


def _preset(where: str, key: str, value: Any) -> str:
    """Return the name of a preset."""
    if not isinstance(value, str):
        raise ConfigError(f"{where}: {key} = {value!r} is not a text; correct it")
    return require_preset(value, where)


def _settings(where: str, key: str, value: Any) -> str:
    """Return settings by section and key as JSON."""
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: {key} = {value!r}; write a section [camera.settings.SECTION]")
    return json.dumps(camera_sections(value, where), sort_keys=True) if value else ""


def _regions(where: str, key: str, value: Any) -> str:
    """Return polygons as JSON."""
    if not isinstance(value, list):
        raise ConfigError(f"{where}: {key} = {value!r}; write a section [[camera.{key}]] of each")
    kind: RegionKind = "look" if key == "look" else "leave_out"
    try:
        regions = [region_of(kind, number, each) for number, each in enumerate(value, start=1)]
    except ValueError as error:
        raise ConfigError(f"{where}: {key}: {error}") from error
    return regions_json(regions)


def _moment(where: str, key: str, value: Any) -> str:
    """Return a date and time as ISO text without a zone, as the camera's own clock shows it."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    if not isinstance(value, datetime):
        raise ConfigError(f"{where}: {key} is no date and time; write 2026-02-27T03:14:41")
    return value.replace(tzinfo=None).isoformat()


def _texts(where: str, key: str, value: Any) -> list[str]:
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ConfigError(f"{where}: {key} = {value!r} is not a list of texts; correct it")
    return texts


def _names(where: str, key: str, value: Any) -> str:
    """Return a list of names, or one text of some, as names separated by commas."""
    return ", ".join(words(",".join(_texts(where, key, value))))


def _schedule(where: str, key: str, value: Any) -> str:
    """Return stretches of the week as JSON."""
    texts = _texts(where, key, value)
    parse_schedule(texts, f"{where}: {key}")
    return json.dumps(texts)


def _url(where: str, key: str, value: Any) -> str:
    """Return an address without what is secret in it."""
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{where}: {key} is not a text; write rtsp://HOST/… or http://HOST/…")
    return shown_url(value)


_READERS = {
    "start": _moment,
    "checked_at": _moment,
    "known_heights": _known_heights,
    "preset": _preset,
    "settings": _settings,
    "look": _regions,
    "leave_out": _regions,
    "schedule": _schedule,
    "notify": _names,
    "url": _url,
}
