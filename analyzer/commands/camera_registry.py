"""Use cases of `analyzer cameras list`, `check` and `add`: the camera file as a registry."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analyzer.errors import ConfigError, UsageError
from analyzer.live.check import CameraCheck, check_source
from analyzer.live.sources import AskPassword, watched
from analyzer.live.status import replace_file
from analyzer.video.cameras import Camera, read_cameras


def listed(path: Path) -> list[dict[str, Any]]:
    """Return what the camera file at ``path`` says of each camera, with no passwords.

    Only what differs from the default is told. Raises ConfigError.
    """
    plain = asdict(Camera("", ""))
    return [
        {key: value for key, value in asdict(camera).items() if value != plain[key]}
        for camera in read_cameras(path)
    ]


def checked(
    path: Path, names: Sequence[str], stills: Path | None, ask: AskPassword | None = None
) -> Iterator[CameraCheck]:
    """Connect to the cameras called ``names``, or all that have an address, one after the other.

    A picture of each is written into ``stills``, where given. Raises ConfigError and UsageError;
    what is wrong with a camera is no error, but told in its check.
    """
    if stills is not None:
        stills.mkdir(parents=True, exist_ok=True)
    for source in watched(names, path, os.environ, ask).sources:
        yield check_source(source, stills)


@dataclass(frozen=True, slots=True)
class NewCamera:
    """What is told of a camera that is added; ``url`` may hold a password."""

    name: str
    url: str
    place: str | None = None
    location: str | None = None
    timezone: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    schedule: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()


def add_camera(path: Path, camera: NewCamera) -> None:
    """Write ``camera`` at the end of the camera file at ``path``, made where it is not there.

    The file is for its owner alone from then on where it is new. Raises ConfigError and leaves the
    file as it was where it would not be valid then, such as for a name that it has already.
    """
    before = ""
    if path.exists():
        before = path.read_text(encoding="utf-8")
        if any(entry.get("name") == camera.name for entry in _entries(path, before)):
            raise UsageError(f"{path}: has a camera {camera.name!r} already; choose another name")
    said = {key: value for key, value in asdict(camera).items() if value not in (None, (), [])}
    lines = [f"{key} = {_toml(value)}" for key, value in said.items()]
    text = "\n".join([*([before.rstrip("\n"), ""] if before else []), "[[camera]]", *lines, ""])
    trial = path.with_name(f".{path.name}.new")
    try:
        trial.touch(mode=0o600)
        trial.write_text(text, encoding="utf-8")
        read_cameras(trial)
    except ConfigError as error:
        raise ConfigError(str(error).replace(str(trial), str(path))) from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        trial.unlink(missing_ok=True)
    new = not path.exists()
    replace_file(path, text.encode(), mode=0o600 if new else path.stat().st_mode & 0o777)


def _entries(path: Path, text: str) -> list[dict[str, Any]]:
    try:
        found = tomllib.loads(text).get("camera", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: not valid TOML ({error}); correct the file") from error
    return found if isinstance(found, list) else []


def _toml(value: Any) -> str:
    """Return a value as TOML writes it; JSON does for the kinds that cameras have."""
    return json.dumps(value, ensure_ascii=False)
