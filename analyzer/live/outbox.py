"""Outbox of a recorder: messages go out as fast as they are taken, and never make it wait."""

from __future__ import annotations

import contextlib
import queue
import threading
from multiprocessing.connection import Connection
from typing import Any, Final

from analyzer.live.messages import Message

_FLUSH_S: Final = 5.0


class Outbox:
    """Sends messages through ``connection`` on a thread; ``stopping`` is set when told to stop.

    It is set as well when the other side is gone.
    """

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._messages: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self.stopping = threading.Event()
        self._sender = threading.Thread(target=self._send, daemon=True)
        self._sender.start()
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, message: Message) -> None:
        """Send ``message`` when the ones before are sent."""
        self._messages.put(message)

    def flush(self) -> None:
        """Wait until everything is sent, some seconds at most."""
        self._messages.put(None)
        self._sender.join(_FLUSH_S)

    def _send(self) -> None:
        try:
            while (message := self._messages.get()) is not None:
                self._connection.send(message)
        except OSError:
            self.stopping.set()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError):
            self._connection.recv()
        self.stopping.set()
