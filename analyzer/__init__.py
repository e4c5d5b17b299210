"""Batch analyzer for recorded CCTV: people, candidates, expressions and actions over time.

The public Python API: ``import analyzer`` loads nothing heavy; a name is imported from its module
when it is first used. docs/python.md shows how to use it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.api import BodyPicture, Case, FacePicture, open_case, run
    from analyzer.config import Settings, load_settings
    from analyzer.errors import (
        AnalyzerError,
        CaseError,
        ConfigError,
        GalleryError,
        ModelError,
        UsageError,
        VideoError,
    )
    from analyzer.types import ACTIONS, EMOTIONS, Box, Detection, Frame, Moment

__version__ = "1.0.0.dev0"

__all__ = [
    "ACTIONS",
    "EMOTIONS",
    "AnalyzerError",
    "BodyPicture",
    "Box",
    "Case",
    "CaseError",
    "ConfigError",
    "Detection",
    "FacePicture",
    "Frame",
    "GalleryError",
    "ModelError",
    "Moment",
    "Settings",
    "UsageError",
    "VideoError",
    "load_settings",
    "open_case",
    "run",
]

_MODULES = ("errors", "config", "types", "api")
"""Where these names are, light modules first."""


def __getattr__(name: str) -> Any:
    for module in _MODULES if name in __all__ else ():
        found = import_module(f"analyzer.{module}")
        if hasattr(found, name):
            return getattr(found, name)
    raise AttributeError(f"module 'analyzer' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
