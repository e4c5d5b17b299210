"""The protocol of detectors, and what is declared of a backend."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analyzer.models.backend import Backend
from analyzer.types import Box, Detection, Kind


class Detector(Protocol):
    """Finds faces, people, or both, in a picture."""

    @property
    def name(self) -> str:
        """The backend's name, as in settings and in the record of a run."""
        ...

    @property
    def kinds(self) -> frozenset[Kind]:
        """What it was asked to find; a joint detector answers for both kinds at once."""
        ...

    @property
    def landmarks(self) -> bool:
        """Whether its faces have landmarks."""
        ...

    @property
    def sure_score(self) -> Mapping[Kind, float]:
        """By kind, the score from which on a detection is surely right; see DetectorBackend."""
        ...

    @property
    def second_look(self) -> bool:
        """Whether it tells people from things on enlarged parts of a picture."""
        ...

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box] = ()) -> list[Detection]:
        """Return what is in ``bgr``, uint8 (H, W, 3), boxes in its pixels, best score first.

        ``regions``, in pixels of ``bgr``, are where something moved; a detector of faces alone is
        told wherever somebody may be. One that looks at the whole picture ignores them. Raises
        ValueError for anything but a colour picture.
        """
        ...


class RawDetector(Protocol):
    """What a backend makes: a detector of pictures in the size in which they are shown to it."""

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return what is in ``bgr``, uint8 (H, W, 3), H and W at least 1; see Detector."""
        ...


@dataclass(frozen=True, slots=True)
class DetectorOptions:
    """What a detector is made with.

    ``min_score`` has the least score of each kind that is asked for; ``min_px`` is the smallest
    face wanted, in pixels of the picture shown; ``model`` the file of the backend's model.
    """

    min_score: Mapping[Kind, float]
    min_px: int
    model: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DetectorBackend(Backend):
    """What is declared of a detector: what it finds, and how far it can be trusted.

    ``landmarks`` says whether its faces have five points; dlib finds them inside the boxes of the
    others. ``sure_score`` is the measured score that the best face of a real person reaches and a
    thing that is taken for one does not; 0 where nothing is known. ``clipped`` says that its boxes
    end where the picture shown does; those of others are cut there. ``one_scale`` enlarges boxes in
    both directions by the ratio of the widths, so that rows stay as earlier versions wrote them.
    Where heights do not divide evenly, boxes are off by up to half a pixel of the picture shown.
    ``local`` says that it is shown the part of the picture that holds all regions, the whole where
    there are none: worth it where the time it takes grows with the picture. ``second_look`` says
    that its scores on enlarged parts of a picture were measured to tell people from things.
    """

    make: Callable[[DetectorOptions], RawDetector]
    kinds: frozenset[Kind]
    landmarks: bool = False
    sure_score: Mapping[Kind, float] = field(default_factory=dict)
    clipped: bool = False
    one_scale: bool = False
    local: bool = False
    second_look: bool = False
