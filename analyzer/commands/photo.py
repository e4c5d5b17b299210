"""Picture that an examiner searches with."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import UsageError
from analyzer.video.pictures import decode_picture


def read_photo(path: Path) -> tuple[NDArray[np.uint8], str]:
    """Return the picture at ``path``, uint8 (H, W, 3) BGR, and the SHA-256 of its file.

    Raises UsageError where it cannot be read or is no picture.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check the path") from error
    picture = decode_picture(data)
    if picture is None:
        raise UsageError(f"{path}: not a picture that can be decoded; give a JPEG, PNG or HEIC")
    return picture, hashlib.sha256(data).hexdigest()
