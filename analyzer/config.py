"""Settings: one frozen value, from defaults, a TOML file and the command line, hashed into runs.

Sections up to ``clothing`` change what is measured (raw rows); ``identity``, ``appearance``,
``smoothing``, ``events`` and ``report`` change only what is derived, so they never cause a video to
be decoded again; ``case``, ``work``,
``limits`` and ``watch`` change no row at all.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analyzer.config_alerts import AlertSettings
from analyzer.config_appearance import (
    AppearanceSettings,
    BodySettings,
    ClothingSettings,
    LookSettings,
)
from analyzer.config_detection import (
    FaceSettings,
    MotionSettings,
    PeopleSettings,
    SamplingSettings,
    TrackingSettings,
)
from analyzer.config_presets import PresetSettings, preset_sections, require_preset
from analyzer.config_values import checked_value, likely, require_shares, words
from analyzer.config_watch import WatchSettings
from analyzer.errors import ConfigError
from analyzer.weekly import parse_schedule


@dataclass(frozen=True, slots=True)
class EmotionSettings:
    """Whether expressions are classified and by which model under models/emotion."""

    enabled: bool = True
    model: str = "default"


@dataclass(frozen=True, slots=True)
class ActionSettings:
    """Whether actions are classified, and by which model under models/action.

    With ``joints`` the joints of people are looked for as evidence of their postures.
    Windows are of ``window_s`` every ``step_s`` seconds.
    """

    enabled: bool = True
    model: str = "default"
    joints: bool = True
    window_s: float = 2.0
    step_s: float = 0.5


@dataclass(frozen=True, slots=True)
class EmbeddingSettings:
    """Whether faces are embedded, and by which backend.

    Only the best ``faces`` of a tracklet and the best of each stretch of its time, and none below a
    floor: less than ``min_eye_px`` between the eyes, turned by more than ``max_yaw`` or
    ``max_pitch`` degrees, a chip of less than ``min_sharpness``.
    """

    enabled: bool = True
    backend: str = "auto"
    min_eye_px: float = 12.0
    max_yaw: float = 65.0
    max_pitch: float = 50.0
    min_sharpness: float = 8.0
    faces: int = 3


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Candidates and unknowns.

    ``unknown_distance`` is the embedding distance inside a group of unknown tracks; 0 takes what
    was measured for the embedder.

    ``false_match_rate`` is how often two people may pass for one, per comparison; it chooses
    the distance up to which a name is shown, unless ``threshold`` gives one.
    """

    false_match_rate: float = 0.001
    threshold: float = 0.0
    min_margin: float = 0.06
    candidates: int = 3
    unknown_distance: float = 0.0


@dataclass(frozen=True, slots=True)
class SmoothingSettings:
    """Timelines. Window and largest bridged gap in seconds; overlap (IoU) that stitches.

    ``usual_s`` assessed seconds give a track a usual expression.
    """

    emotion_window_s: float = 1.5
    usual_s: float = 3.0
    max_gap_s: float = 2.0
    stitch_iou: float = 0.4


@dataclass(frozen=True, slots=True)
class EventSettings:
    """Rules for what is worth a look.

    ``expressions``, none by default, held at ``expression`` or more for ``expression_s`` by
    ``expression_steady`` of the samples around each moment, on faces of ``expression_quality`` or
    better, and ``expression_change`` above the person's own usual where there is one;
    ``fighting``, ``falling``, ``running`` least scores of an event to check, 0 for the measured
    ones; ``people`` of interest, ``*`` for the whole gallery; in view for ``loitering_s``;
    stretches no further apart than ``join_s`` are one event.
    """

    enabled: bool = True
    expressions: tuple[str, ...] = ()
    expression: float = 0.6
    expression_s: float = 1.0
    expression_change: float = 0.25
    expression_quality: float = 0.1
    expression_steady: float = 0.75
    fighting: float = 0.0
    falling: float = 0.0
    running: float = 0.0
    running_s: float = 2.0
    people: tuple[str, ...] = ("*",)
    loitering_s: float = 300.0
    join_s: float = 1.0

    def expression_names(self) -> tuple[str, ...]:
        """Return the expressions to look for, in the order of EMOTIONS; ConfigError if unknown."""
        from analyzer.types import EMOTIONS

        asked = words(self.expressions)
        unknown = sorted(set(asked) - set(EMOTIONS))
        if unknown:
            raise ConfigError(
                f"events.expressions: {unknown[0]!r} is none of {', '.join(EMOTIONS)}; correct it"
            )
        return tuple(name for name in EMOTIONS if name in asked)

    def wants(self, person: str) -> bool:
        """Whether the sight of ``person`` is an event."""
        asked = words(self.people)
        return "*" in asked or person in asked


