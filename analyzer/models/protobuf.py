"""Wire format of protocol buffers: fields written and read by number, without a schema.

Caffe and ONNX files are such messages. What is needed of them here is little enough that no schema
has to be compiled or imported. See https://protobuf.dev/programming-guides/encoding/.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

VARINT: Final = 0
DELIMITED: Final = 2
"""Wire types: an integer; bytes that begin with their length, which messages and strings are."""

_FIXED: Final = {1: 8, 5: 4}
"""Bytes of the wire types of a fixed length."""


def varint(value: int) -> bytes:
    """Return ``value``, at least 0, in groups of seven bits, the lowest first."""
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)


def field(number: int, content: bytes) -> bytes:
    """Return a length-delimited field."""
    return varint(number << 3 | DELIMITED) + varint(len(content)) + content


def integer(number: int, value: int) -> bytes:
    """Return an integer field; ``value`` is at least 0."""
    return varint(number << 3 | VARINT) + varint(value)


def fields(message: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield number, whole bytes and content of each field of ``message``, in its order.

    The content of an integer is its digits. Raises ValueError where ``message`` is none.
    """
    start = 0
    while start < len(message):
        key, at = _read(message, start)
        kind = key & 7
        if kind == VARINT:
            end = _read(message, at)[1]
        elif kind == DELIMITED:
            length, at = _read(message, at)
            end = at + length
        elif kind in _FIXED:
            end = at + _FIXED[kind]
        else:
            raise ValueError(f"wire type {kind} at byte {start}")
        if end > len(message):
            raise ValueError(f"a field at byte {start} ends at {end} of {len(message)}")
        yield key >> 3, message[start:end], message[at:end]
        start = end


def _read(message: bytes, at: int) -> tuple[int, int]:
    """Return the integer at ``at`` and where it ends."""
    value = shift = 0
    while at < len(message) and shift < 64:
        digit = message[at]
        value |= (digit & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if digit < 0x80:
            return value, at
    raise ValueError(f"no integer ends at byte {at}")
