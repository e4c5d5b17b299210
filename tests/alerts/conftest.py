"""Cases of watched cameras, and receivers of messages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.alerts.watched import Hook, Mailbox, Watched, smtp_server, webhook


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A case with two cameras and no recording yet."""
    return Watched(tmp_path / "case").begin()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes everything."""
    with smtp_server(Mailbox()) as box:
        yield box


@pytest.fixture
def hook() -> Iterator[Hook]:
    """A receiver of webhooks."""
    with webhook(Hook()) as receiver:
        yield receiver
