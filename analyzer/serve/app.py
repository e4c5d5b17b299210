"""Web application of a case: which address gives which page, picture or answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import Route

from analyzer.commands.clips import FOLDER, ClipRequest, make_clip
from analyzer.commands.status import case_status
from analyzer.errors import AnalyzerError, CaseBusyError, ConflictError, UsageError
from analyzer.serve import decisions
from analyzer.serve.access import REPORT_PAGES, Doors, Gate, Guest, log
from analyzer.serve.live import LiveView
from analyzer.serve.pages import PLACES, asset, own_page, served
from analyzer.serve.review_list import group_list, review_list
from analyzer.serve.searches import Searches
from analyzer.serve.snapshot import Reports

_MOST_JSON = 256 * 1024
"""Bytes of a decision: a note and many tracks."""

Decide = Callable[[Path, str, Mapping[str, Any]], dict[str, Any]]

_DECISIONS: Mapping[str, Decide] = {
    "reviews": decisions.review,
    "reviews/undo": decisions.undo,
    "groups": decisions.group,
    "bookmarks": decisions.bookmark,
    "bookmarks/undo": decisions.unmark,
}


class CaseSite:
    """The pages of the case at ``case``; what is made for them lies in the folder ``cache``."""

    def __init__(self, case: Path, cache: Path, doors: Doors) -> None:
        self.case, self.doors = case, doors
        self.reports = Reports(case, cache)
        self._searches = Searches(case, cache)
        self._live = LiveView(case, self.reports)
        self._writing = threading.Lock()

    def app(self) -> Gate:
        """Return the ASGI application."""
        posts = [
            Route(f"/api/{name}", partial(self._decide, name), methods=["POST"])
            for name in _DECISIONS
        ]
        routes = [
            Route("/", self._enter),
            Route("/serve/{name}", _asset),
            *(Route(f"/{name}.html", partial(self._own, name)) for name, _ in PLACES),
            Route("/api/state", self._answer(self._state)),
            Route("/api/review", self._answer(self._reviews)),
            Route("/api/groups", self._answer(self._groups)),
            Route("/api/bookmarks", self._answer(lambda _: decisions.bookmarks(self.case))),
            Route("/api/live", self._answer(lambda _: self._live.values())),
            Route("/live/{name}", self._live_picture),
            *posts,
            Route("/api/search/{kind}", self._upload, methods=["POST"]),
            Route("/api/search", self._like_track, methods=["POST"]),
            Route("/api/clips", self._clip, methods=["POST"]),
            Route("/clips/{name}", self._clip_file),
            Route("/found/{name}", self._found),
            Route("/{name:path}", self._report),
        ]
        handlers: Any = {AnalyzerError: _told, HTTPException: _refused}
        return Gate(Starlette(routes=routes, exception_handlers=handlers), self.doors)

    async def _enter(self, request: Request) -> Response:
        """Exchange the token of the link for a cookie; a page of ours then leads on."""
        guest = self.doors.by_token(request.query_params.get("token", ""))
        if guest is None:
            if _guest(request) is not None:
                return HTMLResponse(own_page("enter"))
            log.warning("refused %r: no token of ours", request.url.path)
            return PlainTextResponse("open the link that `analyzer serve` printed", 401)
        answer = HTMLResponse(own_page("enter"))
        answer.set_cookie(self.doors.cookie, guest.session, httponly=True, samesite="strict")
        return answer

    async def _own(self, name: str, request: Request) -> Response:
        guest = _guest(request)
        by = guest.name if guest else None
        return HTMLResponse(own_page(name, by=by, case=self.case.resolve().name))

    def _answer(self, values: Callable[[Request], Any]) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return JSONResponse(await run_in_threadpool(values, request))

        return answer

    def _state(self, request: Request) -> dict[str, Any]:
        status, guest = case_status(self.case).as_dict(), _guest(request)
        kept = ("running", "run", "files", "segments", "analysed_s", "failures", "live", "reason")
        return {
            "by": guest.name if guest else None,
            "state": self.reports.state(),
            **{key: status[key] for key in kept},
        }

    def _reviews(self, request: Request) -> dict[str, Any]:
        guest = _guest(request)
        return {"by": guest.name if guest else None, **review_list(self.reports.snapshot(True))}

    def _groups(self, _: Request) -> dict[str, Any]:
        now = self.reports.snapshot(True)
        return {"seen": now.groupings_seen, "groups": group_list(now)}

    async def _decide(self, name: str, request: Request) -> Response:
        values, by = await _json(request), _name(request)

        def decide() -> dict[str, Any]:
            with self._writing:
                done = _DECISIONS[name](self.case, by, values)
            self.reports.outdate()
            log.info("%s by %s: %s", name, by, done)
            return done

        return JSONResponse(await run_in_threadpool(decide))

    async def _upload(self, request: Request) -> Response:
        data, kind = await request.body(), request.path_params["kind"]
        page = await run_in_threadpool(self._searches.by_picture, data, kind)
        return JSONResponse({"page": page})

    async def _like_track(self, request: Request) -> Response:
        values = await _json(request)
        track, kind = decisions.text_of(values, "track"), decisions.text_of(values, "by")
        page = await run_in_threadpool(self._searches.by_track, track, kind)
        return JSONResponse({"page": page})

    async def _clip(self, request: Request) -> Response:
        values = await _json(request)
        track, event = (
            decisions.text_of(values, key) if key in values else None for key in ("track", "event")
        )
        asked = ClipRequest(self.case, event=event, track=track)
        made = await run_in_threadpool(make_clip, asked)
        return JSONResponse(
            {"clip": f"{FOLDER}/{made.path.name}", "sha256": made.about["product_sha256"]}
        )

    async def _clip_file(self, request: Request) -> Response:
        return _file(self.case / FOLDER, request.path_params["name"], (".mp4", ".png"))

    async def _live_picture(self, request: Request) -> Response:
        path = await run_in_threadpool(self._live.picture, request.path_params["name"])
        return _missing() if path is None else FileResponse(path, media_type="image/jpeg")

    async def _found(self, request: Request) -> Response:
        page = self._searches.page(request.path_params["name"])
        return _missing() if page is None else HTMLResponse(page, headers=_POLICY)

    async def _report(self, request: Request) -> Response:
        name = request.path_params["name"]
        path = await run_in_threadpool(self.reports.file, name)
        if path is None:
            return _missing()
        if path.suffix != ".html":
            return FileResponse(path)
        text = await run_in_threadpool(path.read_text, encoding="utf-8")
        return HTMLResponse(served(text), headers=_POLICY)


_POLICY = {"Content-Security-Policy": REPORT_PAGES}


async def _asset(request: Request) -> Response:
    found = asset(request.path_params["name"])
    return _missing() if found is None else Response(found[0], media_type=found[1])


def _file(folder: Path, name: str, endings: tuple[str, ...]) -> Response:
    """Return the file called ``name`` in ``folder``, whatever else ``name`` may say."""
    path = folder / name
    if path.parent != folder or path.suffix not in endings or not path.is_file():
        return _missing()
    return FileResponse(path)


def _missing() -> Response:
    return PlainTextResponse("there is no such page", 404)


def _guest(request: Request) -> Guest | None:
    guest = request.scope["guest"]
    assert guest is None or isinstance(guest, Guest), "the gate says who asks"
    return guest


def _name(request: Request) -> str:
    guest = _guest(request)
    assert guest is not None and guest.name is not None, "the gate lets nobody else write"
    return guest.name


async def _json(request: Request) -> dict[str, Any]:
    """Return the object that a page sent; UsageError for anything else."""
    if int(request.headers["content-length"]) > _MOST_JSON:
        raise UsageError(f"larger than {_MOST_JSON} bytes")
    try:
        values = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise UsageError("not JSON") from error
    if not isinstance(values, dict):
        raise UsageError("not a JSON object")
    return values


def _told(request: Request, error: Exception) -> Response:
    """Answer with an error that a person can act on, in one line."""
    code = 409 if isinstance(error, ConflictError) else 503
    if isinstance(error, UsageError) and not isinstance(error, ConflictError):
        code = 400
    elif not isinstance(error, ConflictError | CaseBusyError):
        code = 422
    log.warning("%s %r: %s", request.method, request.url.path, error)
    return JSONResponse({"error": str(error)}, code)


def _refused(request: Request, error: Exception) -> Response:
    code = error.status_code if isinstance(error, HTTPException) else 500
    return PlainTextResponse("there is no such page" if code == 404 else "refused", code)
