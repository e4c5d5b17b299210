"""Nodes of an ONNX graph under construction, and the file that they make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import onnx
from onnx import TensorProto, helper

_OPSET: Final = 17
_IR_VERSION: Final = 8

Shape = Sequence[str | int | None]


class OnnxGraph:
    """Nodes and constants in the layout N, C, H, W; what flows between them are names."""

    def __init__(self) -> None:
        """Begin without nodes."""
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Add a node of one output, and return its name."""
        name = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def model_bytes(self, name: str, taken: tuple[str, Shape], given: tuple[str, Shape]) -> bytes:
        """Return the checked file of the graph, from one float32 input to one float32 output."""
        ends = [
            helper.make_tensor_value_info(end, TensorProto.FLOAT, list(shape))
            for end, shape in (taken, given)
        ]
        graph = helper.make_graph(self.nodes, name, ends[:1], ends[1:], self.constants)
        opset = [helper.make_opsetid("", _OPSET)]
        made = helper.make_model(graph, opset_imports=opset, ir_version=_IR_VERSION)
        onnx.checker.check_model(made)
        return bytes(made.SerializeToString())
