"""Checks of single settings: their names, types and ranges."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from analyzer.errors import ConfigError

_TYPES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}

_AT_MOST_ONE = {
    "faces": ("min_score",),
    "people": ("min_score",),
    "tracking": ("high_score",),
    "identity": ("false_match_rate",),
    "appearance": ("false_match_rate",),
    "smoothing": ("stitch_iou",),
    "events": ("expression", "fighting", "falling", "running"),
}

_MAY_BE_ZERO = {
    "identity": ("threshold", "min_margin", "unknown_distance"),
    "appearance": ("links", "clock_s"),
    "sampling": ("overlap_s",),
    "faces": ("min_score",),
    "people": ("min_score",),
    "embedding": ("min_eye_px", "min_sharpness"),
    "events": ("expression_s", "running_s", "join_s"),
}


def checked_value(section: Any, name: str, key: str, value: Any, origin: str) -> Any:
    """Return ``value`` in the type of the section's default, or raise ConfigError."""
    known = {f.name for f in dataclasses.fields(section)}
    if key not in known:
        raise ConfigError(
            f"{origin}: unknown setting {name}.{key}; known: {', '.join(sorted(known))}"
        )
    default = getattr(section, key)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not type(default):
        raise ConfigError(
            f"{origin}: {name}.{key} = {value!r} is not {_TYPES[type(default)]}; correct it"
        )
    if isinstance(value, int | float) and not isinstance(value, bool):
        may_be_zero = key in _MAY_BE_ZERO.get(name, ())
        if not (0 if may_be_zero else 1e-6) <= value < 1e9:
            raise ConfigError(
                f"{origin}: {name}.{key} = {value} is out of range; it must be "
                f"{'0 or more' if may_be_zero else 'positive'}"
            )
    return value


def require_shares(values: Mapping[str, Mapping[str, Any]], origin: str) -> None:
    """Raise ConfigError for a share or score above 1 among ``values``, by section and key."""
    for section, keys in _AT_MOST_ONE.items():
        for key in keys:
            value = values.get(section, {}).get(key, 0)
            if value > 1:
                raise ConfigError(
                    f"{origin}: {section}.{key} = {value} is out of range; it is a share or score "
                    "of 1 at most"
                )
