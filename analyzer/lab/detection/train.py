"""Training of the detector: one loop for every Keras backend, resumable.

It is scored on held-out scenes after each epoch.

A run folder holds `cache/` (pictures and pseudo-labels) and the files of
`training_state.Training`; the averaged weights (EMA) are the model that is kept.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from analyzer.detection.joint_decode import COARSEST, KINDS, decode
from analyzer.imaging import fit_width, pad_to_multiple
from analyzer.lab.detection import loss, network, score, targets
from analyzer.lab.detection.compose import Composer
from analyzer.lab.detection.config import DetectorConfig
from analyzer.lab.detection.crop import Crop, trusted_crop
from analyzer.lab.detection.pictures import load_cache, make_cache
from analyzer.lab.training_state import Training, low_precision, made_ahead
from analyzer.types import Detection

# Number of batches made ahead, and of threads that make them.
_AHEAD = 2
_WATCHED_WIDTH = 640
_LEAST_SCORE = 0.03


class DetectorTraining(Training):
    """One training in one folder; `run` resumes from the state of the folder."""

    def __init__(self, config: DetectorConfig, folder: Path) -> None:
        """Read the pictures, after making pseudo-labels the first time, and build the network."""
        self.config = config
        cache = folder / "cache"
        if not (cache / "pictures.csv").is_file():
            make_cache(Path(config.data), Path(config.teachers), cache, config.workers)
        pictures = load_cache(cache)
        learnt = [picture for picture in pictures if picture.part == "learn"]
        self.composer = Composer(learnt, config.height, config.width)
        self.watched = [served(trusted_crop(p)) for p in pictures if p.part == "watch"]
        self.scenes = [picture.scene for picture in pictures if picture.part == "watch"]
        keras.utils.set_random_seed(config.seed)
        model = network.detector(**config.options)
        optimizer = keras.optimizers.AdamW(config.rate, config.weight_decay, global_clipnorm=10.0)
        super().__init__(folder, model, optimizer, loss.loss, config)

    def done(self) -> float:
        """See Training."""
        return self.progress.steps / self.config.steps

    def epoch(self) -> dict[str, Any]:
        """Train for `watch_every` steps and return their figures."""
        config, first = self.config, self.progress.steps
        last = min(first + config.watch_every, config.steps)
        loss = self.learn_all(made_ahead(self.batch, range(first, last), _AHEAD))
        row = {"steps": self.progress.steps, "seconds": self.progress.seconds, "loss": loss}
        return row | self._watch()

    def batch(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return batch ``number``: crops (B, H, W, 3) in 0..255 and their target maps."""
        rng = np.random.default_rng([self.config.seed, number])
        calm = number >= (1 - self.config.calm) * self.config.steps
        crops = [self.composer.draw(rng, calm) for _ in range(self.config.batch)]
        wanted = np.stack([targets.target_of(crop) for crop in crops])
        return np.stack([crop.bgr for crop in crops]).astype(np.float32), wanted

    def _watch(self) -> dict[str, float]:
        """Return average precision of the EMA weights on pseudo-labels of the validation scenes."""
        judged: tuple[list[score.FrameMatches], list[score.FrameMatches]] = ([], [])
        with self.averaged():
            for scene, crop in zip(self.scenes, self.watched, strict=True):
                found = self._found(crop)
                for kind, name in enumerate(KINDS):
                    truth = truth_of(crop, kind, scene)
                    judged[kind].append(score.judge(truth, score.scored_boxes(found, name)))
        values = {}
        for kind, name in enumerate(KINDS):
            line = score.curve(judged[kind])
            values[f"{name}_ap_accuracy"] = line.average_precision()
            values[f"{name}_at_p85"] = line.at_precision(0.85)[0]
        return values

    def _found(self, crop: Crop) -> list[Detection]:
        """Return the detections of the current weights in a crop, down to very low scores."""
        with low_precision(self.config.bfloat16):
            answer = self.model.predict_on_batch(crop.bgr[None].astype(np.float32))
        output = np.asarray(keras.ops.convert_to_numpy(answer), np.float32)[0]
        least = (_LEAST_SCORE, _LEAST_SCORE)
        return decode(output, least, crop.bgr.shape[1], crop.bgr.shape[0])


def truth_of(crop: Crop, kind: int, scene: str) -> score.Truth:
    """Return the pseudo-labels of one kind as ground truth; those not sure are ignored."""
    own = crop.faces == bool(kind)
    return score.Truth(scene, crop.boxes[own & crop.sure], crop.boxes[own & ~crop.sure])


def served(crop: Crop) -> Crop:
    """Return a whole picture as in a run: at most 640 px wide, padded to multiples of 32 px."""
    small = fit_width(crop.bgr, _WATCHED_WIDTH)
    factor = small.shape[1] / crop.bgr.shape[1]
    return Crop(
        pad_to_multiple(small, COARSEST),
        crop.boxes * np.float32(factor),
        crop.faces,
        crop.sure,
        crop.points * np.float32(factor),
    )
