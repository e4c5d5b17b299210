"""Weights of YOLOX-nano (Apache-2.0) in the person detector, as the start of its training.

Its activation, SiLU, is replaced by Hardswish. Afterwards every channel of every convolution gets
back the mean and the spread that it had: bias correction (Nagel et al. 2019) with the spread beside
it, layer by layer from the picture on.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.detection import network
from analyzer.lab.detection.keras_builder import Weights
from analyzer.lab.detection.onnx_builder import convolutions

_PERSON: Final = 0
"""Its class of people."""

_SPREAD_LIMITS: Final = (0.5, 2.0)

Moments = dict[str, tuple[Any, Any]]


class _Names:
    """A builder that notes the layers in order."""

    def __init__(self) -> None:
        self.active: list[str] = []

    def conv(self, name: str, x: None, out: int, kernel: int, *, stride: int = 1,
             depthwise: bool = False, active: bool = True) -> None:  # fmt: skip
        if active:
            self.active.append(name)

    def concatenate(self, parts: Sequence[None]) -> None: ...

    def add(self, one: None, other: None) -> None: ...

    def upsample(self, x: None) -> None: ...

    def max_pool(self, x: None) -> None: ...

    def answer(self, levels: Sequence[tuple[None, None, None]]) -> None: ...


class _Eager:
    """A builder that computes at once; with ``wanted`` moments it adapts the weights as it goes."""

    def __init__(self, weights: Weights, activation: Any, wanted: Moments | None = None) -> None:
        self.weights, self.moments = dict(weights), dict[str, tuple[Any, Any]]()
        self._activation, self._wanted = activation, wanted

    def conv(self, name: str, x: Any, out: int, kernel: int, *, stride: int = 1,
             depthwise: bool = False, active: bool = True) -> Any:  # fmt: skip
        values, bias = self.weights[name]
        around = (kernel - 1) // 2
        x = keras.ops.pad(x, ((0, 0), (around, around), (around, around), (0, 0)))
        convolve = keras.ops.depthwise_conv if depthwise else keras.ops.conv
        found = keras.ops.convert_to_numpy(convolve(x, values, stride)) + bias
        if self._wanted is not None:
            found = self._fitted(name, found)
        self.moments[name] = _moments(found)
        return self._activation(found) if active else found

    def _fitted(self, name: str, found: NDArray[np.float32]) -> NDArray[np.float32]:
        assert self._wanted is not None
        (mean, spread), (own_mean, own_spread) = self._wanted[name], _moments(found)
        scale = np.clip(spread / own_spread, *_SPREAD_LIMITS)
        values, bias = self.weights[name]
        across = scale if values.shape[3] == len(scale) else scale[:, None]
        self.weights[name] = values * across, (bias - own_mean) * scale + mean
        return np.asarray((found - own_mean) * scale + mean, np.float32)

    def concatenate(self, parts: Sequence[Any]) -> Any:
        return keras.ops.concatenate(list(parts), -1)

    def add(self, one: Any, other: Any) -> Any:
        return one + other

    def upsample(self, x: Any) -> Any:
        return keras.ops.repeat(keras.ops.repeat(x, 2, 1), 2, 2)

    def max_pool(self, x: Any) -> Any:
        return keras.ops.max_pool(x, 5, 1, "same")

    def answer(self, levels: Sequence[tuple[Any, Any, Any]]) -> Any:
        return levels


def _moments(values: NDArray[np.float32]) -> tuple[Any, Any]:
    return values.mean((0, 1, 2)), np.maximum(values.std((0, 1, 2)), 1e-4)


def start(path: Path, pictures: NDArray[np.float32]) -> Weights:
    """Return the weights of YOLOX-nano's ONNX file at ``path``, fitted to Hardswish.

    The moments are those over ``pictures``, (N, H, W, 3) BGR in 0..255, sides multiples of 32.
    Raises AnalyzerError where the file's convolutions are not those of YOLOX-nano.
    """
    weights = _weights(path)
    before = _Eager(weights, keras.activations.silu)
    network.build(before, pictures)
    after = _Eager(weights, keras.activations.hard_silu, before.moments)
    network.build(after, pictures)
    return {
        name: (kernel.astype(np.float32), bias.astype(np.float32))
        for name, (kernel, bias) in after.weights.items()
    }


def _weights(path: Path) -> Weights:
    names = _Names()
    network.build(names, None)
    folded, values = convolutions(path)
    if len(folded) != len(names.active):
        raise AnalyzerError(
            f"{path}: {len(folded)} convolutions, YOLOX-nano has {len(names.active)}; give the "
            "file of `analyzer models pull yolox-nano`"
        )
    weights = {}
    for name, (kernel, bias) in zip(names.active, folded, strict=True):
        kernel = _unfocused(kernel) if name == "stem" else kernel
        order = (2, 3, 0, 1) if name.endswith("_depth") else (2, 3, 1, 0)
        weights[name] = kernel.transpose(order), bias
    for level in range(len(network.STRIDES)):
        for ours, theirs, rows in (
            ("boxes", "reg", slice(None)), ("object", "obj", slice(None)),
            ("classes", "cls", slice(_PERSON, _PERSON + 1)),
        ):  # fmt: skip
            stem = f"head.{theirs}_preds.{level}"
            kernel, bias = values[f"{stem}.weight"][rows], values[f"{stem}.bias"][rows]
            weights[f"head{level}_{ours}"] = kernel.transpose(2, 3, 1, 0), bias
    return weights


def _unfocused(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 3×3 over the four slices of Focus, (16, 12, 3, 3), as 6×6 over the picture.

    The slices are the top left, bottom left, top right and bottom right pixels of each 2×2.
    """
    whole = np.zeros((kernel.shape[0], 3, 6, 6), np.float32)
    for place, (row, column) in enumerate(((0, 0), (1, 0), (0, 1), (1, 1))):
        whole[:, :, row::2, column::2] = kernel[:, 3 * place : 3 * place + 3]
    return whole
