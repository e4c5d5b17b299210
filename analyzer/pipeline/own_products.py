"""Products of this program among the files that were given, told by their content.

A case, a report or a clip is made of evidence and is none: what was found in it would be found
twice, and its times are not those of a recording.
"""

from __future__ import annotations

import hashlib
import re
import struct
from pathlib import Path

from analyzer.store.connect import is_case
from analyzer.video.clip import DERIVED

_GENERATOR = re.compile(rb'<meta name="generator" content="analyzer ')
_PICTURE_NAME = re.compile(r"[0-9a-f]{64}")
_MOST_INDEX = 64 << 20
"""Bytes of the index of an MP4 that are searched for our mark; it lies near its end."""

_START = 4096


def own_folder(folder: Path) -> str | None:
    """Return in words which product of ours the folder is, or None."""
    if is_case(folder):
        return "a case of analyzer"
    if _is_report(folder / "index.html"):
        return "a report of analyzer"
    return None


def own_file(path: Path, head: bytes) -> str | None:
    """Return in words which product of ours the file with these first bytes is, or None.

    A clip carries a mark; a picture of a face or body is named by the SHA-256 of its content.
    Raises OSError when the file cannot be read.
    """
    if head[4:8] == b"ftyp" and _is_marked_mp4(path):
        return "a clip or copy that analyzer made"
    if head.startswith(b"\x89PNG") and DERIVED.encode() in head:
        return "a still that analyzer made"
    if head.startswith(b"\xff\xd8") and _PICTURE_NAME.fullmatch(path.stem):
        with path.open("rb") as file:
            named = hashlib.file_digest(file, "sha256").hexdigest() == path.stem
        return "a picture of somebody in a case" if named else None
    return "a page of a report" if _GENERATOR.search(head) else None


def _is_report(page: Path) -> bool:
    try:
        with page.open("rb") as file:
            return bool(_GENERATOR.search(file.read(_START)))
    except OSError:
        return False


def _is_marked_mp4(path: Path) -> bool:
    """Whether the index of the MP4, which ours have in front, carries our mark."""
    with path.open("rb") as file:
        while len(header := file.read(8)) == 8:
            size, kind = struct.unpack(">I4s", header)
            if kind == b"moov":
                file.seek(max(size - 8 - _START, 0), 1)
                return size < _MOST_INDEX and DERIVED.encode() in file.read(_START)
            if size < 8 or kind == b"mdat":
                return False
            file.seek(size - 8, 1)
    return False
