"""The three networks of MTCNN, built once from the weights that the mtcnn package carries.

Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
Networks", IEEE Signal Processing Letters 2016. Outputs agree with the package's own to 1e-5.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.faces.detectors.caffe_writer import CaffeWriter

Array = NDArray[np.float32]


def load_weights(network: str) -> list[Array]:
    """Return the arrays of ``pnet``, ``rnet`` or ``onet`` in layer order.

    The package is found but not imported, as importing it imports tensorflow. Raises ModelError
    when it or its weights are not there.
    """
    import joblib

    spec = importlib.util.find_spec("mtcnn")
    if spec is None or spec.origin is None:
        raise ModelError("mtcnn is not installed; run `make test` to set up the environment")
    path = Path(spec.origin).parent / "assets" / "weights" / f"{network}.lz4"
    if not path.is_file():
        raise ModelError(f"{path}: missing; install mtcnn 1.0.0 again")
    arrays: list[Array] = joblib.load(path)
    return arrays


def build_pnet(weights: list[Array]) -> cv2.dnn.Net:
    """Return the proposal network: fully convolutional, window 12, stride 2; ``box``, ``prob``."""
    left, net = iter(weights), CaffeWriter(12)
    top = net.max_pool("pool1", _block(net, "1", "data", left), 2)
    top = _block(net, "3", _block(net, "2", top, left), left)
    net.convolution("box", top, next(left), next(left))
    net.softmax("prob", net.convolution("class", top, next(left), next(left)))
    return net.build()


def build_rnet(weights: list[Array]) -> cv2.dnn.Net:
    """Return the refinement network for 24 px patches: ``box``, ``prob``."""
    left, net = iter(weights), CaffeWriter(24)
    top = net.max_pool("pool1", _block(net, "1", "data", left), 3)
    top = net.max_pool("pool2", _block(net, "2", top, left), 3)
    top = _hidden(net, _block(net, "3", top, left), left)
    net.dense("box", top, next(left).T, next(left))
    net.softmax("prob", net.dense("class", top, next(left).T, next(left)))
    return net.build()


def build_onet(weights: list[Array]) -> cv2.dnn.Net:
    """Return the output network for 48 px patches: ``box``, ``points``, ``prob``."""
    left, net = iter(weights), CaffeWriter(48)
    top = net.max_pool("pool1", _block(net, "1", "data", left), 3)
    top = net.max_pool("pool2", _block(net, "2", top, left), 3)
    top = net.max_pool("pool3", _block(net, "3", top, left), 2)
    top = _hidden(net, _block(net, "4", top, left), left)
    net.dense("box", top, next(left).T, next(left))
    net.dense("points", top, next(left).T, next(left))
    net.softmax("prob", net.dense("class", top, next(left).T, next(left)))
    return net.build()


def _block(net: CaffeWriter, number: str, source: str, left: Iterator[Array]) -> str:
    top = net.convolution(f"conv{number}", source, next(left), next(left))
    return net.prelu(f"prelu{number}", top, next(left))


def _hidden(net: CaffeWriter, source: str, left: Iterator[Array]) -> str:
    """Add the hidden dense layer, which the package feeds with columns, rows, channels."""
    matrix = next(left)
    inputs, outputs = matrix.shape
    grid = matrix.reshape(3, 3, inputs // 9, outputs).transpose(3, 2, 1, 0)
    top = net.dense("hidden", source, grid.reshape(outputs, inputs), next(left))
    return net.prelu("hidden_prelu", top, next(left))
