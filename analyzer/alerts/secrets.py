"""Removal of what is secret in the address of a channel from texts about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

_STARS: Final = "***"
_LEAST: Final = 4
"""Letters from which a part of an address is replaced; shorter ones are in many words."""


_WITH_HOST: Final = ("mailto", "json", "xml", "form", "apprise", "http", "mqtt", "syslog")
"""Beginnings of schemes whose first part is a host; other services keep a token there."""


def secrets_of(address: str, known: Iterable[str] = ()) -> list[str]:
    """Return what must not be told of ``address``, longest first.

    That is the whole of it, ``known`` values in it, user, password, parts of the path, and values
    of its query: services keep tokens in any of them, some in place of a host.
    """
    texts = {address, *(text for text in known if text)}
    texts.update(part for part in _parts(address) if len(part) >= _LEAST)
    forms = {form(text) for text in texts for form in (str, unquote, quote, _quoted, quote_plus)}
    return sorted(forms, key=len, reverse=True)


def scrubbed(text: str, secrets: Iterable[str]) -> str:
    """Return ``text`` with stars in place of each of ``secrets``."""
    for secret in secrets:
        text = text.replace(secret, _STARS)
    return text


def _quoted(text: str) -> str:
    return quote(text, safe="")


def _parts(address: str) -> Iterator[str]:
    try:
        url = urlsplit(address)
        yield from filter(None, (url.username, url.password))
        if not url.scheme.startswith(_WITH_HOST):
            yield url.netloc.rpartition("@")[2].partition(":")[0]
        yield from filter(None, url.path.split("/"))
        yield from (value for _, value in parse_qsl(url.query))
    except ValueError:
        yield address.partition("://")[2]
