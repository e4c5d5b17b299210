"""ONNX file of the look network, which onnxruntime serves."""

from __future__ import annotations

from typing import Final

import keras
import numpy as np
from onnx import helper

from analyzer.lab.efficientnet import onnx_builder
from analyzer.lab.efficientnet.onnx_builder import INPUT
from analyzer.lab.looks import network

OUTPUT: Final = "looks"


class OnnxBuilder(onnx_builder.OnnxBuilder):
    """The nodes of the look network for a picture size."""

    def pool(self, x: str) -> str:
        """See network.Builder."""
        pooled = [self.node(f"Global{kind}Pool", [x]) for kind in ("Average", "Max")]
        return self.node("Flatten", [self.node("Concat", pooled, axis=1)], axis=1)

    def embed(self, name: str, x: str, out: int) -> str:
        """See network.Builder."""
        gain, bias = self.norm(name)
        values = np.asarray(self.weights(name)[0], np.float32) * gain
        inputs = [x, self.constant(f"{name}.kernel", values), self.constant(f"{name}.bias", bias)]
        self.nodes.append(helper.make_node("Gemm", inputs, [OUTPUT]))
        return OUTPUT


def onnx_bytes(model: keras.Model) -> bytes:
    """Return a trained network as an ONNX file for float32 pictures (N, 3, 128, 64), BGR."""
    builder = OnnxBuilder(model, network.HEIGHT, network.WIDTH)
    network.build(builder, builder.picture(), network.EMBEDDING)
    picture = (INPUT, ("batch", 3, network.HEIGHT, network.WIDTH))
    return builder.model_bytes("look", picture, (OUTPUT, ("batch", network.EMBEDDING)))
