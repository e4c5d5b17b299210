"""Sessions of ONNX Runtime: networks of others, asked on one thread with the same answer each time.

ONNX Runtime takes half the time of ``cv2.dnn`` on one thread. It wants pictures of the size that
the file states, where OpenCV takes any: ``with_free_size`` states another in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import ModelError
from analyzer.models.native_output import loading_quietly
from analyzer.models.protobuf import field, fields, integer

Array = NDArray[np.float32]

_GRAPH, _INPUT, _OUTPUT = 7, 11, 12
"""ModelProto.graph; GraphProto.input and .output, each a ValueInfoProto."""

_NAME: Final = 1
_FLOAT: Final = 1
_ERRORS_ONLY: Final = 3


class OnnxNetwork:
    """One network: a batch of pictures in, the outputs asked for out."""

    def __init__(self, model: bytes, what: str, threads: int = 1) -> None:
        """Load the ONNX file ``model``; raises ModelError when ``what`` is none that can run."""
        with loading_quietly():
            import onnxruntime
            from onnxruntime.capi import onnxruntime_pybind11_state as state

            refused = (
                state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf,
                state.NotImplemented, state.RuntimeException,
            )  # fmt: skip
            # Official builds for Windows send what was loaded to their maker.
            onnxruntime.disable_telemetry_events()
            try:
                self._session: Any = onnxruntime.InferenceSession(
                    model, _options(onnxruntime, threads), providers=["CPUExecutionProvider"]
                )
            except refused as error:
                line = str(error).splitlines()[0]
                raise ModelError(
                    f"{what}: cannot be read as ONNX ({line}); run: analyzer models verify"
                ) from error
        self._input = str(self._session.get_inputs()[0].name)

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of itself by key, such as the characters that a network reads."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, batch: Array, outputs: Sequence[str] | None = None) -> list[Array]:
        """Return ``outputs`` by name, all where None, for ``batch``, float32 (N, C, H, W)."""
        answers = self._session.run(outputs, {self._input: batch})
        return [np.asarray(answer, np.float32) for answer in answers]


def _options(onnxruntime: Any, threads: int) -> Any:
    """Return options that waste no processor: a worker has one, and others wait for theirs."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = _ERRORS_ONLY
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return options


def with_free_size(model: bytes, name: str, channels: int = 3) -> bytes:
    """Return the ONNX file ``model`` with ``name``, (N, channels, H, W) of any size, as its input.

    Weights that old exporters list as inputs, too, are no longer listed: they become constants,
    which lets the runtime fold normalisation into convolutions. Shapes stated of outputs are
    dropped. Nothing that is computed changes. Raises ValueError where ``model`` is no message.
    """
    written = b""
    for number, whole, content in fields(model):
        written += field(_GRAPH, _freed(content, name, channels)) if number == _GRAPH else whole
    return written


def _freed(graph: bytes, name: str, channels: int) -> bytes:
    kept = []
    for number, whole, content in fields(graph):
        if number == _OUTPUT:
            named = next(inner for number, _, inner in fields(content) if number == _NAME)
            kept.append(field(_OUTPUT, _value(named, None)))
        elif number != _INPUT:
            kept.append(whole)
    dims = [_free("batch"), integer(1, channels), _free("height"), _free("width")]
    kept.append(field(_INPUT, _value(name.encode(), b"".join(field(1, dim) for dim in dims))))
    return b"".join(kept)


def _free(name: str) -> bytes:
    """Return a Dimension without a value: ``dim_param``."""
    return field(2, name.encode())


def _value(name: bytes, shape: bytes | None) -> bytes:
    """Return a ValueInfoProto of floats: its name, and a tensor type with or without a shape."""
    tensor = integer(1, _FLOAT) + (b"" if shape is None else field(2, shape))
    return field(_NAME, name) + field(2, field(1, tensor))
