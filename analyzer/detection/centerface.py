"""CenterFace face detector (Xu et al. 2019, arXiv:1911.03599), run by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer.boxes import nms
from analyzer.imaging import pad_to_multiple
from analyzer.models.onnx import OnnxNetwork, with_free_size
from analyzer.types import Box, Detection

_INPUT: Final = "input.1"
_OUTPUTS: Final = ("537", "538", "539", "540")
"""Heat (1, h, w), log size (2, h, w), offset (2, h, w), five points (10, h, w); y before x."""

_STRIDE: Final = 4
_COARSEST: Final = 32
_NMS_IOU: Final = 0.3
"""Of its authors: a face shows as a few neighbouring cells, and faces hardly overlap."""

_OPERATING: Final = 0.4
"""The network's own score from which on its answers are told: there it reads 0.7, the default floor
of all detectors of faces."""

_FLOOR: Final = 0.7


class CenterFace:
    """A heat map of the middles of faces; size and five points are read where it is hot."""

    def __init__(self, model: Path, min_score: float) -> None:
        """Load the ONNX file ``model``; raises ModelError when it cannot run."""
        content = model.read_bytes()
        self._network = OnnxNetwork(with_free_size(content, _INPUT), str(model))
        self._least = _shifted(min_score, _FLOOR, _OPERATING)

    def detect(self, bgr: NDArray[np.uint8], regions: Sequence[Box]) -> list[Detection]:
        """Return the faces in ``bgr``, uint8 (H, W, 3), with landmarks; ``regions`` are ignored.

        The network is fully convolutional: it sees RGB in 0..255, padded to multiples of 32 px.
        """
        rgb = pad_to_multiple(bgr, _COARSEST)[..., ::-1]
        batch = np.ascontiguousarray(rgb.transpose(2, 0, 1)[None], np.float32)
        heat, size, offset, points = (out[0] for out in self._network.run(batch, _OUTPUTS))
        rows, columns = np.nonzero(heat[0] >= self._least)
        scores = heat[0, rows, columns]
        cells = np.stack((rows, columns))
        extent = np.exp(size[:, rows, columns]) * _STRIDE
        corner = (cells + offset[:, rows, columns] + 0.5) * _STRIDE - extent / 2
        boxes = np.concatenate((corner[::-1], extent[::-1])).T
        shares = points[:, rows, columns].reshape(5, 2, -1)
        landmarks = (shares * extent + corner)[:, ::-1].transpose(2, 0, 1).astype(np.float32)
        return [
            Detection(
                Box(*(float(value) for value in boxes[i])),
                _shifted(float(scores[i]), _OPERATING, _FLOOR),
                "face",
                landmarks[i],
            )
            for i in nms(boxes, scores, _NMS_IOU).tolist()
        ]


def _shifted(score: float, before: float, after: float) -> float:
    """Return ``score``, in [0, 1], moved by as many log odds as lead from ``before`` to ``after``.

    The order of scores is kept.
    """
    odds = after * (1 - before) / ((1 - after) * before)
    return odds * score / (1 - score + odds * score)
