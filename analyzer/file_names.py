"""File names: bytes that are not UTF-8, forms of accented letters, and names of system folders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal

Keeper = Literal["copies", "bin"]
"""What a system folder holds: copies and records of a device, or files that somebody deleted or
that a program set aside, which may be evidence."""

_COPIES = frozenset(
    """
    @eadir @tmp @appstore @__thumb .@__thumb .@__qini .@upload_cache .@backup_config __macosx
    .appledouble .appledb .appledesktop .temporaryitems .spotlight-v100 .fseventsd
    .documentrevisions-v100 .mediaarea .thumbnails .thumb .thumbs .dthumb .picasaoriginals .cache
    .synology .syncthing .stfolder
    """.split()  # noqa: SIM905
) | {"temporary items", "network trash folder", "system volume information"}
_BINS = frozenset(
    """
    #recycle @recycle @recently-snapshot $recycle.bin recycler recycled .recycle .recycler .trash
    .trashes .trashcan .wastebasket lost+found #snapshot #snapshots .snapshot .snapshots ~snapshot
    .zfs .stversions .deleted
    """.split()  # noqa: SIM905
) | {"network recycle bin"}
_NUMBERED_BIN = re.compile(r"\.trash-\d+|found\.\d{3}")
_FILES = frozenset({"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", ".ds_store"})

_RESERVED = re.compile(r"(?i)unknown([-_ ]?\d+)?|not[-_ ]assessed|nobody")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")
_LIKE_AN_ESCAPE = re.compile(r"\\(?=x[0-9a-f]{2})")


def system_folder(name: str) -> Keeper | None:
    """Return what a folder called ``name`` holds where a NAS or a system made it, else None."""
    name = name.lower()
    if name in _BINS or _NUMBERED_BIN.fullmatch(name):
        return "bin"
    return "copies" if name in _COPIES else None


def is_system_file(name: str) -> bool:
    """Whether a system made a file called ``name`` for itself, such as ``._a.mp4`` of a Mac."""
    return name.startswith("._") or name.lower() in _FILES


def escaped(name: str) -> str:
    r"""Return a name as every text can keep it; ``unescaped`` gives the name back.

    A byte that is not UTF-8 becomes ``\xNN``, two hex digits. A backslash of the name itself that
    looks like such an escape becomes ``\x5c``. All other names stay as they are.
    """
    name = _LIKE_AN_ESCAPE.sub(r"\\x5c", name)
    return storable(name)


def storable(text: str) -> str:
    """Return free text that may hold names, such as a reason, as every text can keep it."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def unescaped(text: str) -> str:
    """Return the name that ``escaped`` made ``text`` of, as the file system takes it."""
    data = bytearray()
    at = 0
    for found in _ESCAPE.finditer(text):
        data += text[at : found.start()].encode() + bytes([int(found[1], 16)])
        at = found.end()
    data += text[at:].encode()
    return data.decode("utf-8", "surrogateescape")


def as_filed(typed: str, names: Iterable[str]) -> str:
    """Return the one of ``names`` that ``typed`` means, in the form it is filed in; else itself."""
    wanted = composed(typed)
    return next((name for name in names if composed(name) == wanted), storable(typed))


def reserved(name: str) -> bool:
    """Whether a case calls somebody ``name`` who is not known, so that nobody else may be."""
    return _RESERVED.fullmatch(name.strip()) is not None


def composed(name: str) -> str:
    """Return ``name`` in the form that names are compared in: storable, letters composed (NFC).

    A Mac stores an accented letter as two characters, a keyboard types it as one.
    """
    return unicodedata.normalize("NFC", storable(name))
