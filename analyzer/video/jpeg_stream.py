"""Motion JPEG without a container: JPEG pictures one behind another, or a saved multipart."""

from __future__ import annotations

import re
from pathlib import Path
from typing import BinaryIO

_START, _END = b"\xff\xd8", b"\xff\xd9"
_MOST_BETWEEN = 4096
"""Bytes in which the next picture must begin: the header of a part, or padding."""

_MOST_BEFORE = 2048
_MOST_PICTURE = 32 << 20
_PART = re.compile(rb"(?i)content-type:\s*image/jpe?g")
_SEVERAL = b"MPF\0"
"""Mark of a file of several pictures that belong to one shot (MPO): a depth map, the other eye."""

_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


def is_motion_jpeg(path: Path) -> bool:
    """Whether the file holds two or more JPEG pictures that are a recording.

    Raises OSError when it cannot be read.
    """
    with path.open("rb") as file:
        begins = file.read(_MOST_BEFORE)
        first = begins.find(_START + b"\xff")
        if first < 0 or (first > 0 and not _PART.search(begins[:first])):
            return False
        file.seek(first + 2)
        if not _skip_picture(file):
            return False
        return _START + b"\xff" in file.read(_MOST_BETWEEN)


def _skip_picture(file: BinaryIO) -> bool:
    """Move behind the picture whose start was read; False where it is cut off or one of several."""
    while True:
        marker = file.read(2)
        if len(marker) < 2 or marker[0] != 0xFF:
            return False
        if marker == _END:
            return True
        if marker[1] in _NO_LENGTH or marker[1] == 0xFF:
            file.seek(-1 if marker[1] == 0xFF else 0, 1)
            continue
        length = int.from_bytes(file.read(2), "big")
        if marker[1] == 0xE2 and file.read(4) == _SEVERAL:
            return False
        file.seek(length - 2 - (4 if marker[1] == 0xE2 else 0), 1)
        if marker[1] == 0xDA and not _skip_scan(file):
            return False


def _skip_scan(file: BinaryIO) -> bool:
    """Move to the marker that ends the compressed data; False where there is none."""
    begun = file.tell()
    tail = b""
    while file.tell() - begun < _MOST_PICTURE:
        data = file.read(1 << 16)
        if not data:
            return False
        block = tail + data
        found = re.search(rb"\xff[^\x00\xd0-\xd7\xff]", block)
        if found is not None:
            file.seek(found.start() - len(block), 1)
            return True
        tail = block[-1:]
    return False
