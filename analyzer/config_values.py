"""Checks of single settings: their names, types and ranges."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from analyzer.errors import ConfigError

_TYPES = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    tuple: "a list of texts",
}

_SCORES_OF_EVENTS = (
    "expression_change", "expression_quality", "expression_steady",
    "fighting", "falling", "running",
)  # fmt: skip

_AT_MOST_ONE = {
    "faces": ("min_score",),
    "people": ("min_score",),
    "tracking": ("high_score",),
    "identity": ("false_match_rate",),
    "appearance": ("false_match_rate",),
    "smoothing": ("stitch_iou",),
    "events": ("expression", *_SCORES_OF_EVENTS),
}

_MAY_BE_ZERO = {
    "identity": ("threshold", "min_margin", "unknown_distance"),
    "appearance": ("links", "clock_s"),
    "sampling": ("overlap_s",),
    "faces": ("min_score",),
    "people": ("min_score",),
    "embedding": ("min_eye_px", "min_sharpness"),
    "watch": ("keep_days", "budget_gb"),
    "events": ("expression_s", *_SCORES_OF_EVENTS, "running_s", "join_s"),
}


def checked_value(section: Any, name: str, key: str, value: Any, origin: str) -> Any:
    """Return ``value`` in the type of the section's default, or raise ConfigError."""
    known = {f.name for f in dataclasses.fields(section)}
    if key not in known:
        raise ConfigError(
            f"{origin}: unknown setting {name}.{key}{likely(key, known, name + '.{}')}; "
            f"known: {', '.join(sorted(known))}"
        )
    default = getattr(section, key)
    if isinstance(default, dict):
        return _table_of(name, key, value, origin)
    if isinstance(default, float) and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if isinstance(default, tuple):
        value = _list_of(value)
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


def _table_of(name: str, key: str, value: Any, origin: str) -> dict[str, str | tuple[str, ...]]:
    """Return a table of texts and lists of texts; errors show no value, which may be secret."""
    entries: dict[str, Any] = value if isinstance(value, dict) else {"": None}
    table: dict[str, str | tuple[str, ...]] = {}
    for word, entry in entries.items():
        told: Any = tuple(entry) if isinstance(entry, list | tuple) else entry
        texts = told if isinstance(told, tuple) else (told,)
        if not texts or not all(isinstance(text, str) and text for text in texts):
            what = f"{name}.{key}.{word}" if word else f"{name}.{key}"
            raise ConfigError(f"{origin}: {what} is neither a text nor a list of texts; correct it")
        table[word] = told
    return table


def _list_of(value: Any) -> Any:
    """Return the texts of a list, or of the text with commas that older files have, as a tuple."""
    if isinstance(value, str):
        return words(value)
    whole = isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    return tuple(value) if whole else value


def words(given: str | Iterable[str]) -> tuple[str, ...]:
    """Return the entries of a list, or those of a text that separates them by commas."""
    entries = given.split(",") if isinstance(given, str) else given
    return tuple(word for each in entries if (word := each.strip()))


def likely(wrong: str, known: Iterable[str], form: str = "{}") -> str:
    """Return the question whether the nearest of ``known`` is meant, or nothing if none is near."""
    nearest = get_close_matches(wrong.lower(), sorted(known), 1, 0.6)
    return f" (did you mean {form.format(nearest[0])}?)" if nearest else ""


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
