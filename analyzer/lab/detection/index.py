"""Index of the training pictures: doubles of judged pictures dropped, places kept whole.

Exported collections leak between their parts under other names. A picture is dropped where its
difference hash is near that of a judged picture, mirrored or not, or where it has the name of one
before the suffix that exporters add. Pictures that resemble each other are one place.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.lab.detection.sources import Picture

JUDGE_BITS: Final = 6
PLACE_BITS: Final = 9
"""Bits of 64 in which the hashes of a picture and of a judged one, or of one place, may differ."""

_WATCHED: Final = {"home": 25, "shop": 4}
"""One place in so many is watched to choose weights, where the source does not say."""


def difference_hash(picture: NDArray[np.uint8]) -> int:
    """Return 64 bits that say where ``picture``, uint8 (H, W[, 3]), gets lighter to the right."""
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA).astype(int)
    return int.from_bytes(np.packbits((small[:, 1:] > small[:, :-1]).ravel()).tobytes(), "big")


def name_before_export(path: Path) -> str:
    """Return the name of a picture's file before what the exporter added."""
    name = path.name.split(".rf.")[0]
    for suffix in ("_jpg", "_png", "_jpeg", "_webp"):
        name = name.removesuffix(suffix)
    return name


def index_of(pictures: Iterable[Picture], judged: Iterable[Picture]) -> list[Picture]:
    """Return those of ``pictures`` that may be learnt from, with hash, place and part."""
    marks, names = [], set()
    for one in judged:
        bgr = one.read()
        if bgr is not None:
            marks += [difference_hash(bgr), difference_hash(np.ascontiguousarray(bgr[:, ::-1]))]
            names.add((one.frame, name_before_export(Path(one.file))))
    against = np.array(marks, np.uint64)
    kept = []
    for one in pictures:
        bgr = one.read()
        if bgr is None or (one.frame, name_before_export(Path(one.file))) in names:
            continue
        mark = difference_hash(bgr)
        if not len(against) or np.bitwise_count(against ^ np.uint64(mark)).min() > JUDGE_BITS:
            kept.append(replace(one, mark=mark))
    return _placed(kept)


def _placed(kept: Sequence[Picture]) -> list[Picture]:
    placed = [one for one in kept if one.place]
    for name in sorted({one.collection for one in kept if not one.place}):
        own = [one for one in kept if one.collection == name and not one.place]
        for one, group in zip(own, _groups([p.mark for p in own]), strict=True):
            place = f"{name} {group}"
            lot = int(hashlib.sha256(place.encode()).hexdigest()[:8], 16)
            watched = name in _WATCHED and lot % _WATCHED[name] == 0
            placed.append(replace(one, place=place, part="watch" if watched else "learn"))
    return placed


def _groups(marks: Sequence[int]) -> list[int]:
    """Return the numbers of connected groups of pictures whose hashes are near."""
    hashes = np.array(marks, np.uint64)
    parent = list(range(len(hashes)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for index in range(len(hashes)):
        near = np.bitwise_count(hashes[index + 1 :] ^ hashes[index]) <= PLACE_BITS
        for other in np.flatnonzero(near) + index + 1:
            parent[root(int(other))] = root(index)
    return [root(index) for index in range(len(hashes))]


def write(pictures: Iterable[Picture], path: Path) -> None:
    """Write an index, one line of JSON a picture."""
    path.write_text("".join(json.dumps(asdict(one)) + "\n" for one in pictures))


def read(path: Path) -> list[Picture]:
    """Return the pictures of an index, in its order."""
    return [Picture(**json.loads(line)) for line in path.read_text().splitlines()]
