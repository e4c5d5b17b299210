"""Settings file with every setting: its value, its unit and what it means."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any

from analyzer.config import Settings
from analyzer.config_presets import PRESETS
from analyzer.errors import UsageError

_SECTION = re.compile(r"\[(\w+)\]")
_SETTING = re.compile(r"(\w+) = (.*?)(?:  # (.+))?")


@dataclass(frozen=True, slots=True)
class SettingMeaning:
    """One setting: its ``value``, its ``unit`` or None, and its ``meaning`` in a line."""

    section: str
    key: str
    value: Any
    unit: str | None
    meaning: str


def settings_file(settings: Settings) -> str:
    """Return a settings file, as TOML, that says all of ``settings``, each with its meaning."""
    values, section, lines = settings.as_dict(), "", []
    preset = settings.preset.name
    reasons = {(p.section, p.key): (p.value, p.why) for p in PRESETS.get(preset, ())}
    for line in _template():
        if found := _SECTION.match(line):
            section = found[1]
        if found := _SETTING.fullmatch(line):
            unit = f"  # {found[3]}" if found[3] else ""
            value = values[section][found[1]]
            changed, why = reasons.get((section, found[1]), (None, ""))
            if why and changed == value:
                lines += textwrap.wrap(f"# {preset}: {why}", 79, subsequent_indent="# ")
            line = f"{found[1]} = {_toml(value)}{unit}"
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def meanings(settings: Settings) -> Iterator[SettingMeaning]:
    """Yield every setting in the order of the file."""
    values, section, said = settings.as_dict(), "", list[str]()
    for line in _template():
        if found := _SECTION.match(line):
            section = found[1]
        if line.startswith("# "):
            said.append(line[2:])
            continue
        if found := _SETTING.fullmatch(line):
            value = values[section][found[1]]
            yield SettingMeaning(section, found[1], value, found[3], " ".join(said))
        said.clear()


def examples() -> dict[str, str]:
    """Return the example settings that ship, as TOML by name."""
    files = (resources.files("analyzer") / "examples").iterdir()
    found = {file.name.removesuffix(".toml"): file for file in files}
    return {name: found[name].read_text(encoding="utf-8") for name in sorted(found)}


def example_settings(name: str) -> str:
    """Return the example called ``name``; raises UsageError where there is none."""
    known = examples()
    if name not in known:
        raise UsageError(f"no example {name!r}; known: {', '.join(known)}")
    return known[name]


def _template() -> list[str]:
    file = resources.files("analyzer") / "settings.toml"
    return file.read_text(encoding="utf-8").splitlines()


def _toml(value: Any) -> str:
    """Return a value as TOML writes it; JSON does for all kinds of settings but tables."""
    if isinstance(value, dict):
        entries = (f"{json.dumps(key)} = {_toml(entry)}" for key, entry in value.items())
        return f"{{ {', '.join(entries)} }}" if value else "{}"
    return json.dumps(value, ensure_ascii=False)
