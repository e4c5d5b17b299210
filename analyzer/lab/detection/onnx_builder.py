"""ONNX file of the person detector, which onnxruntime serves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from analyzer.lab.detection import network
from analyzer.lab.detection.keras_builder import Weights
from analyzer.lab.onnx_graph import OnnxGraph

INPUT: Final = "images"
OUTPUT: Final = "answers"


class OnnxBuilder(OnnxGraph):
    """The nodes of the detector."""

    def __init__(self, weights: Weights) -> None:
        """Build with ``weights``."""
        self._weights = weights
        super().__init__()

    def conv(
        self, name: str, x: str, out: int, kernel: int, *, stride: int = 1, depthwise: bool = False,
        active: bool = True,
    ) -> str:  # fmt: skip
        """See network.Builder."""
        values, bias = self._weights[name]
        # (h, w, in, out) to (out, in, h, w); a depthwise kernel (h, w, in, 1) to (in, 1, h, w).
        values = values.transpose(2, 3, 0, 1) if depthwise else values.transpose(3, 2, 0, 1)
        inputs = [x, self._constant(f"{name}.kernel", values), self._constant(f"{name}.bias", bias)]
        around = [(kernel - 1) // 2] * 4
        groups = out if depthwise else 1
        found = self.node("Conv", inputs, strides=[stride] * 2, pads=around, group=groups)
        return self.node("HardSwish", [found]) if active else found

    def concatenate(self, parts: Sequence[str]) -> str:
        """See network.Builder."""
        return self.node("Concat", parts, axis=1)

    def add(self, one: str, other: str) -> str:
        """See network.Builder."""
        return self.node("Add", [one, other])

    def upsample(self, x: str) -> str:
        """See network.Builder."""
        twice = self._constant("twice", np.array([1, 1, 2, 2], np.float32))
        # Nearest with "asymmetric" and "floor" repeats every cell.
        way = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric"}
        return self.node("Resize", [x, "", twice], nearest_mode="floor", **way)

    def max_pool(self, x: str) -> str:
        """See network.Builder."""
        return self.node("MaxPool", [x], kernel_shape=[5, 5], strides=[1, 1], pads=[2] * 4)

    def answer(self, levels: Sequence[tuple[str, str, str]]) -> str:
        """See network.Builder; the scores become probabilities, as in YOLOX's own files."""
        rows = self._constant("rows", np.array([0, network.CHANNELS, -1], np.int64))
        flat = []
        for boxes, objects, classes in levels:
            scores = [self.node("Sigmoid", [logits]) for logits in (objects, classes)]
            flat.append(self.node("Reshape", [self.concatenate([boxes, *scores]), rows]))
        whole = self.node("Concat", flat, axis=2)
        self.nodes.append(helper.make_node("Transpose", [whole], [OUTPUT], perm=[0, 2, 1]))
        return OUTPUT

    def _constant(self, name: str, values: NDArray[Any]) -> str:
        if all(one.name != name for one in self.constants):
            self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def onnx_bytes(weights: Weights) -> bytes:
    """Return the network as an ONNX file for float32 pictures (1, 3, H, W) of any size."""
    builder = OnnxBuilder(weights)
    network.build(builder, INPUT)
    picture = (INPUT, (1, 3, "height", "width"))
    return builder.model_bytes("person_detector", picture, (OUTPUT, (1, "cells", network.CHANNELS)))


def convolutions(path: Path) -> tuple[list[tuple[NDArray[Any], NDArray[Any]]], dict[str, Any]]:
    """Return kernels (out, in, h, w) and biases of the unnamed convolutions, in order; and all.

    Those with folded batch norms have no names; the last ones of YOLOX keep theirs (``values``).
    """
    graph = onnx.load(str(path)).graph
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    nodes = [node for node in graph.node if node.op_type == "Conv"]
    folded = [node for node in nodes if ".weight" not in node.input[1]]
    return [(values[node.input[1]], values[node.input[2]]) for node in folded], values
