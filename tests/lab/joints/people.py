"""Drawn people with known joints, on pictures and in a table."""

from __future__ import annotations

import csv

import cv2
import numpy as np

from analyzer.joints.network import JOINTS

# Of a standing person of height 1, from the middle of the head's top; left is on the right.
_RIGHT = {
    "eye": (-0.02, 0.07), "ear": (-0.04, 0.08), "shoulder": (-0.12, 0.19), "elbow": (-0.15, 0.35),
    "wrist": (-0.16, 0.49), "hip": (-0.07, 0.5), "knee": (-0.08, 0.73), "ankle": (-0.08, 0.95),
}  # fmt: skip


def standing() -> np.ndarray:
    """Return the joints (17, 2) of somebody who stands, height 1, the head's top at 0, 0."""
    places = []
    for name in JOINTS:
        side, _, part = name.partition("_")
        x, y = _RIGHT[part] if part else (0.0, 0.09)
        places.append((-x if side == "left" else x, y))
    return np.array(places)


def drawn(height: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return a picture (H, W, 3) of a person of ``height`` px and its joints (17, 2)."""
    joints = standing() * height + (height * 0.5, height * 0.2)
    picture = np.full((round(height * 1.4), height, 3), rng.integers(60, 200, 3), np.uint8)
    colour = rng.integers(0, 256, 3).tolist()
    at = {name: tuple(map(int, xy.round())) for name, xy in zip(JOINTS, joints, strict=True)}
    thick = max(height // 20, 1)
    for side in ("left", "right"):
        for one, other in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"),
                           ("knee", "ankle"), ("shoulder", "hip")):  # fmt: skip
            cv2.line(picture, at[f"{side}_{one}"], at[f"{side}_{other}"], colour, thick)
    cv2.circle(picture, at["nose"], height // 14, colour, -1)
    return picture, joints


def written(folder, uses=("taught",) * 6 + ("watched",) * 2 + ("judged",) * 4, height=120):
    """Write pictures and LABELS.csv of people of ``uses``; return its path."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    header = ["path", "use", "source", "place", *"xywh"]
    header += [f"{name}_{key}" for name in JOINTS for key in ("x", "y", "seen")]
    with (folder / "LABELS.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(header)
        for number, use in enumerate(uses):
            picture, joints = drawn(height, rng)
            cv2.imwrite(str(folder / f"{number}.png"), picture)
            box = [height * 0.34, height * 0.2, height * 0.32, height]
            told = [value for x, y in joints.round(2) for value in (x, y, 1)]
            place = f"place{number}"
            table.writerow([f"{number}.png", use, f"source{number % 2}", place, *box, *told])
    return folder / "LABELS.csv"
