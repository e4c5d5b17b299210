"""Encoder of frames at given timestamps, so that variable rates are really variable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.container import OutputContainer
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Codec:
    """An encoder and its options; ``time_base`` is that of every pts given."""

    name: str
    pixel_format: str
    time_base: Fraction
    rate: Fraction
    options: tuple[tuple[str, str], ...]
    container_options: tuple[tuple[str, str], ...] = ()


def write_clip(
    path: Path,
    frames: Iterable[tuple[int, int, NDArray[np.uint8]]],
    codec: Codec,
    created: datetime,
) -> None:
    """Write ``frames`` of (pts, duration, uint8 BGR picture) to ``path``.

    Encoded on one thread and without the encoder's own times and names, so that the same frames and
    the same encoder give the same bytes.
    """
    with av.open(str(path), "w", options=dict(codec.container_options)) as out:
        out.metadata["creation_time"] = created.strftime("%Y-%m-%dT%H:%M:%S.000000Z")
        stream = None
        durations: dict[int | None, int] = {}
        for pts, duration, picture in frames:
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base, frame.duration = pts, codec.time_base, duration
            if stream is None:
                stream = out.add_stream(codec.name, rate=codec.rate, options=dict(codec.options))
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = codec.pixel_format
                stream.codec_context.time_base = codec.time_base
                stream.time_base = codec.time_base
                stream.codec_context.thread_count = 1
            durations[pts] = duration
            _mux(out, stream.encode(frame), durations)
        if stream is not None:
            _mux(out, stream.encode(None), durations)


def _mux(out: OutputContainer, packets: list[av.Packet], durations: dict[int | None, int]) -> None:
    """Write packets, each with its own duration: the encoder's guess is one step of its rate."""
    for packet in packets:
        packet.duration = durations[packet.pts]
        out.mux(packet)
