"""Training curves as a CSV table and as a picture."""

import csv
from pathlib import Path
from typing import Any

import cv2
import numpy as np

_WIDTH, _HEIGHT, _EDGE = 900, 480, 50
_COLOURS = ((180, 90, 20), (30, 120, 220), (60, 160, 60), (40, 40, 200), (160, 60, 160))


def save(history: list[dict[str, Any]], folder: Path) -> None:
    """Write curves.csv and curves.png; one row and one point per epoch."""
    if not history:
        return
    with (folder / "curves.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, history[0].keys())
        table.writeheader()
        table.writerows(history)
    cv2.imwrite(str(folder / "curves.png"), draw(history))


def draw(history: list[dict[str, Any]]) -> np.ndarray:
    """Return a picture (480, 900, 3) of losses and accuracies over epochs, on one axis from 0."""
    names = [name for name in history[0] if name.endswith(("loss", "accuracy"))]
    top = max(1.0, max(row[name] for row in history for name in names))
    picture = np.full((_HEIGHT, _WIDTH, 3), 255, np.uint8)
    _axis(picture, top, len(history))
    across = np.linspace(_EDGE, _WIDTH - 200, max(2, len(history)))[: len(history)]
    for index, name in enumerate(names):
        colour = _COLOURS[index % len(_COLOURS)]
        high = [_HEIGHT - _EDGE - row[name] / top * (_HEIGHT - 2 * _EDGE) for row in history]
        points = np.stack([across, high], 1).round().astype(np.int32)
        cv2.polylines(picture, [points], False, colour, 2, cv2.LINE_AA)
        label = f"{name} {history[-1][name]:.3f}"
        _write(picture, label, (_WIDTH - 190, _EDGE + 20 * index), colour)
    return picture


def _axis(picture: np.ndarray, top: float, epochs: int) -> None:
    for step in range(5):
        high = round(_HEIGHT - _EDGE - step / 4 * (_HEIGHT - 2 * _EDGE))
        cv2.line(picture, (_EDGE, high), (_WIDTH - 200, high), (225, 225, 225), 1)
        _write(picture, f"{top * step / 4:.2f}", (5, high + 4), (90, 90, 90))
    _write(picture, f"{epochs} epochs", (_EDGE, _HEIGHT - 15), (90, 90, 90))


def _write(
    picture: np.ndarray, text: str, at: tuple[int, int], colour: tuple[int, int, int]
) -> None:
    cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.42, colour, 1, cv2.LINE_AA)
