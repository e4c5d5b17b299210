"""Cache of labelled clips as small whole frames with their times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.action.labels import Clip
from analyzer.lab.action.samples import whole
from analyzer.lab.checkpoint import load_fields, save_fields
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe

SIDE = 64
"""Both sides of a picture in px: the whole frame, resized to a square."""


@dataclass(frozen=True, eq=False)
class ClipFrames:
    """Pictures of C clips, concatenated.

    ``names`` text (C,), ``durations`` float64 (C,) in seconds, ``counts`` int64 (C,) pictures of
    each clip; ``pictures`` uint8 BGR (F, SIDE, SIDE, 3), ``times`` float64 (F,) in seconds since
    the first frame of the clip, from its pts; ``fps`` float64 () pictures per second.
    """

    names: NDArray[np.str_]
    durations: NDArray[np.float64]
    counts: NDArray[np.int64]
    pictures: NDArray[np.uint8]
    times: NDArray[np.float64]
    fps: NDArray[np.float64]

    def save(self, path: Path) -> None:
        """Write a plain .npz atomically."""
        save_fields(path, self)

    @classmethod
    def load(cls, path: Path, clips: Sequence[Clip], fps: float) -> ClipFrames:
        """Read what ``save`` wrote.

        Raises AnalyzerError if it cannot be read, or holds other clips or another rate.
        """
        frames = load_fields(path, cls, "frames")
        if frames.names.tolist() != [clip.name for clip in clips] or float(frames.fps) != fps:
            raise AnalyzerError(f"{path}: frames of other clips or of another rate; delete it")
        return frames

    def window(self, clip: int, times: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the rows (T,) of the pictures of clip ``clip`` nearest to ``times`` (T,)."""
        first = int(self.counts[:clip].sum())
        known = self.times[first : first + int(self.counts[clip])]
        return first + np.abs(known[None, :] - times[:, None]).argmin(1)


def decode(clips: Sequence[Clip], fps: float, tell: Callable[[str], None]) -> ClipFrames:
    """Decode ``fps`` pictures per second of every clip; raises AnalyzerError if that fails."""
    durations, counts = [], []
    pictures: list[NDArray[np.uint8]] = []
    times: list[float] = []
    for clip in clips:
        tell(clip.name)
        info = probe(clip.path)
        before = len(times)
        for frame in Decoder(info, whole(info), fps):
            small = cv2.resize(frame.bgr, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            pictures.append(small.astype(np.uint8))
            times.append(frame.moment.t)
        durations.append(info.duration_s)
        counts.append(len(times) - before)
    return ClipFrames(
        np.array([clip.name for clip in clips]),
        np.array(durations),
        np.array(counts),
        np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE, 3),
        np.array(times),
        np.array(fps),
    )
