"""A server of a case in a thread of the test, and requests as a browser would send them."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

from analyzer.serve.access import Doors
from analyzer.serve.app import CaseSite
from analyzer.serve.server import _listen


class Site:
    """A served case; ``ask`` sends one request, with the cookie of the guest ``by`` if given."""

    def __init__(self, doors: Doors, port: int) -> None:
        self.doors, self.port = doors, port
        self.origin = f"http://127.0.0.1:{port}"

    def link(self, number: int = 0) -> str:
        """Return the link of the command line for one guest."""
        return f"{self.origin}/?token={self.doors.guests[number].token}"

    def ask(
        self, path: str, values: Any = None, by: int | None = 0, method: str | None = None,
        body: bytes | None = None, **headers: str,
    ) -> tuple[int, bytes, dict[str, str]]:  # fmt: skip
        """Return status, body and headers of the answer to one request."""
        sent = {"Host": f"127.0.0.1:{self.port}"}
        if by is not None:
            sent["Cookie"] = f"{self.doors.cookie}={self.doors.guests[by].session}"
        if values is not None:
            body = json.dumps(values).encode()
        if body is not None or method == "POST":
            sent |= {"Origin": self.origin, "Content-Length": str(len(body or b""))}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.putrequest(
                method or ("GET" if body is None else "POST"), path,
                skip_host=True, skip_accept_encoding=True,
            )  # fmt: skip
            for name, value in sent.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            connection.close()

    def json(self, path: str, values: Any = None, by: int | None = 0) -> Any:
        """Return the values of an answer that must be a good one."""
        status, body, _ = self.ask(path, values, by)
        assert status == 200, body
        return json.loads(body)


@contextmanager
def served(case: Path, cache: Path, *names: str) -> Iterator[Site]:
    """Serve ``case`` for as long as the block takes."""
    cache.mkdir()
    listener = _listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    doors = Doors(names, "127.0.0.1", port)
    site = CaseSite(case, cache, doors)
    config = uvicorn.Config(
        site.app(), log_config=None, access_log=False, server_header=False, proxy_headers=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield Site(doors, port)
    finally:
        server.should_exit = True
        thread.join(20)
        site.reports.close()
        listener.close()
