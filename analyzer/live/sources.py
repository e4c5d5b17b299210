"""Sources to watch: streams, devices and folders, by address or by name in the camera file.

Passwords stay in ``Source.url``, which is never shown: they come from the camera file, from the
environment (``ANALYZER_PASSWORD_`` and the name of the camera in capitals) or from a prompt.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal
from urllib.parse import quote, unquote, urlsplit

from analyzer.errors import UsageError
from analyzer.video.cameras import Camera, read_cameras, watched_pattern
from analyzer.video.stream_url import folder_name, has_secret, is_url, shown_url

SourceKind = Literal["stream", "device", "folder"]

SCHEMES: Final = ("rtsp", "rtsps", "http", "https")
PASSWORD: Final = "ANALYZER_PASSWORD"  # noqa: S105 - the name of a variable

AskPassword = Callable[[str], str]
"""Asks the user for the password of a camera, by its name."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source: the name of its ``camera``, what it is, and its ``url``, device or folder.

    ``shown`` is the address without anything secret.
    """

    camera: str
    kind: SourceKind
    shown: str
    url: str = field(repr=False)

    @property
    def folder(self) -> str:
        """Name of the folder of its recordings inside ``recordings/``."""
        return folder_name(self.camera)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a command line means: the sources, and the cameras that are known of them."""

    sources: tuple[Source, ...]
    cameras: tuple[Camera, ...]


def watched(
    given: Sequence[str],
    camera_file: Path | None,
    environment: Mapping[str, str],
    ask: AskPassword | None = None,
) -> Watched:
    """Return the sources that ``given`` names: addresses, devices, folders, names of cameras.

    Without any, every camera of ``camera_file`` that has an address. ``ask`` is called for a camera
    that has a user and no password. Raises UsageError for what is no source, for a password on the
    command line, and for two sources of one name; ConfigError for a bad camera file.
    """
    cameras = () if camera_file is None else read_cameras(camera_file)
    addresses = {} if camera_file is None else _addresses(camera_file)
    if not given and not addresses:
        raise UsageError("nothing to watch; give addresses, or --cameras with a url in the file")
    sources: list[Source] = []
    for text in given or addresses:
        source = _source(text, cameras, addresses, {one.camera for one in sources})
        sources.append(with_password(source, environment, ask))
    folders = [source.folder for source in sources]
    for source in sources:
        if folders.count(source.folder) > 1:
            raise UsageError(f"{source.camera}: is watched twice, or another has a name too near")
    return Watched(tuple(sources), _with_new(cameras, sources))


def _addresses(path: Path) -> dict[str, str]:
    """Return the addresses in a camera file that was read before, by camera, with passwords."""
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    return {entry["name"]: entry["url"] for entry in document["camera"] if entry.get("url")}


def _source(
    text: str, cameras: Sequence[Camera], addresses: Mapping[str, str], taken: set[str]
) -> Source:
    if text in addresses:
        return _at(text, addresses[text])
    if has_secret(text) and urlsplit(shown_url(text)).hostname is not None and _secret(text):
        raise UsageError(
            f"{shown_url(text)}: a password on the command line is seen by every user of this "
            f"machine; put the address into the camera file, or the password into {PASSWORD}"
        )
    known = next((c.name for c in cameras if c.url is not None and c.url == shown_url(text)), None)
    return _at(known or _free_name(text, taken), text)


def _secret(text: str) -> bool:
    """Whether an address holds more than a user and plain numbers, such as that of a channel."""
    authority, _, rest = text.partition("://")[2].partition("/")
    user = authority.rpartition("@")[0]
    values = re.findall(r"=([^&;/?#]*)", rest)
    return ":" in user or any(not re.fullmatch(r"\d{0,3}", value) for value in values)


def _at(camera: str, url: str) -> Source:
    """Return the source at ``url``; UsageError where it can be none."""
    shown = shown_url(url)
    if is_url(url):
        scheme = url.partition("://")[0].lower()
        if scheme not in SCHEMES:
            known = ", ".join(f"{name}://" for name in SCHEMES)
            raise UsageError(f"{shown}: {scheme}:// is not watched; known: {known}")
        return Source(camera, "stream", shown, url)
    path = Path(url)
    if path.is_dir():
        return Source(camera, "folder", str(path.absolute()), str(path.absolute()))
    if path.is_char_device() or url.startswith("/dev/"):
        return Source(camera, "device", url, url)
    raise UsageError(f"{url}: is no address, device, folder or camera of the camera file")


def _free_name(text: str, taken: set[str]) -> str:
    """Return a name for a source that has none: its host, device or folder."""
    host = urlsplit(shown_url(text)).hostname if is_url(text) else None
    base = host or Path(text).absolute().name or "camera"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base} {number}"
    return name


def _with_new(cameras: Sequence[Camera], sources: Sequence[Source]) -> tuple[Camera, ...]:
    """Return the cameras with one for each source that has none; a folder is a source, no camera.

    The pattern of a folder is that of what lies in it.
    """
    known = {camera.name for camera in cameras}
    new = [
        Camera(
            source.camera,
            f"{source.url}/*" if source.kind == "folder" else watched_pattern(source.camera),
            url=source.shown,
        )
        for source in sources
        if source.camera not in known
    ]
    return (*cameras, *new)


def with_password(
    source: Source, environment: Mapping[str, str], ask: AskPassword | None
) -> Source:
    """Return ``source`` with the password of its user, where the address has a user and none."""
    if source.kind != "stream":
        return source
    head, _, rest = source.url.partition("://")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    own = f"{PASSWORD}_{re.sub(r'[^A-Z0-9]+', '_', source.camera.upper()).strip('_')}"
    password = environment.get(own) or environment.get(PASSWORD)
    if not at or ":" in user or not user:
        return source
    if password is None and ask is not None:
        password = ask(source.camera)
    if not password:
        return source
    secret = f"{quote(unquote(user), safe='')}:{quote(password, safe='')}"
    return replace(source, url=f"{head}://{secret}@{host}{slash}{path}")


def forget_passwords() -> None:
    """Take passwords out of the environment, which every process started later would inherit."""
    for name in [name for name in os.environ if name.startswith(PASSWORD)]:
        del os.environ[name]
