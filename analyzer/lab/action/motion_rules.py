"""Rule-based baseline for actions: what a trained model must beat.

These are soft rules on the quantities that ``actions.features.measure`` stores with every window.
Classes that boxes cannot show (sitting, falling, fighting) stay 0, and similar windows are unknown.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.classifier import unknown
from analyzer.types import ACTIONS

# Centres and widths of the steps, in body heights and seconds. Measured on clips of UP-Fall and
# GMDCSA24 at 5 samples per second with YOLOX boxes (10th to 90th percentile of windows):
# speed standing 0.00-0.12, walking 0.14-0.74; aspect standing 0.26-0.42, sitting 0.42-0.98.
# A walk is 1.4 m/s = 0.8 heights/s seen from the side, less when it is oblique.
_WALKS = (math.log(0.18), 0.20)
# Walking changes to running near 2.1 m/s = 1.2 heights/s (Alexander 1989).
_RUNS = (math.log(1.3), 0.12)
_WIDE = (0.47, 0.03)
_LIES = (1.25, 0.10)
_MOVES_LYING = (0.30, 0.05)
_SHAKES = (0.18, 0.03)
_CHANGES_ASPECT = (0.40, 0.06)
_CHANGES_HEIGHT = (0.55, 0.06)
_CUT_OFF = (0.40, 0.06)


def judge(features: dict[str, float]) -> NDArray[np.float32]:
    """Return float32 (8,) probabilities, in the order of ACTIONS, for features of ``measure``."""
    if "speed" not in features or features["face_only"]:
        return unknown()
    speed = math.hypot(features["speed"], features["depth_speed"])
    log_speed = math.log(max(speed, 1e-3))
    lies = _step(features["aspect"], _LIES)
    moves, runs = _step(log_speed, _WALKS), _step(log_speed, _RUNS)
    upright = 1 - lies
    predicted = {
        "lying": lies * (1 - _step(speed, _MOVES_LYING)),
        "standing": upright * (1 - moves) * (1 - _step(features["aspect"], _WIDE)),
        "walking": upright * moves * (1 - runs),
        "running": upright * moves * runs,
    }
    sure = 1.0
    for doubt in _doubts(features):
        sure *= 1 - doubt
    probabilities = np.zeros(len(ACTIONS))
    for label, probability in predicted.items():
        probabilities[ACTIONS.index(label)] = probability * sure
    probabilities[ACTIONS.index("unknown")] = max(1 - float(probabilities.sum()), 0.0)
    return (probabilities / probabilities.sum()).astype(np.float32)


def _doubts(features: dict[str, float]) -> tuple[float, ...]:
    """Return the strength, in [0, 1], of each reason against an answer."""
    return (
        # A runner's box swings with the stride, so jitter counts against the motion.
        _step(features["jitter"] - 0.1 * features["speed"], _SHAKES),
        _step(abs(features["aspect_change"]), _CHANGES_ASPECT),
        _step(abs(features["height_change"]), _CHANGES_HEIGHT),
        _step(features["border"], _CUT_OFF),
    )


def _step(value: float, place_and_width: tuple[float, float]) -> float:
    place, width = place_and_width
    return 1 / (1 + math.exp(-max(min((value - place) / width, 50.0), -50.0)))
