"""Server process of a case's pages: socket, log, and a folder for what is made, gone at the end."""

from __future__ import annotations

import logging
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.errors import UsageError
from analyzer.store.reader import CaseReader

if TYPE_CHECKING:
    import uvicorn


@dataclass(frozen=True, slots=True)
class Link:
    """The address for one person; ``name`` None may only look."""

    name: str | None
    address: str


def serve_case(
    case: Path,
    host: str,
    port: int,
    names: Sequence[str],
    on_start: Callable[[list[Link]], None],
    seconds: float | None = None,
) -> None:
    """Serve the pages of ``case`` until interrupted, or for ``seconds``; ``on_start`` gets links.

    With ``names`` there is a link for each, by which decisions are written under that name; without
    any, one link for looking. Port 0 takes a free one. Raises CaseError for what is no case, and
    UsageError where nothing can listen there or a name is empty.
    """
    # Here, so that no other command waits for them.
    import uvicorn

    from analyzer.serve.access import Doors
    from analyzer.serve.app import CaseSite

    if not all(name.strip() for name in names):
        raise UsageError("--by: give the name of the person who decides")
    with CaseReader(case):
        pass
    listener = _listen(host, port)
    port = listener.getsockname()[1]
    doors = Doors(names, host, port)
    with (
        listener,
        _logged(),
        tempfile.TemporaryDirectory(prefix="analyzer-serve-", ignore_cleanup_errors=True) as cache,
    ):
        site = CaseSite(case, Path(cache), doors)
        config = uvicorn.Config(
            site.app(), log_config=None, access_log=False, server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=3,
        )  # fmt: skip
        named = f"[{host}]" if ":" in host else host
        on_start([Link(g.name, f"http://{named}:{port}/?token={g.token}") for g in doors.guests])
        try:
            # Ctrl-C is how a server ends: uvicorn finishes what it answers, then raises it again.
            server = uvicorn.Server(config)
            with suppress(KeyboardInterrupt), _ended_after(server, seconds):
                server.run(sockets=[listener])
        finally:
            site.reports.close()


@contextmanager
def _ended_after(server: uvicorn.Server, seconds: float | None) -> Iterator[None]:
    """Let ``server`` end after ``seconds``; None lets it go on."""
    if seconds is None:
        yield
        return
    timer = threading.Timer(seconds, setattr, (server, "should_exit", True))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise UsageError(f"{host}: no address of this machine; choose another --host") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except (OSError, OverflowError) as error:
        listener.close()
        raise UsageError(
            f"{host}:{port}: cannot be listened on ({error}); choose another --port"
        ) from error
    return listener


@contextmanager
def _logged() -> Iterator[None]:
    """Tell refused requests and decisions on standard error, with the time."""
    log = logging.getLogger("analyzer.serve")
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        yield
    finally:
        log.removeHandler(handler)