@dataclass(frozen=True, slots=True)
class ReportSettings:
    """The report.

    ``title`` of the case; ``max_points`` a plotted trace. The player shows a copy of videos of up
    to ``player_s`` seconds, ``player_width`` px wide; of longer ones pieces around events and best
    faces, ``piece_s`` s to each side and at most ``pieces``. ``player`` false makes none.
    """

    title: str = ""
    max_points: int = 2000
    player: bool = True
    player_s: float = 180.0
    player_width: int = 640
    piece_s: float = 4.0
    pieces: int = 60


STAGES = {
    "identify": "comparing faces with a gallery and with each other",
    "emotion": "apparent expressions",
    "action": "actions",
    "embeddings": "storing embeddings of faces, without which nobody can be compared",
    "crops": "storing pictures of the faces and bodies in the footage",
    "looks": "vectors of what people wear, and comparing people by them",
    "clothing": "colours of clothes",
}
"""What a policy can forbid, and what that leaves out."""


@dataclass(frozen=True, slots=True)
class CaseSettings:
    """Who works on the case, on whose authority and why; ``forbid`` stages, see ``policy``."""

    examiner: str = ""
    authority: str = ""
    purpose: str = ""
    forbid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkSettings:
    """How the work is done, which no row depends on. A worker ends after ``recycle`` segments."""

    recycle: int = 100


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """What a file may claim and cost before it is refused; no effect on what is measured.

    ``silence_s`` without progress ends a reader or decoder, and more than ``memory_mb`` of address
    space is not given to it.
    """

    max_side: int = 16384
    max_hours: float = 750.0
    silence_s: float = 60.0
    memory_mb: int = 4096


_DERIVED = ("identity", "appearance", "smoothing", "events", "report")
_NEITHER = ("preset", "alerts", "case", "work", "limits", "watch")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a run can be told, in sections."""

    preset: PresetSettings = field(default_factory=PresetSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)
    motion: MotionSettings = field(default_factory=MotionSettings)
    faces: FaceSettings = field(default_factory=FaceSettings)
    people: PeopleSettings = field(default_factory=PeopleSettings)
    tracking: TrackingSettings = field(default_factory=TrackingSettings)
    emotions: EmotionSettings = field(default_factory=EmotionSettings)
    actions: ActionSettings = field(default_factory=ActionSettings)
    embedding: EmbeddingSettings = field(default_factory=EmbeddingSettings)
    bodies: BodySettings = field(default_factory=BodySettings)
    looks: LookSettings = field(default_factory=LookSettings)
    clothing: ClothingSettings = field(default_factory=ClothingSettings)
    identity: IdentitySettings = field(default_factory=IdentitySettings)
    appearance: AppearanceSettings = field(default_factory=AppearanceSettings)
    smoothing: SmoothingSettings = field(default_factory=SmoothingSettings)
    events: EventSettings = field(default_factory=EventSettings)
    report: ReportSettings = field(default_factory=ReportSettings)
    alerts: AlertSettings = field(default_factory=AlertSettings)
    case: CaseSettings = field(default_factory=CaseSettings)
    work: WorkSettings = field(default_factory=WorkSettings)
    limits: LimitSettings = field(default_factory=LimitSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return plain sections of plain values, ready for JSON or TOML."""
        return dataclasses.asdict(self)

    def stored(self) -> dict[str, dict[str, Any]]:
        """Return what a case keeps of them: all but the channels of alerts, which hold secrets."""
        values = self.as_dict()
        values["alerts"]["channels"] = {}
        return values

    def raw_values(self) -> dict[str, dict[str, Any]]:
        """Return the sections that raw rows depend on."""
        others = (*_DERIVED, *_NEITHER)
        return {name: v for name, v in self.as_dict().items() if name not in others}

    def raw_hash(self) -> str:
        """Return 16 hex digits that change whenever raw rows could."""
        return _digest(self.raw_values())

    def derived_hash(self) -> str:
        """Return 16 hex digits that change whenever derived rows could."""
        return _digest({name: v for name, v in self.as_dict().items() if name in _DERIVED})

    def with_values(self, section: str, **values: Any) -> Settings:
        """Return a copy with ``values`` set in ``section``, checked as a file's would be."""
        return with_sections(self, {section: values}, "settings")

    def with_preset(self, name: str, origin: str) -> Settings:
        """Return a copy with the preset ``name`` in place of the one that was there, if any.

        A value that is still that of the preset before goes back to its default; what a person set
        otherwise stays, unless the new preset changes it. Raises ConfigError, naming ``origin``,
        for an unknown preset.
        """
        new = preset_sections(require_preset(name, origin))
        defaults, own, back = Settings().as_dict(), self.as_dict(), dict[str, dict[str, Any]]()
        for section, values in preset_sections(self.preset.name).items():
            unset = {k: defaults[section][k] for k, v in values.items() if own[section][k] == v}
            back[section] = unset
        settings = _merge(_merge(self, back, origin), new, origin)
        return dataclasses.replace(settings, preset=PresetSettings(name))


