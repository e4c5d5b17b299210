"""Access to the pages of a case: who asks, from where, and how much they send.

An address alone lets nobody in: the link of the command line holds a token, which a browser
exchanges for a cookie that no script and no other site can use. The name in ``Host`` is checked, or
a page of another site could reach this server under a name of its own (DNS rebinding).
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("analyzer.serve")

MOST_BYTES = 25 * 1024 * 1024
"""Largest body of a request: a photograph."""

_NOT_SERVED = 400
"""Least status of an answer that is none."""

_LONGEST_PATH = 200
"""Characters of an address: no page of ours has more, and no name of a file can."""

OWN_PAGES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page of ours may load: nothing inline, nothing from elsewhere."""

REPORT_PAGES = OWN_PAGES.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'").replace(
    "img-src 'self'", "img-src 'self' data:"
)
"""The same for pages of the report, whose charts set styles of elements."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Guest:
    """Who was given a link: by which name decisions are written; None may only look."""

    name: str | None
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    session: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


class Doors:
    """Whom the server lets in, and under which names it can be reached."""

    def __init__(self, names: Sequence[str], host: str, port: int) -> None:
        self.guests = tuple(Guest(name) for name in dict.fromkeys(names)) or (Guest(None),)
        self.cookie = f"analyzer_serve_{port}"
        self._host, self._port = host, port

    def by_token(self, token: str) -> Guest | None:
        """Return whose link holds ``token``."""
        return next((g for g in self.guests if _same(g.token, token)), None)

    def by_cookie(self, cookies: Mapping[str, str]) -> Guest | None:
        """Return whose browser sent ``cookies``."""
        sent = cookies.get(self.cookie, "")
        return next((g for g in self.guests if _same(g.session, sent)), None)

    def is_ours(self, host: str) -> bool:
        """Whether ``host``, of a header, is a name of this server."""
        parts = urlsplit(f"//{host}")
        try:
            name, port = parts.hostname or "", parts.port or 80
        except ValueError:
            return False
        if port != self._port or parts.username is not None:
            return False
        if name in ("localhost", self._host):
            return True
        try:
            return ip_address(name).is_loopback or ip_address(self._host).is_unspecified
        except ValueError:
            return False

    def is_own_origin(self, origin: str) -> bool:
        """Whether ``origin`` is a page of this server."""
        parts = urlsplit(origin)
        return parts.scheme == "http" and self.is_ours(parts.netloc)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


class Gate:
    """ASGI application around another: refuses what may not come in, and adds safe headers."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app, self._doors = app, doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        refused = self._refusal(scope)
        if refused is not None:
            code, words = refused
            log.warning("refused %s %r: %s", scope["method"], scope["path"], words)
            await PlainTextResponse(words, code)(scope, receive, _guarded(send))
            return
        await self._app(scope, _limited(receive, scope), _guarded(send, scope))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and reason for a request that may not come in."""
        headers = Headers(scope=scope)
        if len(scope["path"]) > _LONGEST_PATH:
            return 414, "the address is too long"
        if not self._doors.is_ours(headers.get("host", "")):
            return 421, "this server is not called so"
        foreign = headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
        if foreign and (scope["method"], scope["path"]) != ("GET", "/"):
            return 403, "asked by another site"
        if scope["method"] not in ("GET", "HEAD"):
            if not self._doors.is_own_origin(headers.get("origin", "")):
                return 403, "sent by another site"
            length = headers.get("content-length", "")
            if not length.isdigit():
                return 411, "say how long it is"
            if int(length) > MOST_BYTES:
                return 413, f"larger than {MOST_BYTES // 2**20} MB"
        return self._unknown(scope)

    def _unknown(self, scope: Scope) -> tuple[int, str] | None:
        guest = self._doors.by_cookie(HTTPConnection(scope).cookies)
        scope["guest"] = guest
        if guest is None and scope["path"] != "/":
            return 401, "open the link that `analyzer serve` printed"
        if scope["method"] not in ("GET", "HEAD") and (guest is None or guest.name is None):
            return 403, "only looking is allowed: `analyzer serve` was started without --by"
        return None


def _limited(receive: Receive, scope: Scope) -> Receive:
    """Return ``receive`` that ends where more comes than was announced."""
    left = int(Headers(scope=scope).get("content-length") or 0)

    async def limited() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            return {"type": "http.disconnect"}
        return message

    return limited


def _guarded(send: Send, asked: Scope | None = None) -> Send:
    """Return ``send`` that adds the headers of every answer, and logs what was not served."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            if asked is not None and message["status"] >= _NOT_SERVED:
                what = (message["status"], asked["method"], asked["path"])
                log.warning("answered %d to %s %r", *what)
            headers = MutableHeaders(scope=message)
            for name, value in {"Content-Security-Policy": OWN_PAGES, **_HEADERS}.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
