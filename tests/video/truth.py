"""Times of the frames of a file, by a decoder that is not the one under test."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import av


@cache
def decoded_pts(path: Path) -> list[int]:
    """Return the pts of every frame that libav decodes inside this process."""
    with av.open(str(path)) as container:
        return [frame.pts for frame in container.decode(video=0)]
