"""Kinds of files by their first bytes: what surely is no recording, and what looks like one."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

HEAD = 4096
"""Bytes of a file that are looked at."""

_OTHER = (
    (0, b"%PDF", "a document (PDF)"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document or a system's file (OLE)"),
    (0, b"SQLite format 3\0", "a database"),
    (0, b"PK\3\4", "an archive (ZIP); unpack it"),
    (0, b"Rar!\x1a\7", "an archive (RAR); unpack it"),
    (0, b"7z\xbc\xaf\x27\x1c", "an archive (7z); unpack it"),
    (0, b"\x1f\x8b", "an archive (gzip); unpack it"),
    (0, b"BZh", "an archive (bzip2); unpack it"),
    (0, b"\xfd7zXZ\0", "an archive (xz); unpack it"),
    (257, b"ustar", "an archive (tar); unpack it"),
    (0, b"ID3", "sound (MP3)"),
    (0, b"fLaC", "sound (FLAC)"),
    (8, b"WAVE", "sound (WAV)"),
    (0, b"MZ", "a program"),
    (0, b"\x7fELF", "a program"),
)
_OFFICE = (b"[Content_Types].xml", b"mimetypeapplication")
"""Names that begin the ZIP of an office document; nothing is filmed in there."""

_MEDIA = (
    (4, b"ftyp"),
    (4, b"moov"),
    (4, b"mdat"),
    (8, b"AVI "),
    (8, b"WEBP"),
    (0, b"\x1aE\xdf\xa3"),  # Matroska
    (0, b"0&\xb2u\x8ef\xcf\x11"),  # ASF
    (0, b"FLV\1"),
    (0, b"\0\0\1\xba"),
    (0, b"\0\0\1\xb3"),
    (0, b"\0\0\0\1"),
    (0, b"DHAV"),
    (0, b"IMKH"),
    (0, b"\x06\x0e\x2b\x34"),  # MXF
    (0, b"OggS"),
    (0, b"\xff\xd8\xff"),
    (0, b"\x89PNG"),
    (0, b"GIF8"),
    (0, b"II*\0"),
    (0, b"MM\0*"),
)
_PACKET, _SYNC = 188, 0x47
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


def head_of(path: Path) -> bytes:
    """Return the first bytes of the file at ``path``; raises OSError when it cannot be read."""
    with path.open("rb") as file:
        return file.read(HEAD)


def other_kind(head: bytes) -> str | None:
    """Return in words what a file with these first bytes surely is, if it is no recording."""
    for at, magic, words in _OTHER:
        if head.startswith(magic, at):
            office = magic == b"PK\3\4" and any(name in head[:200] for name in _OFFICE)
            return "a document" if office else words
    return "text" if not looks_recorded(head) and is_text(head) else None


def is_archive(words: str) -> bool:
    """Whether what ``other_kind`` said is something that may hold recordings."""
    return "an archive" in words


def looks_recorded(head: bytes) -> bool:
    """Whether these first bytes are those of a video or a picture."""
    if any(head.startswith(magic, at) for at, magic in _MEDIA):
        return True
    if head.startswith(b"BM") and head[6:10] == bytes(4):  # Windows bitmap: reserved fields
        return True
    return len(head) > 2 * _PACKET and all(head[at] == _SYNC for at in (0, _PACKET, 2 * _PACKET))


def is_text(head: bytes) -> bool:
    """Whether these first bytes are text in UTF-8, UTF-16 or one byte a letter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if not head or _CONTROLS.search(head):
        return False
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        # One byte a letter: mostly plain letters, and no control characters (above).
        return sum(byte < 0x80 for byte in head) > 0.7 * len(head)
    return True
