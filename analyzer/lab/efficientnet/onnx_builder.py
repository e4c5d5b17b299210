"""ONNX nodes of EfficientNet-lite0, for the files that onnxruntime serves."""

from __future__ import annotations

from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from analyzer.lab.efficientnet import network
from analyzer.lab.onnx_graph import OnnxGraph

INPUT: Final = "pictures"


class OnnxBuilder(OnnxGraph):
    """Nodes with the weights of a trained network, for one size of pictures.

    Norms are folded into the layers before them, and weights are kept at half precision: the
    runtime makes them single again when it loads the file.
    """

    def __init__(self, model: keras.Model, height: int, width: int) -> None:
        """Build with the weights of ``model`` for pictures of ``height`` × ``width`` px."""
        self._model = model
        self.sizes = {INPUT: (height, width)}
        super().__init__()

    def picture(self) -> str:
        """Normalise the input, BGR in 0..255."""
        mean = self.constant("mean", np.array(network.MEAN, np.float32), exact=True)
        scale = self.constant("scale", np.array(network.SCALE, np.float32), exact=True)
        centred = self.node("Sub", [INPUT, mean])
        found = self.node("Mul", [centred, scale])
        self.sizes[found] = self.sizes[INPUT]
        return found

    def conv(
        self, name: str, x: str, out: int, kernel: int, *, stride: int = 1, depthwise: bool = False,
        active: bool = True,
    ) -> str:  # fmt: skip
        """See network.Builder."""
        values = np.asarray(self.weights(name)[0], np.float32)
        # (h, w, in, out) to (out, in, h, w); a depthwise kernel (h, w, in, 1) to (in, 1, h, w).
        values = values.transpose(2, 3, 0, 1) if depthwise else values.transpose(3, 2, 0, 1)
        # The network was trained on RGB and is served with BGR.
        values = values[:, ::-1] if name == "stem" else values
        gain, bias = self.norm(name)
        values = values * gain[:, None, None, None]
        inputs = [x, self.constant(f"{name}.kernel", values), self.constant(f"{name}.bias", bias)]
        sizes = self.sizes[x]
        pads = _same(sizes, kernel, stride)
        groups = out if depthwise else 1
        found = self.node("Conv", inputs, strides=[stride] * 2, pads=pads, group=groups)
        if active:
            ends = [self.constant(f"level{end}", np.array(end, np.float32), exact=True)
                    for end in (0, 6)]  # fmt: skip
            found = self.node("Clip", [found, *ends])
        self.sizes[found] = (-(-sizes[0] // stride), -(-sizes[1] // stride))
        return found

    def add(self, one: str, other: str) -> str:
        """See network.Builder."""
        found = self.node("Add", [one, other])
        self.sizes[found] = self.sizes[one]
        return found

    def weights(self, name: str) -> list[NDArray[Any]]:
        """Return the weights of a layer, as Keras keeps them."""
        return [np.asarray(one, np.float32) for one in self._model.get_layer(name).get_weights()]

    def norm(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return gain and bias that a batch norm is at serving."""
        layer = self._model.get_layer(f"{name}_norm")
        gamma, *beta, mean, variance = self.weights(layer.name)
        gain = gamma / np.sqrt(variance + layer.epsilon)
        return gain, (beta[0] if beta else 0) - mean * gain

    def constant(self, name: str, values: NDArray[Any], exact: bool = False) -> str:
        """Add a constant, at half precision unless it is to be ``exact``."""
        if any(one.name == name for one in self.constants):
            return name if exact else f"{name}.single"
        kept = np.ascontiguousarray(values, None if exact else np.float16)
        self.constants.append(numpy_helper.from_array(kept, name))
        if exact:
            return name
        single = f"{name}.single"
        self.nodes.append(helper.make_node("Cast", [name], [single], to=TensorProto.FLOAT))
        return single


def _same(sizes: tuple[int, int], kernel: int, stride: int) -> list[int]:
    """Return the padding "same" of TensorFlow: top, left, bottom, right."""
    over = [max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in sizes]
    return [one // 2 for one in over] + [one - one // 2 for one in over]
