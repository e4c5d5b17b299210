"""A sound as a channel: two tones, played by a program of the system, else the terminal's bell."""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from analyzer.alerts.channels import ChannelError
from analyzer.alerts.message import Message

PLAYERS: Final = (
    ("paplay",),
    ("pw-play",),
    ("aplay", "-q"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "quiet"),
)
"""Programs that play a WAV file, the lightest first."""

_RATE: Final = 22_050
_TONES: Final = (880.0, 660.0, 880.0, 660.0)
_TONE_S: Final = 0.35
_LOUD: Final = 0.5
_FADE_S: Final = 0.01

_TERMINAL: Final = Path("/dev/tty")


@dataclass(frozen=True, slots=True)
class SoundChannel:
    """Two tones in turn; needs no network and no file of others."""

    timeout_s: float

    def send(self, message: Message) -> None:
        """Play the sound; raises ChannelError where neither a program nor a terminal can."""
        tried = [player for player in PLAYERS if shutil.which(player[0])]
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            file.write(tones())
            file.flush()
            if any(self._played((*player, file.name)) for player in tried) or _bell():
                return
        names = ", ".join(player[0] for player in tried) or "no player"
        raise ChannelError(f"no sound could be played ({names}) and there is no terminal")

    def _played(self, command: tuple[str, ...]) -> bool:
        try:
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL, timeout=self.timeout_s, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return False
        return done.returncode == 0


def tones() -> bytes:
    """Return the sound as a WAV file: 16 bits, one channel."""
    t = np.arange(round(_TONE_S * _RATE)) / _RATE
    # Without a fade the ends of each tone click.
    fade = np.minimum(1.0, np.minimum(t, t[::-1]) / _FADE_S)
    waves = [np.sin(2 * np.pi * pitch * t) * fade for pitch in _TONES]
    samples = (np.concatenate(waves) * _LOUD * 32_767).astype("<i2")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        sound.writeframes(samples.tobytes())
    return file.getvalue()


def _bell() -> bool:
    """Ring the bell of the terminal that this process belongs to, if it has one."""
    try:
        with _TERMINAL.open("w") as terminal:
            terminal.write("\a")
    except OSError:
        return False
    return True
