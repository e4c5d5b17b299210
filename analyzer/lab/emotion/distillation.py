"""Knowledge distillation: what trained expression networks answer, as targets for a smaller one.

Hinton et al. 2015. The teachers see the very crop that the pupil sees (Beyer et al. 2022), but
before the CCTV chain: given a degraded face, the mean of the answers to what it may have been is
the calibrated answer.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.emotions.classifier import softmax
from analyzer.errors import AnalyzerError
from analyzer.lab import checkpoint
from analyzer.lab.emotion import networks
from analyzer.lab.emotion.config import TrainConfig, read_config


class Teachers:
    """Trained networks that answer together: the mean of their probabilities."""

    def __init__(self, config: TrainConfig) -> None:
        """Load the averaged weights of the runs that ``config.teachers`` names.

        Raises AnalyzerError for a recipe or weights that cannot be read, or do not fit each other.
        """
        self._networks = [_network(Path(recipe), Path(run)) for recipe, run in config.teachers]

    def answers(self, faces: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return probabilities (N, 7) of grey faces (N, S, S)."""
        told = [softmax(networks.logits_of(network, faces)) for network in self._networks]
        return np.asarray(np.mean(told, axis=0), np.float32)


def _network(recipe: Path, run: Path) -> keras.Model:
    config = read_config(recipe)
    model = networks.build(config.network, **{"input_size": None} | config.options)
    try:
        model.set_weights(checkpoint.load_arrays(run / "average.npz"))
    except ValueError as error:
        raise AnalyzerError(f"{run}: not the weights of {recipe} ({error})") from error
    return model
