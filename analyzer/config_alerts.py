"""Settings of alerts: which events are told, when, how often, and through which channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """Rules of messages about events.

    ``levels``, ``kinds``, ``cameras`` and ``people`` say which events; ``*`` is each of a kind.
    ``schedule`` are the stretches of the week in which events count, all where it is empty;
    ``quiet`` those in which nothing is sent. ``per_hour`` messages go through one channel.
    Events of one kind at one camera no further apart than ``incident_s`` are one incident.
    ``channels`` are by name an address of apprise, ``sound``, or a command as a list.
    """

    levels: tuple[str, ...] = ("alarm",)
    kinds: tuple[str, ...] = ("*",)
    cameras: tuple[str, ...] = ("*",)
    people: tuple[str, ...] = ("*",)
    schedule: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()
    per_hour: int = 20
    incident_s: float = 60.0
    still: str = "plain"
    link: str = ""
    timeout_s: float = 15.0
    give_up_h: float = 72.0
    channels: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict, hash=False)
