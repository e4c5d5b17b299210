"""Services through apprise: e-mail, chats, webhooks, notifications of the desktop."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from analyzer.alerts.channels import ChannelError
from analyzer.alerts.message import Message
from analyzer.alerts.secrets import scrubbed, secrets_of
from analyzer.errors import ConfigError

_MAIL: Final = "apprise.plugins.email.base"
_DRAW: Final = "make_msgid"
_MOST_LETTERS: Final = 200


@dataclass(frozen=True, slots=True)
class AppriseChannel:
    """One address of apprise; ``secrets`` are replaced in whatever is told of it."""

    address: str
    secrets: Sequence[str]
    timeout_s: float

    def send(self, message: Message) -> None:
        """Send ``message``, with its id as Message-ID or Idempotency-Key where there is one.

        Raises ChannelError with what apprise logged.
        """
        from apprise import AppriseAttachment, NotifyFormat, NotifyType

        plugin = _plugin(self.address)
        plugin.socket_connect_timeout = plugin.socket_read_timeout = self.timeout_s
        attachments = None
        if message.still is not None:
            memory: Any = import_module("apprise.attachment.memory").AttachMemory
            picture = memory(message.still, name="still.jpg", mimetype="image/jpeg")
            attachments = AppriseAttachment(picture)
        with _heard() as said, _keyed(plugin, message.id):
            try:
                taken = plugin.notify(
                    body=message.text,
                    title=message.title,
                    notify_type=NotifyType.WARNING,
                    body_format=NotifyFormat.TEXT,
                    attach=attachments,
                )
            # Each of a hundred services has errors of its own; none may end a run of days.
            except Exception as error:  # noqa: BLE001
                said.append(f"{type(error).__name__}: {error}")
                taken = False
        if not taken:
            raise ChannelError(self._told(said))

    def _told(self, said: Sequence[str]) -> str:
        words = "; ".join(dict.fromkeys(said)) or "the service did not take it"
        return scrubbed(" ".join(words.split()), self.secrets)[:_MOST_LETTERS]


def apprise_channel(
    name: str, address: str, secrets: Sequence[str], timeout_s: float
) -> AppriseChannel:
    """Return the channel of ``address``; ConfigError, without it, where apprise knows none such."""
    with _heard() as said:
        plugin = _plugin(address)
    hidden = secrets_of(address, secrets)
    if plugin is None:
        why = scrubbed("; ".join(said), hidden)[:_MOST_LETTERS] or "no service has such addresses"
        raise ConfigError(f"alerts.channels.{name}: not an address of apprise ({why})")
    return AppriseChannel(address, hidden, timeout_s)


def _plugin(address: str) -> Any:
    """Return the service of ``address``; None where it is not one.

    Nothing is kept on the disk between two messages, and nothing is sent of texts but the texts.
    """
    import apprise

    asset = apprise.AppriseAsset(
        app_id="analyzer", app_desc="analyzer", storage_mode=apprise.PersistentStoreMode.MEMORY
    )
    return apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)


@contextmanager
def _keyed(plugin: Any, key: str) -> Iterator[None]:
    """Give the next message of ``plugin`` a key by which a receiver knows a second copy.

    E-mail has the Message-ID, which apprise draws at random and offers no way to set, so its
    function that draws one is replaced for as long. Services with headers of their own get an
    Idempotency-Key. Others carry the id in the text alone.
    """
    mail: Any = sys.modules.get(_MAIL)
    if mail is not None and isinstance(plugin, mail.NotifyEmail) and hasattr(mail, _DRAW):
        drawn = getattr(mail, _DRAW)
        setattr(mail, _DRAW, lambda **_: f"<{key}@analyzer.invalid>")
        try:
            yield
        finally:
            setattr(mail, _DRAW, drawn)
        return
    if isinstance(getattr(plugin, "headers", None), dict):
        plugin.headers["Idempotency-Key"] = key
    yield


class _Listener(logging.Handler):
    """Keeps warnings and errors of apprise, and what a connection failed of."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the words of ``record``."""
        words = record.getMessage()
        if record.levelno >= logging.WARNING or words.startswith("Socket Exception"):
            self.said.append(words)


@contextmanager
def _heard() -> Iterator[list[str]]:
    """Take what apprise logs, so that no address reaches a log of ours."""
    logger, listener = logging.getLogger("apprise"), _Listener()
    level, propagate = logger.level, logger.propagate
    logger.addHandler(listener)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    try:
        yield listener.said
    finally:
        logger.removeHandler(listener)
        logger.setLevel(level)
        logger.propagate = propagate
