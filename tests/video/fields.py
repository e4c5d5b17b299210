"""Encoder of H.264 in field pictures (PAFF), which no free encoder writes: raw I_PCM fields."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 64, 64
Pair = tuple[bytes, bytes]


class _Bits:
    def __init__(self) -> None:
        self.text = ""

    def u(self, bits: int, value: int) -> _Bits:
        self.text += format(value, f"0{bits}b")
        return self

    def ue(self, *values: int) -> _Bits:
        for value in values:
            code = format(value + 1, "b")
            self.text += "0" * (len(code) - 1) + code
        return self

    def aligned(self, end: str) -> bytes:
        text = self.text + end
        text += "0" * (-len(text) % 8)
        return bytes(int(text[i : i + 8], 2) for i in range(0, len(text), 8))


def _escaped(payload: bytes) -> bytes:
    out, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def _parameters(rate: int) -> bytes:
    """Return sequence and picture parameters: fields allowed, ``rate`` pictures a second."""
    across, down = WIDTH // 16, HEIGHT // 16
    sps = _Bits().u(8, 77).u(8, 0).u(8, 40).ue(0, 0, 2, 2).u(1, 0).ue(across - 1, down // 2 - 1)
    sps.u(5, 0b00101).u(4, 0).u(1, 1).u(32, 1).u(32, 2 * rate).u(1, 1).u(4, 0)
    pps = _Bits().ue(0, 0).u(2, 0).ue(0, 0, 0).u(3, 0).ue(0, 0, 0).u(3, 0b100)
    start = b"\0\0\0\1"
    return start + b"\x67" + _escaped(sps.aligned("1")) + start + b"\x68" + pps.aligned("1")


def _field(lines: NDArray[np.uint8], number: int, key: bool, bottom: int) -> bytes:
    head = _Bits().ue(0, 7, 0).u(4, number & 15).u(2, 2 | bottom)
    if key:
        head.ue(0)
    head.u(1 + key, 0).ue(0, 1, 25)
    blocks = lines.reshape(lines.shape[0] // 16, 16, -1, 16).swapaxes(1, 2).reshape(-1, 256)
    grey = np.full((len(blocks), 128), 128, np.uint8)
    raw = np.concatenate([np.clip(blocks, 4, 255), grey], axis=1)
    prefix = np.tile(np.array([[0x0D, 0]], np.uint8), (len(raw), 1))
    body = np.concatenate([prefix, raw], axis=1).astype(np.uint8).tobytes()[2:]
    return b"\0\0\0\1" + bytes([0x65 if key else 0x21]) + head.aligned("") + body + b"\x80"


def field_pictures(count: int, rate: int = 25, group: int = 25) -> list[Pair]:
    """Return ``count`` pictures of a ramp that moves, each as its two access units."""
    ramp = np.arange(WIDTH) * 2
    pairs = []
    for i in range(count):
        picture = np.tile((ramp + 3 * i) % 200 + 20, (HEIGHT, 1)).astype(np.uint8)
        number, key = i % group, i % group == 0
        first = b"\0\0\0\1\x09\xf0" + (_parameters(rate) if key else b"")
        pairs.append(
            (
                first + _field(picture[0::2], number, key, 0),
                b"\0\0\0\1\x09\xf0" + _field(picture[1::2], number, False, 1),
            )
        )
    return pairs
