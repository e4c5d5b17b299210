"""The three networks of MTCNN, from the weights of the mtcnn package.

Zhang et al., "Joint Face Detection and Alignment using Multi-task Cascaded Convolutional
Networks", IEEE Signal Processing Letters 2016. Outputs agree with the package's own to 1e-5.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.models.caffe_writer import CaffeWriter
from analyzer.models.native_output import loading_quietly
from analyzer.models.weights import package_file

Array = NDArray[np.float32]

# The package ships its weights as pickles, which run code when they are loaded. So only files with
# these SHA-256 are loaded: those of mtcnn 1.0.0.
_KNOWN = {
    "pnet": "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5",
    "rnet": "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee",
    "onet": "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3",
}


NETWORKS = tuple(_KNOWN)


def weights_file(network: str) -> Path:
    """Return the file of ``pnet``, ``rnet`` or ``onet``.

    The package is found but not imported, as importing it imports tensorflow. Raises ModelError
    when the package or its weights are missing.
    """
    return package_file("mtcnn", "assets", "weights", f"{network}.lz4")


def load_weights(network: str) -> list[Array]:
    """Return the arrays of ``pnet``, ``rnet`` or ``onet`` in layer order.

    Raises ModelError as ``weights_file``, or when the weights are of another version.
    """
    with loading_quietly():  # without /dev/shm joblib warns of workers that nobody asked for
        import joblib

    path = weights_file(network)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != _KNOWN[network]:
        raise ModelError(f"{path}: not the weights of mtcnn 1.0.0; install mtcnn 1.0.0 again")
    arrays: list[Array] = joblib.load(io.BytesIO(content))
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
    """Add the hidden dense layer, whose inputs the package orders by column, row, channel."""
    matrix = next(left)
    inputs, outputs = matrix.shape
    grid = matrix.reshape(3, 3, inputs // 9, outputs).transpose(3, 2, 1, 0)
    top = net.dense("hidden", source, grid.reshape(outputs, inputs), next(left))
    return net.prelu("hidden_prelu", top, next(left))
