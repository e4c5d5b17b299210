"""ONNX file of the joint network, which onnxruntime serves."""

from __future__ import annotations

from typing import Final

import keras
import numpy as np
from onnx import helper

from analyzer.joints.network import JOINTS, STRIDE
from analyzer.lab.efficientnet import onnx_builder
from analyzer.lab.efficientnet.onnx_builder import INPUT
from analyzer.lab.joints import network

OUTPUT: Final = "joints"


class OnnxBuilder(onnx_builder.OnnxBuilder):
    """The nodes of the joint network for a picture size."""

    def twice(self, x: str) -> str:
        """See network.Builder."""
        scales = self.constant("twice", np.array([1, 1, 2, 2], np.float32), exact=True)
        # Nearest with "asymmetric" and "floor" repeats every cell.
        way = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric"}
        found = self.node("Resize", [x, "", scales], nearest_mode="floor", **way)
        self.sizes[found] = (2 * self.sizes[x][0], 2 * self.sizes[x][1])
        return found

    def answer(self, finest: str, coarsest: str, joints: int) -> str:
        """See network.Builder."""
        kernel, bias = self.weights("joints")
        inputs = [finest, self.constant("joints.kernel", kernel.transpose(3, 2, 0, 1))]
        maps = self.node("Conv", [*inputs, self.constant("joints.bias", bias)])
        flat = self.constant("flat", np.array([0, joints, -1], np.int64), exact=True)
        seen = self.node("Reshape", [maps, flat])
        kernel, bias = self.weights("hidden")
        means = self.node("Flatten", [self.node("GlobalAveragePool", [coarsest])], axis=1)
        linear = [self.constant("hidden.kernel", kernel), self.constant("hidden.bias", bias)]
        hidden = self.node("Reshape", [self.node("Gemm", [means, *linear]), flat])
        self.nodes.append(helper.make_node("Concat", [seen, hidden], [OUTPUT], axis=2))
        return OUTPUT


def onnx_bytes(model: keras.Model) -> bytes:
    """Return a trained network as an ONNX file for float32 pictures (N, 3, 128, 96), BGR."""
    height, width = network.HEIGHT, network.WIDTH
    builder = OnnxBuilder(model, height, width)
    network.build(builder, builder.picture())
    places = (height // STRIDE) * (width // STRIDE)
    picture = (INPUT, ("batch", 3, height, width))
    return builder.model_bytes("joints", picture, (OUTPUT, ("batch", len(JOINTS), places + 1)))
