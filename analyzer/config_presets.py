"""Presets: named sets of settings for places and light, with the reason for each value.

What a preset changes follows from what the setting does. No value was tuned on footage, so a preset
is a place to begin, not a measured best. Settings that a preset does not name stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analyzer.config_values import likely
from analyzer.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PresetSettings:
    """The preset that the other settings were laid over; its values stand in their sections."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class PresetValue:
    """One setting that a preset changes, by section and key, and the reason for ``value``."""

    section: str
    key: str
    value: Any
    why: str


PRESETS: Mapping[str, tuple[PresetValue, ...]] = {
    "indoor": (
        PresetValue(
            "motion", "recheck_most_s", 15.0,
            "people sit and lie still for long; somebody whom the first looks missed is looked for "
            "four times a minute instead of once",
        ),
        PresetValue(
            "tracking", "lost_s", 2.0,
            "furniture, doors and pillars near the camera hide people whole for a second or two",
        ),
        PresetValue(
            "events", "loitering_s", 1800.0,
            "rooms are for staying: after five minutes nearly everybody there would be an event",
        ),
    ),
    "street": (
        PresetValue(
            "people", "width", 960,
            "people are small in a wide view; the detector sees them half as large again, in about "
            "twice the time",
        ),
        PresetValue(
            "faces", "width", 1280,
            "faces are small in a wide view: one of 12 px in a picture of 960 px has 16 px in one "
            "of 1280, the least that is looked for",
        ),
        PresetValue(
            "tracking", "lost_s", 2.0,
            "vehicles, poles and other people hide who walks by for a second or two",
        ),
        PresetValue(
            "identity", "false_match_rate", 0.0005,
            "more strangers pass than in a building, and each is one more chance of a false match",
        ),
    ),
    "night": (
        PresetValue(
            "motion", "recheck_most_s", 10.0,
            "whoever differs from a dark ground by less than its noise is no motion: pictures are "
            "looked at though nothing seems to move",
        ),
        PresetValue(
            "tracking", "high_score", 0.45,
            "low contrast lowers the scores of people, so that fewer reach what begins a track",
        ),
        PresetValue(
            "tracking", "min_hits", 3,
            "noise and lamps make single false boxes, and more where lower scores begin a track",
        ),
        PresetValue(
            "tracking", "lost_s", 2.0,
            "a faint person is missed in several pictures on end",
        ),
        PresetValue(
            "identity", "false_match_rate", 0.0005,
            "distances of faces were measured by day; what noise and infrared light do to them was "
            "not, so a rarer false match is asked for",
        ),
        PresetValue(
            "smoothing", "emotion_window_s", 3.0,
            "expressions vary more from picture to picture in noise; twice the window halves "
            "the variance",
        ),
    ),
}  # fmt: skip
"""What each preset changes."""

PURPOSES: Mapping[str, str] = {
    "indoor": "rooms, corridors, shops and cars of trains: people are near, sit and stay",
    "street": "streets, yards and stations: a wide view with many small people who pass by",
    "night": "darkness, weak lamps, infrared light: noise, and little contrast",
}
"""What each preset is meant for."""


def require_preset(name: str, origin: str) -> str:
    """Return the name of a preset, "" for none; raise ConfigError, with the nearest, for others."""
    if name and name not in PRESETS:
        raise ConfigError(
            f"{origin}: no preset {name!r}{likely(name, PRESETS)}; known: {', '.join(PRESETS)}"
        )
    return name


def preset_sections(name: str) -> dict[str, dict[str, Any]]:
    """Return what a preset changes as sections of settings; nothing for ""."""
    sections: dict[str, dict[str, Any]] = {}
    for each in PRESETS.get(name, ()):
        sections.setdefault(each.section, {})[each.key] = each.value
    return sections
