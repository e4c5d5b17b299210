"""Writer of Caffe models: a network for cv2.dnn from arrays.

OpenCV 4 takes a network from memory as Caffe text plus a protobuf of weights. Both are simple
enough to write here, which spares a worker the import of tensorflow (3 s, 400 MB) for three
networks of 0.5 M weights in all, and lets OpenCV run the network that dlib brings. Only the fields
below are written: NetParameter.layer = 100; LayerParameter.name = 1, .type = 2, .blobs = 7;
BlobProto.data = 5, .shape = 7; BlobShape.dim = 1.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.models.protobuf import field, varint

Array = NDArray[np.float32]


class CaffeWriter:
    """Layers in order; every method returns the name of its output for the next to read."""

    def __init__(self, side: int) -> None:
        """Start a network that reads ``data``, float32 (N, 3, side, side) or another size."""
        self._text = [f'input:"data" input_dim:1 input_dim:3 input_dim:{side} input_dim:{side}']
        self._weights: list[bytes] = []

    def convolution(
        self, name: str, source: str, kernel: Array, bias: Array, stride: int = 1, pad: int = 0
    ) -> str:
        """Add a convolution; ``kernel`` is (h, w, in, out) as TensorFlow keeps it."""
        size, outputs = kernel.shape[0], kernel.shape[3]
        self._add_weights(name, "Convolution", kernel.transpose(3, 2, 0, 1), bias)
        parameters = (
            f"convolution_param{{num_output:{outputs} kernel_size:{size} "
            f"stride:{stride} pad:{pad}}}"
        )
        return self._layer(name, "Convolution", source, parameters)

    def dense(self, name: str, source: str, matrix: Array, bias: Array) -> str:
        """Add a fully connected layer; ``matrix`` is (out, in) over channels, rows, columns."""
        self._add_weights(name, "InnerProduct", matrix, bias)
        parameters = f"inner_product_param{{num_output:{matrix.shape[0]}}}"
        return self._layer(name, "InnerProduct", source, parameters)

    def prelu(self, name: str, source: str, slopes: Array) -> str:
        """Add a rectifier with one negative slope a channel."""
        self._add_weights(name, "PReLU", slopes.ravel())
        return self._layer(name, "PReLU", source, "")

    def relu(self, name: str, source: str) -> str:
        """Add a rectifier."""
        return self._layer(name, "ReLU", source, "")

    def add(self, name: str, one: str, other: str) -> str:
        """Add two outputs of one shape."""
        return self._layer(name, "Eltwise", f'{one}" bottom:"{other}', "")

    def without_first(self, name: str, source: str, axis: int) -> str:
        """Drop the first entry along ``axis`` (2 rows, 3 columns)."""
        cut = f'top:"{name}" slice_param{{axis:{axis} slice_point:1}}'
        self._text.append(
            f'layer{{name:"{name}" type:"Slice" bottom:"{source}" top:"{name}_first" {cut}}}'
        )
        return name

    def max_pool(self, name: str, source: str, size: int, partial: bool = True) -> str:
        """Add max pooling of stride 2; ``partial`` windows at the far edges are kept or dropped."""
        edges = "" if partial else " ceil_mode:false"
        parameters = f"pooling_param{{pool:MAX kernel_size:{size} stride:2{edges}}}"
        return self._layer(name, "Pooling", source, parameters)

    def mean_pool(self, name: str, source: str) -> str:
        """Add the mean over all rows and columns."""
        parameters = "pooling_param{pool:AVE global_pooling:true}"
        return self._layer(name, "Pooling", source, parameters)

    def softmax(self, name: str, source: str) -> str:
        """Add softmax over channels."""
        return self._layer(name, "Softmax", source, "softmax_param{axis:1}")

    def build(self) -> cv2.dnn.Net:
        """Return the network that was written."""
        text = "\n".join(self._text).encode()
        weights = b"".join(self._weights)
        return cv2.dnn.readNetFromCaffe(
            np.frombuffer(text, np.uint8), np.frombuffer(weights, np.uint8)
        )

    def _layer(self, name: str, kind: str, source: str, parameters: str) -> str:
        self._text.append(
            f'layer{{name:"{name}" type:"{kind}" bottom:"{source}" top:"{name}" {parameters}}}'
        )
        return name

    def _add_weights(self, name: str, kind: str, *blobs: Array) -> None:
        fields = field(1, name.encode()) + field(2, kind.encode())
        fields += b"".join(field(7, _blob(array)) for array in blobs)
        self._weights.append(field(100, fields))


def _blob(array: Array) -> bytes:
    shape = field(1, b"".join(varint(side) for side in array.shape))
    return field(5, np.ascontiguousarray(array, dtype="<f4").tobytes()) + field(7, shape)