def switched_off(settings: Settings) -> tuple[str, ...]:
    """Return the stages that ``settings`` leave out, by the names of their switches."""
    stages = {
        "identify": settings.embedding.enabled,
        "emotion": settings.emotions.enabled,
        "action": settings.actions.enabled,
        "looks": settings.looks.enabled,
        "clothing": settings.clothing.enabled,
    }
    return tuple(name for name, on in stages.items() if not on)


def _digest(values: dict[str, Any]) -> str:
    text = json.dumps(values, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def load_settings(path: Path | None) -> Settings:
    """Return the defaults, overlaid by the TOML file at ``path``; see overlay_settings."""
    return overlay_settings(Settings(), path)


def settings_from(values: dict[str, Any], origin: str) -> Settings:
    """Return the settings of plain sections, as ``Settings.as_dict`` makes them.

    Raises ConfigError, naming ``origin``, for unknown or wrong values.
    """
    return _merge(Settings(), values, origin)


def overlay_settings(base: Settings, path: Path | None) -> Settings:
    """Return ``base`` overlaid by the TOML file at ``path`` when given.

    Raises ConfigError for a file that cannot be read, is not TOML, or names an unknown section,
    key or a value of the wrong type or range.
    """
    if path is None:
        return base
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot read settings ({error.strerror}); check --config"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML ({error}); correct the file") from error
    return with_sections(base, values, str(path))


def with_sections(base: Settings, values: dict[str, Any], origin: str) -> Settings:
    """Return ``base`` with what a person sets in sections; a preset named there comes first.

    Raises ConfigError, naming ``origin``, for what is unknown or wrong, shares above 1 among it:
    stored settings of an older run may hold those.
    """
    chosen = values.get("preset")
    if isinstance(chosen, dict) and isinstance(chosen.get("name"), str):
        base = base.with_preset(chosen["name"], origin)
    changed = _merge(base, values, origin)
    require_shares(values, origin)
    return changed


def _merge(base: Settings, values: dict[str, Any], origin: str) -> Settings:
    sections = {f.name for f in dataclasses.fields(Settings)}
    for section, entries in values.items():
        if not isinstance(entries, dict):
            raise ConfigError(
                f"{origin}: {section} = {entries!r} stands outside any section; put it below the "
                f"[section] it belongs to: {', '.join(sorted(sections))}"
            )
        if section not in sections:
            raise ConfigError(
                f"{origin}: unknown section [{section}]{likely(section, sections, '[{}]')}; "
                f"known: {', '.join(sorted(sections))}"
            )
        current = getattr(base, section)
        checked = {
            key: checked_value(current, section, key, value, origin)
            for key, value in entries.items()
        }
        base = dataclasses.replace(base, **{section: dataclasses.replace(current, **checked)})
    if "events" in values:
        base.events.expression_names()
    if "alerts" in values:
        _check_alerts(base.alerts)
    return base


def _check_alerts(alerts: AlertSettings) -> None:
    """Raise ConfigError for words that no rule of alerts knows."""
    from analyzer.types import EVENT_KINDS, LEVELS

    known = {"levels": LEVELS, "kinds": (*EVENT_KINDS, "*"), "still": ("plain", "redacted", "none")}
    for key, values in known.items():
        for word in words(getattr(alerts, key)):
            if word not in values:
                raise ConfigError(
                    f"alerts.{key}: {word!r}{likely(word, values)} is none of {', '.join(values)}"
                )
    parse_schedule(alerts.schedule, "alerts.schedule")
    parse_schedule(alerts.quiet, "alerts.quiet")
