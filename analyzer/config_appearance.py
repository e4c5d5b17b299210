"""Settings of what people look like: pictures of bodies, looks, clothes, links."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BodySettings:
    """Pictures of whole people: the best ``keep`` of a tracklet, and whether ``crops`` are kept."""

    keep: int = 3
    crops: bool = True


@dataclass(frozen=True, slots=True)
class LookSettings:
    """Whether looks, by what people wear, are made, and by which model under models/look."""

    enabled: bool = True
    model: str = "default"


@dataclass(frozen=True, slots=True)
class ClothingSettings:
    """Whether the colours of clothes are measured."""

    enabled: bool = True


@dataclass(frozen=True, slots=True)
class AppearanceSettings:
    """Links between tracks of similar appearance.

    ``false_match_rate`` is how often two people may pass for one by look, per comparison; at most
    ``links`` a track, not over more than ``within_h`` hours. Clocks of cameras are right within
    ``clock_s`` seconds, and nobody is faster than ``speed_m_s``.
    """

    false_match_rate: float = 0.01
    links: int = 5
    within_h: float = 24.0
    speed_m_s: float = 8.0
    clock_s: float = 5.0
