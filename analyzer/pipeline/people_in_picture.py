"""Look of the one person in a picture that an examiner gives, by the models of a case."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.bodies.crops import body_crop
from analyzer.config import Settings
from analyzer.errors import UsageError
from analyzer.pipeline.inference import inference_for
from analyzer.types import Box
from analyzer.video.pictures import decode_picture

_SECOND_BODY = 0.6
"""Height of a second person, as a share of the first, from which it is not clear who is meant."""


def look_of_picture(
    path: Path, data: bytes, settings: Settings, model: str
) -> tuple[NDArray[np.float32], bytes]:
    """Return the look, float32 (D,), of the person in the picture ``data``, and its crop as a JPEG.

    A picture in which nobody is found is taken as the crop of one person. Raises UsageError for
    what is no picture, and for several people; ModelError where ``model`` is not installed.
    """
    picture = decode_picture(data)
    if picture is None:
        raise UsageError(f"{path}: not a picture that can be decoded; give a JPEG, PNG or HEIC")
    inference = inference_for(settings.with_values("looks", enabled=True))
    network = inference.looks
    if network is None or network.name != model:
        raise UsageError(f"{path}: the case was analysed with looks by {model}; install that model")
    _, bodies = inference.detect(picture, ())
    bodies = sorted(bodies, key=lambda body: -body.box.h)
    if len(bodies) > 1 and bodies[1].box.h > _SECOND_BODY * bodies[0].box.h:
        raise UsageError(f"{path}: shows {len(bodies)} people; crop it to the person")
    if not bodies:
        crop = body_crop(picture, Box(0.0, 0.0, float(picture.shape[1]), float(picture.shape[0])))
    else:
        crop = body_crop(picture, bodies[0].box)
    return network.embed([crop.body])[0], crop.jpeg()
