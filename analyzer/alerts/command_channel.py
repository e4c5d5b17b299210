"""Commands as channels: the text of a message on standard input, its facts in the environment."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analyzer.alerts.channels import ChannelError
from analyzer.alerts.message import Message


@dataclass(frozen=True, slots=True)
class CommandChannel:
    """A program with its arguments, started without a shell and ended after ``timeout_s``."""

    command: Sequence[str]
    timeout_s: float

    def send(self, message: Message) -> None:
        """Run the command; raises ChannelError, without its arguments, unless it ends with 0.

        ``ANALYZER_ALERT_ID``, ``_TITLE``, ``_CAMERA`` and others are the facts of the message;
        ``_STILL`` is the path of its picture, which is deleted afterwards.
        """
        facts = {f"ANALYZER_ALERT_{name.upper()}": value for name, value in message.facts.items()}
        with tempfile.TemporaryDirectory(prefix="analyzer-alert-") as folder:
            if message.still is not None:
                picture = Path(folder) / "still.jpg"
                picture.write_bytes(message.still)
                facts["ANALYZER_ALERT_STILL"] = str(picture)
            self._run(message.text.encode(), os.environ | facts)

    def _run(self, text: bytes, environment: dict[str, str]) -> None:
        try:
            # In a session of its own, so that its children end with it.
            process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, env=environment, start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            raise ChannelError(f"the command cannot be started ({why})") from error
        try:
            process.communicate(text, self.timeout_s)
        except subprocess.TimeoutExpired as error:
            raise ChannelError(f"the command took longer than {self.timeout_s:g} s") from error
        finally:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.returncode:
            raise ChannelError(f"the command ended with {process.returncode}")
