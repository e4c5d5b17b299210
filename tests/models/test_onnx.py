"""ONNX files of a fixed input run at any size, unchanged on disk, the same every time."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.errors import ModelError
from analyzer.models.onnx import OnnxNetwork, with_free_size
from analyzer.models.protobuf import field, fields, integer, varint


def dim(side: int) -> bytes:
    return field(1, integer(1, side))


def value(name: str, *sides: int) -> bytes:
    shape = field(2, b"".join(dim(side) for side in sides))
    return field(1, name.encode()) + field(2, field(1, integer(1, 1) + shape))


def mean_of_channels(side: int = 4) -> bytes:
    """An ONNX file as old exporters wrote them: one size, and the weights among the inputs."""
    kernel = np.full((1, 3, 1, 1), 1 / 3, "<f4")
    weights = b"".join(integer(1, n) for n in kernel.shape) + integer(2, 1)
    weights += field(8, b"kernel") + field(9, kernel.tobytes())
    node = field(1, b"picture") + field(1, b"kernel") + field(2, b"mean") + field(4, b"Conv")
    graph = field(1, node) + field(2, b"graph") + field(5, weights)
    graph += field(11, value("picture", 10, 3, side, side)) + field(11, value("kernel", 1, 3, 1, 1))
    graph += field(12, value("mean", 10, 1, side, side))
    return integer(1, 4) + field(7, graph) + field(8, field(1, b"") + integer(2, 9))


@pytest.fixture
def picture() -> np.ndarray:
    return np.random.default_rng(0).random((1, 3, 7, 11), np.float32)


def test_a_file_of_one_size_runs_at_another_once_its_input_is_freed(picture: np.ndarray) -> None:
    network = OnnxNetwork(with_free_size(mean_of_channels(), "picture"), "a test")
    (mean,) = network.run(picture, ["mean"])
    assert mean.shape == (1, 1, 7, 11)
    np.testing.assert_allclose(mean[0, 0], picture[0].mean(0), rtol=1e-6)


def test_what_is_freed_computes_what_the_file_did() -> None:
    picture = np.random.default_rng(1).random((10, 3, 4, 4), np.float32)
    as_it_is = OnnxNetwork(mean_of_channels(), "a test").run(picture)
    freed = OnnxNetwork(with_free_size(mean_of_channels(), "picture"), "a test").run(picture)
    np.testing.assert_array_equal(as_it_is[0], freed[0])


@pytest.mark.parametrize("model", [b"", b"no network", mean_of_channels()[:-40]])
def test_a_file_that_is_no_network_is_told_in_one_line(model: bytes) -> None:
    with pytest.raises(ModelError, match=r"^faces\.onnx: cannot be read as ONNX") as told:
        OnnxNetwork(model, "faces.onnx")
    assert "\n" not in str(told.value)


def test_fields_are_read_as_they_were_written() -> None:
    message = integer(3, 300) + field(16, b"abc") + varint(2 << 3 | 5) + b"\0\0\x80?"
    assert [(number, content) for number, _, content in fields(message)] == [
        (3, varint(300)),
        (16, b"abc"),
        (2, b"\0\0\x80?"),
    ]
    assert b"".join(whole for _, whole, _ in fields(message)) == message
    with pytest.raises(ValueError, match="ends at"):
        list(fields(message[:-1]))
