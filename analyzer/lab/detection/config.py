"""Configuration of one training of the person detector, read from a TOML file."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from analyzer.lab.recipe import Recipe, read_values


@dataclass(frozen=True, kw_only=True)
class DetectorConfig(Recipe):
    """Settings of one training; paths are relative to where the command runs.

    ``pictures`` is the folder of the collections of ``sources``, ``data`` the folder above action/,
    ``labels`` the table of boxes that judge the detector, ``judged`` folders of pictures that judge
    it as well: nothing like them is learnt. ``yolox`` is the ONNX file of YOLOX-nano, the teacher
    and, unless ``start`` names weights, the start; ``answers`` are files of further teachers. Crops
    are ``height`` × ``width`` px, ``balance`` is the share of them that a collection gives.
    Training takes ``steps`` batches, the last share ``calm`` of them less degraded. Layers whose
    names begin like ``frozen`` stay as they are.
    """

    pictures: str
    data: str
    labels: str
    yolox: str = ""
    judged: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    balance: dict[str, float]
    height: int = 320
    width: int = 320
    batch: int = 8
    steps: int = 3600
    watch_every: int = 400
    rate: float = 4e-4
    warmup: float = 0.02
    weight_decay: float = 0.01
    ema: float = 0.995
    bfloat16: bool = False
    calm: float = 0.35
    frozen: tuple[str, ...] = ("stem", "dark2")

    besides = ("pictures", "data", "labels", "yolox", "judged", "answers", "start")


def read_config(path: Path) -> DetectorConfig:
    """Read a TOML file; raises AnalyzerError naming the key that is unknown or missing."""
    return DetectorConfig(**read_values(path, DetectorConfig))
