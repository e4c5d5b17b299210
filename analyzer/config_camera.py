"""Settings of one camera: which there may be, and how they are laid over those of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analyzer.config import Settings, with_sections
from analyzer.errors import ConfigError

_ALL = frozenset[str]()

_ALLOWED: Mapping[str, frozenset[str]] = {
    "sampling": frozenset({"fps", "triage"}),
    "motion": _ALL,
    "faces": frozenset({"width", "min_px", "min_score", "keep"}),
    "people": frozenset({"width", "min_score"}),
    "tracking": _ALL,
    "embedding": frozenset({"min_eye_px", "max_yaw", "max_pitch", "min_sharpness", "faces"}),
    "bodies": frozenset({"keep"}),
    "identity": frozenset({"false_match_rate", "threshold", "min_margin", "candidates"}),
    "smoothing": frozenset({"emotion_window_s", "stitch_iou"}),
    "events": frozenset(
        {
            "expressions", "expression", "expression_s", "fighting", "falling", "running",
            "running_s", "people", "loitering_s", "join_s",
        }
    ),
}  # fmt: skip
"""Settings that a camera may have, by section; an empty set is the whole section."""

_STAGE = "which stages a run uses is decided for all cameras, so that none is left out unseen"
_MODEL = "all cameras are looked at by the same models, so that their people can be compared"
_KEPT = "which pictures are kept is decided for the whole case"
_CUT = "how a recording is cut into parts changes no result"
_ACROSS = "people are compared across cameras, by one rule"
_WHOLE = "it concerns the whole run"

_REASONS: Mapping[str, str] = {
    "sampling.segment_s": _CUT,
    "sampling.overlap_s": _CUT,
    "faces.crops": _KEPT,
    "bodies.crops": _KEPT,
    "actions.window_s": "the networks of actions learned windows of one length",
    "actions.step_s": "the networks of actions learned windows of one length",
    "smoothing.max_gap_s": "the pages draw all recordings by one",
    "identity.unknown_distance": _ACROSS,
    "appearance": _ACROSS,
    "preset": "write preset = \"NAME\" beside the camera's name",
}  # fmt: skip
_BY_KEY: Mapping[str, str] = {"enabled": _STAGE, "backend": _MODEL, "model": _MODEL}


def camera_sections(sections: Mapping[str, Any], origin: str) -> dict[str, dict[str, Any]]:
    """Return the checked settings of a camera, by section and key, as plain values.

    Raises ConfigError, naming ``origin``, for what is unknown (with the nearest name) or wrong, and
    for what one camera cannot have, with the reason.
    """
    values = with_sections(Settings(), dict(sections), origin).as_dict()
    for section, own in sections.items():
        for key in own:
            if (why := _refusal(section, key)) is not None:
                raise ConfigError(
                    f"{origin}: {section}.{key} cannot be set for one camera, since {why}"
                )
    return {
        section: {key: values[section][key] for key in own} for section, own in sections.items()
    }


def _refusal(section: str, key: str) -> str | None:
    """Return why a camera cannot have a known setting, or None where it can."""
    allowed = _ALLOWED.get(section)
    if allowed is not None and (not allowed or key in allowed):
        return None
    told = _REASONS.get(f"{section}.{key}") or _REASONS.get(section)
    return told or _BY_KEY.get(key, _WHOLE)


def camera_settings(base: Settings, preset: str, own: Mapping[str, Any]) -> Settings:
    """Return the settings of a run with what is said of a camera: its preset, then its ``own``.

    What is said of a camera goes before what is said of the run.
    """
    if preset:
        base = base.with_preset(preset, "camera file")
    return with_sections(base, dict(own), "camera file") if own else base
