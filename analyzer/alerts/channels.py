"""Channels of messages, by name: services through apprise, commands, a sound.

What is secret in an address comes from the environment, as ``${NAME}``, and is replaced by stars in
everything that is told of a failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, Protocol

from analyzer.alerts.message import Message
from analyzer.config_alerts import AlertSettings
from analyzer.errors import ConfigError

SOUND: Final = "sound"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")


class ChannelError(Exception):
    """A message did not go through, or nobody knows; says why, with nothing secret."""


class Channel(Protocol):
    """A way to send messages."""

    def send(self, message: Message) -> None:
        """Send ``message`` and return when it was taken; raises ChannelError where it was not."""


def channels_of(
    settings: AlertSettings, environment: Mapping[str, str], names: Sequence[str] | None = None
) -> dict[str, Channel]:
    """Return the channels of ``settings``, or those of ``names``; nothing is sent.

    Raises ConfigError, naming no address, for a name that is none, an address that apprise does not
    know, and a variable that ``environment`` has not.
    """
    wanted = settings.channels if names is None else names
    return {name: _channel(name, settings, environment) for name in wanted}


def _channel(name: str, settings: AlertSettings, environment: Mapping[str, str]) -> Channel:
    if name not in settings.channels:
        known = ", ".join(settings.channels) or "none; add them to [alerts.channels]"
        raise ConfigError(f"no channel {name!r}; known: {known}")
    if not _NAME.fullmatch(name):
        raise ConfigError(
            f"alerts.channels: {name!r} is no name of a channel; use letters, digits, _ . -"
        )
    told = settings.channels[name]
    if isinstance(told, tuple):
        from analyzer.alerts.command_channel import CommandChannel

        return CommandChannel(told, settings.timeout_s)
    if told == SOUND:
        from analyzer.alerts.sound_channel import SoundChannel

        return SoundChannel(settings.timeout_s)
    from analyzer.alerts.apprise_channel import apprise_channel

    address, secrets = _filled(name, told, environment)
    return apprise_channel(name, address, secrets, settings.timeout_s)


def _filled(name: str, told: str, environment: Mapping[str, str]) -> tuple[str, list[str]]:
    """Return an address with the values of its variables, and these values."""
    secrets: list[str] = []

    def value(found: re.Match[str]) -> str:
        if found[1] not in environment:
            raise ConfigError(
                f"alerts.channels.{name}: the environment has no {found[1]}; set it before the "
                "command"
            )
        secrets.append(environment[found[1]])
        return environment[found[1]]

    return _VARIABLE.sub(value, told), secrets
