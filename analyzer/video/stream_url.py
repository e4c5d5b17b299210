"""Addresses of streams as they may be shown, and names of folders for their recordings.

Cameras take passwords in every part of an address: before the host, in the query, and some in the
path (``/user=admin&password=…&channel=1``). So whatever follows an equals sign is hidden.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final
from urllib.parse import urlsplit

_VALUE: Final = re.compile(r"=[^&;/?#]*")
_HIDDEN: Final = "=…"
_NO_HOST: Final = re.compile(r"^[^\[\]]*:(?!\d*$)")
"""Something with a colon after which no port follows."""
_SEPARATORS: Final = re.compile(r"[^\w-]+")


def is_url(text: str) -> bool:
    """Whether ``text`` is the address of a stream, not a file, a folder or a device."""
    return "://" in text


def shown_url(url: str) -> str:
    """Return ``url`` without user and password, with every value in its path and query hidden.

    A path of a device or a folder comes back as it is.
    """
    if not is_url(url):
        return url
    scheme, _, rest = url.partition("://")
    # By hand, for urlsplit refuses some addresses that cameras have, and its error quotes them.
    host, slash, path = rest.partition("/")
    if "@" in path and _NO_HOST.search(host):
        host, slash, path = rest.rpartition("@")[2].partition("/")  # a slash in the password
    # A password may hold any other sign too.
    host = host.rpartition("@")[2].partition("?")[0]
    path = path.partition("#")[0]
    return f"{scheme.lower()}://{host}{slash}{_VALUE.sub(_HIDDEN, path)}"


def has_secret(url: str) -> bool:
    """Whether ``url`` holds a password, or anything that may be one."""
    return shown_url(url) != url.partition("#")[0] and is_url(url)


def host_of(url: str) -> tuple[str, int | None]:
    """Return host and port of ``url``, without its password; ValueError where it has no host."""
    parts = urlsplit(shown_url(url))
    if not parts.hostname:
        raise ValueError("has no host")
    return parts.hostname, parts.port


def folder_name(name: str) -> str:
    """Return ``name`` as every file system takes it, in lower case: letters, digits, - and _."""
    plain = unicodedata.normalize("NFC", name).lower()
    return _SEPARATORS.sub("-", plain).strip("-_") or "camera"
