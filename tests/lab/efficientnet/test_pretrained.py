"""Weights in PyTorch's old format are read without PyTorch, and nothing in them is run."""

import io
import os
import pickle
import struct
import sys
from collections import OrderedDict
from types import ModuleType

import numpy as np
import pytest

from analyzer.errors import AnalyzerError
from analyzer.lab.efficientnet import pretrained


class Storage:
    """A storage as PyTorch's pickle names it: not written itself."""

    def __init__(self, key, count):
        self.key, self.count = key, count


@pytest.fixture
def torch(monkeypatch):
    """The two names of PyTorch that such a pickle refers to."""
    module, utils = ModuleType("torch"), ModuleType("torch._utils")

    class FloatStorage: ...

    def _rebuild_tensor_v2(): ...

    for where, what, name in ((module, FloatStorage, "torch"),
                              (utils, _rebuild_tensor_v2, "torch._utils")):  # fmt: skip
        what.__module__, what.__qualname__ = name, what.__name__
        setattr(where, what.__name__, what)
        monkeypatch.setitem(sys.modules, name, where)
    return module, utils


@pytest.fixture
def written(torch, tmp_path):
    """Write a file of tensors (storage, offset, size, steps), or of anything else."""
    module, utils = torch

    class Tensor:
        def __init__(self, *told):
            self.told = told

        def __reduce__(self):
            return utils._rebuild_tensor_v2, (*self.told, False, OrderedDict())

    class Pickler(pickle.Pickler):
        def persistent_id(self, value):
            if isinstance(value, Storage):
                return ("storage", module.FloatStorage, value.key, "cpu", value.count, None)
            return None

    def write(storages, tensors=None, other=None):
        body = io.BytesIO()
        names = {key: Storage(key, len(values)) for key, values in storages.items()}
        told = {name: Tensor(names[key], *rest) for name, (key, *rest) in (tensors or {}).items()}
        Pickler(body, protocol=2).dump(other or OrderedDict(told))
        path = tmp_path / "weights.pth"
        with path.open("wb") as file:
            for value in (0x1950A86A20F9469CFC6C, 1001, {"little_endian": True}):
                pickle.dump(value, file, protocol=2)
            file.write(body.getvalue())
            pickle.dump(list(storages), file, protocol=2)
            for values in storages.values():
                file.write(struct.pack("<q", len(values)) + np.array(values, "<f4").tobytes())
        return path

    return write


def test_tensors_are_read_whichever_way_they_lie_in_their_storage(written):
    path = written(
        {"one": range(6), "two": [7.0, 8.0]},
        {
            "plain": ("one", 0, (2, 3), (3, 1)),
            # As TensorFlow's kernels come: transposed without being moved.
            "transposed": ("one", 0, (3, 2), (1, 3)),
            "tail": ("one", 4, (2,), (1,)),
            "other": ("two", 0, (2,), (1,)),
        },
    )
    found = pretrained.read(path)
    assert found["plain"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["transposed"].tolist() == [[0, 3], [1, 4], [2, 5]]
    assert found["tail"].tolist() == [4, 5] and found["other"].tolist() == [7, 8]


class Evil:
    """Unpickled by pickle itself, it would run a command."""

    def __reduce__(self):
        return os.system, ("exit 1",)


def test_a_file_that_would_run_something_is_refused(written):
    with pytest.raises(AnalyzerError, match="unexpected"):
        pretrained.read(written({}, other={"weights": Evil()}))


def test_a_tensor_beyond_its_storage_is_refused(written):
    with pytest.raises(AnalyzerError, match="not the weights"):
        pretrained.read(written({"one": range(3)}, {"a": ("one", 2, (2,), (1,))}))


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "weights.pth"
    for content in (b"", b"PK\x03\x04", pickle.dumps(5)):
        path.write_bytes(content)
        with pytest.raises(AnalyzerError, match="not the weights"):
            pretrained.read(path)
