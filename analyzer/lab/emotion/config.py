"""Configuration of one expression training, read from a TOML file."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from analyzer.errors import AnalyzerError
from analyzer.lab.emotion.augment import Augmentation
from analyzer.lab.recipe import Recipe, read_values


@dataclass(frozen=True, kw_only=True)
class TrainConfig(Recipe):
    """Settings of one emotion training; paths are relative to where the command runs.

    `targets`: "ferplus" for the distribution of the votes, "label" for the data set's labels.
    `sizes`: (share of the training done, input size in px) steps; small pictures first save time.
    `minutes`: if not 0, the schedule follows the clock and ends after so many minutes of training;
    else it follows `epochs`.
    `schedule`: "cosine" (with a warm-up of `warmup` of the training) or "plateau" (the rate is
    multiplied by 0.3 after `patience` epochs without a better held-out loss).
    `stop_after`: epochs without a better held-out loss after which training ends; 0: never.
    `detector`: a YuNet .onnx; half of the faces are then aligned by their landmarks, as in a run.
    `extra`: data sets that are learned besides, never held back; a face without votes has its
    label, of which `extra_smoothing` is shared among all classes.
    `optimizer`: "sgd" (Nesterov, momentum 0.9) or "adamw" (gradients clipped to norm 1).
    `faces_an_epoch`: if not 0, an epoch is so many faces, drawn with replacement, a rare class more
    often: with its share to the power of -`resample`.
    `teachers`: recipe and run folder of each trained network that teaches; `teaching`: how much
    their answers count against the targets, in [0, 1].
    `faces_only`: with a detector, drop pictures in which it finds no face.
    """

    data: tuple[str, ...]
    extra: tuple[str, ...] = ()
    extra_smoothing: float = 0.1
    network: str = "slim_resnet"
    targets: Literal["ferplus", "label"] = "ferplus"
    teachers: tuple[tuple[str, str], ...] = ()
    teaching: float = 0.7
    detector: str = ""
    faces_only: bool = False
    optimizer: Literal["sgd", "adamw"] = "sgd"
    faces_an_epoch: int = 0
    resample: float = 0.0
    epochs: int = 60
    minutes: float = 0
    batch: int = 128
    sizes: tuple[tuple[float, int], ...] = ((0.0, 48),)
    rate: float = 0.1
    schedule: Literal["cosine", "plateau"] = "cosine"
    warmup: float = 0.04
    patience: int = 5
    stop_after: int = 0
    weight_decay: float = 5e-3
    balance: float = 0.0
    mixup: float = 0.2
    held_back: float = 0.05
    augmentation: Augmentation = field(default_factory=Augmentation)

    besides = ("data", "extra", "detector", "start")


def read_config(path: Path) -> TrainConfig:
    """Read a TOML file; raises AnalyzerError naming the key that is unknown or missing."""
    values = read_values(path, TrainConfig)
    values["teachers"] = tuple((recipe, run) for recipe, run in values.get("teachers", ()))
    values |= {key: tuple(values[key]) for key in ("data", "extra") if key in values}
    if "sizes" in values:
        values["sizes"] = tuple((float(start), int(size)) for start, size in values["sizes"])
    try:
        values["augmentation"] = Augmentation(**values.get("augmentation", {}))
    except TypeError as error:
        raise AnalyzerError(f"{path}: [augmentation] {error}") from error
    return TrainConfig(**values)
