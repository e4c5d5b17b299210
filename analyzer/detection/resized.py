"""Wrapper of detectors: smaller or cut pictures for the backend, boxes in those of the original."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from analyzer.detection.protocol import DetectorBackend, DetectorOptions, RawDetector
from analyzer.detection.window import moved, window_of
from analyzer.imaging import fit_width, require_bgr
from analyzer.types import Box, Detection, Kind

SMALLEST_KEPT = 0.75
"""A detector looks for faces of some size and then refines its box, which may come out smaller:
MTCNN at 20 px gives boxes of 15 px. Boxes under this share of the smallest size are dropped."""


class ResizedDetector:
    """See Detector; equal scores are ordered by place, so that the backend's order never counts."""

    def __init__(
        self, backend: DetectorBackend, raw: RawDetector, options: DetectorOptions, width: int
    ) -> None:
        """Show ``raw``, made by ``backend``, pictures of at most ``width`` px; none is enlarged."""
        self._backend = backend
        self._raw = raw
        self._width = width
        self._least_px = SMALLEST_KEPT * options.min_px
        self.kinds: frozenset[Kind] = backend.kinds.intersection(options.min_score)

    @property
    def name(self) -> str:
        """See Detector."""
        return self._backend.name

    @property
    def landmarks(self) -> bool:
        """See Detector."""
        return self._backend.landmarks

    @property
    def sure_score(self) -> Mapping[Kind, float]:
        """See Detector."""
        return self._backend.sure_score

    @property
    def second_look(self) -> bool:
        """See Detector."""
        return self._backend.second_look

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box] = ()) -> list[Detection]:
        """See Detector."""
        require_bgr(bgr)
        if not bgr.size:
            return []
        seen = fit_width(bgr, self._width)
        factor = seen.shape[1] / bgr.shape[1]
        where = regions if factor == 1 else [region.scaled(factor) for region in regions]
        kept = [d for d in self._shown(seen, where) if self._wanted(d)]
        full = [d for d in self._enlarged(kept, seen, bgr) if d.box.area > 0]
        return sorted(full, key=lambda d: (-d.score, d.box.x, d.box.y, d.box.w, d.box.h))

    def _shown(self, seen: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return what the backend finds in ``seen``, or in the window that holds ``regions``."""
        if not self._backend.local or not regions:
            return self._raw.detect(seen, regions)
        left, top, right, bottom = window_of(regions, seen.shape[1], seen.shape[0])
        found = self._raw.detect(seen[top:bottom, left:right], ())
        inside = [d for d in found if d.box.x2 > 0 and d.box.y2 > 0]
        return [moved(d, left, top) for d in inside]

    def _wanted(self, found: Detection) -> bool:
        large = found.kind != "face" or max(found.box.w, found.box.h) >= self._least_px
        return large and found.kind in self.kinds

    def _enlarged(
        self, found: Sequence[Detection], seen: NDArray[np.uint8], bgr: NDArray[np.uint8]
    ) -> list[Detection]:
        """Return what was ``found`` in ``seen`` in pixels of ``bgr``."""
        height, width = bgr.shape[:2]
        across, one_scale = width / seen.shape[1], self._backend.one_scale
        down = across if one_scale else height / seen.shape[0]
        cut = not self._backend.clipped or (one_scale and across > 1)
        enlarged = []
        for one in found:
            box, points = one.box, one.landmarks
            box = Box(box.x * across, box.y * down, box.w * across, box.h * down)
            if cut:
                box = box.clipped(width, height)
            if points is not None:
                points = (points * np.array([across, down], np.float32)).astype(np.float32)
            enlarged.append(Detection(box, one.score, one.kind, points))
        return enlarged
