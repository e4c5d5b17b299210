"""Look of the one person in a picture that an examiner gives, by the models of a case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.bodies.crops import body_crop
from analyzer.config import Settings
from analyzer.detection.registry import make_person_detector
from analyzer.errors import UsageError
from analyzer.looks.network import LookNetwork, folder_of
from analyzer.models import registry
from analyzer.types import Box

_SECOND_BODY = 0.6
"""Height of a second person, as a share of the first, from which it is not clear who is meant."""


def look_of_picture(
    path: Path, picture: NDArray[np.uint8], settings: Settings, model: str
) -> tuple[NDArray[np.float32], bytes]:
    """Return the look, float32 (D,), of the person in ``picture``, and its crop as a JPEG.

    A picture, uint8 (H, W, 3), in which nobody is found is taken as the crop of one person.
    ``path`` names it in errors: UsageError for several people, and where ``model`` is not
    installed.
    """
    folder = folder_of(settings.looks.model)
    network = None if folder is None else LookNetwork.load(folder)
    if network is None or network.name != model:
        raise UsageError(f"{path}: the case was analysed with looks by {model}; install that model")
    found = make_person_detector(settings.people, registry.installed).detect(picture)
    bodies = sorted((d for d in found if d.kind == "person"), key=lambda body: -body.box.h)
    if len(bodies) > 1 and bodies[1].box.h > _SECOND_BODY * bodies[0].box.h:
        raise UsageError(f"{path}: shows {len(bodies)} people; crop it to the person")
    whole = Box(0.0, 0.0, float(picture.shape[1]), float(picture.shape[0]))
    crop = body_crop(picture, bodies[0].box if bodies else whole)
    return network.embed([crop.body])[0], crop.jpeg()
