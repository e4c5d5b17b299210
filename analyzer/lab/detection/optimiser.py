"""AdamW with relative steps: each output channel moves in proportion to its own size.

Folded batch norms leave channels of very different sizes; one absolute rate would drown some and
not move others. What LARS and LAMB do by layer (You et al. 2017, 2020) is done by channel here,
with the sizes of the weights that the training starts from.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

_LEAST_WEIGHT: Final = 0.05
_LEAST_BIAS: Final = 0.2


class RelativeAdam(keras.optimizers.AdamW):  # type: ignore[misc]  # Keras is not typed
    """AdamW whose rate is multiplied, by variable, with an array that broadcasts over it."""

    def __init__(self, sizes: Sequence[NDArray[np.float32]], **options: Any) -> None:
        """Multiply with ``sizes``, in the order of the variables; ``options`` are of AdamW."""
        super().__init__(**options)
        self._relative = sizes

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """See keras.optimizers.Optimizer."""
        size = keras.ops.convert_to_tensor(self._relative[self._get_variable_index(variable)])
        super().update_step(gradient, variable, learning_rate * size)


def sizes(detector: keras.Model) -> list[NDArray[np.float32]]:
    """Return of each trainable variable the root mean square by channel; of a bias, as a whole."""
    found = []
    for variable in detector.trainable_variables:
        values = np.asarray(keras.ops.convert_to_numpy(variable), np.float32)
        depthwise = values.ndim == 4 and values.shape[3] == 1 and "_depth" in variable.path
        axes = (0, 1) if depthwise else (0, 1, 2) if values.ndim == 4 else (0,)
        size = np.sqrt(np.square(values).mean(axes, keepdims=True))
        least = _LEAST_WEIGHT if values.ndim == 4 else _LEAST_BIAS
        found.append(np.maximum(size, least).astype(np.float32))
    return found
