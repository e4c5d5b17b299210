"""Measuring of labelled body crops as a run sees them, whole and as far people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.pictures import read_picture
from analyzer.looks.network import LookNetwork

HEIGHTS: Final = (128, 96, 64, 48, 32)
"""Heights in px to which crops are shrunk; a lower one stays as it is."""

_SUFFIXES: Final = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Body crops with people and cameras as numbers, (N,)."""

    paths: tuple[Path, ...]
    people: NDArray[np.int64]
    cameras: NDArray[np.int64]


def read_folder(folder: Path) -> Labelled:
    """Return the crops DIR/ID/CAMERA_*.jpg, in order.

    Raises AnalyzerError where there are none, or nobody is seen by two cameras.
    """
    paths = sorted(path for path in folder.glob("*/*_*") if path.suffix.lower() in _SUFFIXES)
    if not paths:
        raise AnalyzerError(f"{folder}: no pictures ID/CAMERA_*.jpg")
    people = np.unique([path.parent.name for path in paths], return_inverse=True)[1]
    cameras = np.unique([path.name.split("_")[0] for path in paths], return_inverse=True)[1]
    if len({(int(who), int(camera)) for who, camera in zip(people, cameras, strict=True)}) == len(
        set(people.tolist())
    ):
        raise AnalyzerError(f"{folder}: nobody is seen by two cameras")
    return Labelled(tuple(paths), people.astype(np.int64), cameras.astype(np.int64))


def shrunk(bgr: NDArray[np.uint8], height_px: int) -> NDArray[np.uint8]:
    """Return a crop reduced by area to ``height_px``, as of somebody farther away."""
    height, width = bgr.shape[:2]
    if height <= height_px:
        return bgr
    size = (max(round(width * height_px / height), 1), height_px)
    return np.asarray(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA), np.uint8)


def looks_of(
    network: LookNetwork,
    paths: Sequence[Path],
    heights: Sequence[int] = HEIGHTS,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[int, NDArray[np.float32]]:
    """Return the looks (N, D) of crops as they are (key 0) and at every one of ``heights``."""
    found: dict[int, list[NDArray[np.float32]]] = {height: [] for height in (0, *heights)}
    for done, path in enumerate(paths):
        bgr = read_picture(path)
        crops = [bgr, *(shrunk(bgr, height) for height in heights)]
        for height, look in zip(found, network.embed(crops), strict=True):
            found[height].append(look)
        progress(done + 1)
    return {height: np.stack(looks) for height, looks in found.items()}
