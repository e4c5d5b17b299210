"""Person detectors behind one interface."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.config import PeopleSettings
from analyzer.detection.joint_network import shipped_network
from analyzer.detection.joint_people import JointPeople
from analyzer.detection.motion_hog import MotionHogDetector
from analyzer.detection.yolox import YoloxDetector
from analyzer.errors import ConfigError, ModelError
from analyzer.types import Box, Detection

BACKENDS = ("auto", "yolox", "onepass", "motion")
YOLOX_MODEL = "yolox-nano"
"""Name in the model registry."""


class PersonDetector(Protocol):
    """Finds people on one picture."""

    @property
    def name(self) -> str:
        """The backend's name, as in settings and in the record of a run."""

    def detect(self, bgr: NDArray[np.uint8], regions: tuple[Box, ...]) -> list[Detection]:
        """Return detections of kind ``person`` in pixels of ``bgr``, uint8 (H, W, 3).

        ``regions`` are where something moved, in pixels of ``bgr``; a detector that looks at the
        whole picture ignores them.
        """


class ResizedDetector:
    """Shows another detector a picture of a given width and gives the boxes back in full size."""

    def __init__(self, inner: PersonDetector, width: int) -> None:
        """Wrap ``inner``; pictures wider than ``width`` px are shrunk, none is enlarged."""
        self._inner = inner
        self._width = width

    @property
    def name(self) -> str:
        """The wrapped backend's name."""
        return self._inner.name

    def detect(self, bgr: NDArray[np.uint8], regions: tuple[Box, ...]) -> list[Detection]:
        """See PersonDetector; raises ValueError for a picture of another shape or type."""
        if bgr.dtype != np.uint8 or bgr.ndim != 3 or bgr.shape[2] != 3:
            raise ValueError(f"expected uint8 (H, W, 3), got {bgr.dtype} {bgr.shape}")
        height, width = bgr.shape[:2]
        if width <= self._width:
            return self._inner.detect(bgr, regions)
        factor = self._width / width
        size = (self._width, max(round(height * factor), 1))
        small = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        found = self._inner.detect(small, tuple(region.scaled(factor) for region in regions))
        return [replace(d, box=d.box.scaled(1 / factor).clipped(width, height)) for d in found]


def person_backend(settings: PeopleSettings, installed: Callable[[str], Path | None]) -> str:
    """Return the name of the backend that ``settings`` come down to: yolox, onepass or motion.

    ``auto`` is yolox where that is installed, else our own network.

    ``installed`` gives the path of a model of the registry, or None. Raises ConfigError for an
    unknown backend and ModelError where the model it needs is missing.
    """
    if settings.backend not in BACKENDS:
        raise ConfigError(
            f"people.backend = {settings.backend!r} is unknown; use one of {', '.join(BACKENDS)}"
        )
    if settings.backend in ("motion", "onepass"):
        return settings.backend
    if installed(YOLOX_MODEL) is not None:
        return "yolox"
    if settings.backend == "yolox":
        raise ModelError(
            f"model {YOLOX_MODEL} is not installed; run: analyzer models pull {YOLOX_MODEL}"
        )
    return "onepass"


def make_person_detector(
    settings: PeopleSettings, installed: Callable[[str], Path | None]
) -> PersonDetector:
    """Return the detector that ``settings`` ask for.

    See ``person_backend``; raises ModelError also where the model's file is unreadable.
    """
    backend = person_backend(settings, installed)
    if backend == "onepass":
        return JointPeople(shipped_network(), settings.width, settings.min_score)
    model = None if backend == "motion" else installed(YOLOX_MODEL)
    if model is None:
        return ResizedDetector(MotionHogDetector(settings.min_score), settings.width)
    return ResizedDetector(YoloxDetector(model, settings.min_score), settings.width)
