"""Damage to time stamps, as recorders and copies do it: applied to the bytes of MPEG streams."""

from __future__ import annotations

from collections.abc import Callable, Iterator

PES_OF_VIDEO = b"\x00\x00\x01\xe0"


def _stamped(data: bytearray) -> Iterator[tuple[int, int]]:
    """Yield where each header of a video packet with stamps begins, and how many it has."""
    at = -1
    while (at := data.find(PES_OF_VIDEO, at + 1)) >= 0:
        flags = data[at + 7] >> 6
        if flags & 2:
            yield at, 1 + (flags & 1)


def with_clock(change: Callable[[int], int], stream: bytes) -> bytes:
    """Return a transport or program stream whose time stamps are ``change`` of what they were."""
    data = bytearray(stream)
    for at, count in _stamped(data):
        for place in range(at + 9, at + 9 + 5 * count, 5):
            b = data[place : place + 5]
            value = (b[0] >> 1 & 7) << 30 | b[1] << 22 | b[2] >> 1 << 15 | b[3] << 7 | b[4] >> 1
            value = change(value)
            data[place : place + 5] = bytes(
                [
                    b[0] & 0xF0 | (value >> 30 & 7) << 1 | 1,
                    value >> 22 & 255,
                    (value >> 15 & 127) << 1 | 1,
                    value >> 7 & 255,
                    (value & 127) << 1 | 1,
                ]
            )
    return bytes(data)


def without_stamps(gone: Callable[[int], bool], stream: bytes) -> bytes:
    """Return a transport stream without the stamps of the packets whose number is ``gone``."""
    data = bytearray(stream)
    for number, (at, count) in enumerate(list(_stamped(data))):
        if gone(number):
            data[at + 7] &= 0x3F
            data[at + 9 : at + 9 + 5 * count] = b"\xff" * 5 * count
    return bytes(data)
