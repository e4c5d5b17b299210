"""Action probabilities per window of a track, behind one interface."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.features import measure
from analyzer.config import ActionSettings
from analyzer.tracking.merge import WINDOW_T
from analyzer.types import ACTIONS, ActionWindow, Observation

NAME = "motion-rules-1"
"""Name and version of the classifier in the record of a run."""


class ActionClassifier(Protocol):
    """Gives the windows of a tracklet their action probabilities."""

    def windows(
        self,
        observations: Sequence[Observation],
        settings: ActionSettings,
        picture: tuple[float, float] | None = None,
    ) -> tuple[ActionWindow, ...]:
        """Return the windows of ``observations`` (ordered in time), by time.

        ``picture`` is the width and height of the displayed picture in px, where known.
        """


class MotionRules:
    """Standing, walking, running and lying from the motion and shape of boxes, by soft rules.

    Each rule is a logistic step at a measured place (see the constants); probabilities sum to 1.
    What boxes cannot tell stays 0 (sitting, falling, fighting) and its look-alikes go to unknown:
    too few boxes, only a face, boxes cut off by the picture, a posture that changes in the window,
    a motionless box too wide to stand and too narrow to lie, a fast one that lies.
    """

    def windows(
        self,
        observations: Sequence[Observation],
        settings: ActionSettings,
        picture: tuple[float, float] | None = None,
    ) -> tuple[ActionWindow, ...]:
        """See ActionClassifier; windows begin at multiples of ``settings.step_s``."""
        result = []
        for begins, inside in windows_of(observations, settings.window_s, settings.step_s):
            features = measure(inside, picture) | {WINDOW_T: begins}
            covered = (inside[-1].moment.t - inside[0].moment.t) / settings.window_s
            probabilities = judge(features) if covered >= _MIN_COVERED else _unknown()
            window = ActionWindow(inside[0].moment, inside[-1].moment, probabilities, features)
            result.append(window)
        return tuple(result)


def windows_of(
    observations: Sequence[Observation], window_s: float, step_s: float
) -> Iterator[tuple[float, list[Observation]]]:
    """Yield the beginning in seconds and the observations of every window of a track.

    Windows begin at multiples of ``step_s`` from 0, so that they do not depend on where a track or
    a segment begins. A window counts where its middle lies in the track, or within half a step of
    it, and something was seen in it; one that holds the same observations as the one before (in a
    very short track) says nothing new and is left out.
    """
    if not observations:
        return
    first, last = observations[0].moment.t, observations[-1].moment.t
    k = math.ceil((first - step_s / 2 - window_s / 2) / step_s - 1e-9)
    at = np.array([o.moment.t for o in observations])
    former = (0, 0)
    while (begins := k * step_s) + window_s / 2 <= last + step_s / 2 + 1e-9:
        k += 1
        # A frame exactly at the end of a window belongs to the next; times carry rounding errors.
        a, b = np.searchsorted(at, (begins - 1e-6, begins + window_s - 1e-6))
        if b > a and (a, b) != former:
            former = (a, b)
            yield begins, list(observations[a:b])


# Places and widths of the steps, in body heights and seconds. Measured on clips of UP-Fall and
# GMDCSA24 at 5 samples a second with YOLOX boxes (10th to 90th percentile of windows):
# speed standing 0.00-0.12, walking 0.14-0.74; aspect standing 0.26-0.42, sitting 0.42-0.98.
# A walk is 1.4 m/s = 0.8 heights/s seen from the side, less when it is oblique.
_WALKS = (math.log(0.18), 0.20)
# Walking goes over into running near 2.1 m/s = 1.2 heights/s (Alexander 1989).
_RUNS = (math.log(1.3), 0.12)
_WIDE = (0.47, 0.03)
_LIES = (1.25, 0.10)
_MOVES_LYING = (0.30, 0.05)
_SHAKES = (0.18, 0.03)
_CHANGES_ASPECT = (0.40, 0.06)
_CHANGES_HEIGHT = (0.55, 0.06)
_CUT_OFF = (0.40, 0.06)
_MIN_COVERED = 0.45
"""Share of a window between its first and last observation: less than a second of two shows no
gait."""


def judge(features: dict[str, float]) -> NDArray[np.float32]:
    """Return float32 (8,) probabilities, in the order of ACTIONS, for what ``measure`` gave."""
    if "speed" not in features or features["face_only"]:
        return _unknown()
    speed = math.hypot(features["speed"], features["depth_speed"])
    log_speed = math.log(max(speed, 1e-3))
    lies = _step(features["aspect"], _LIES)
    moves, runs = _step(log_speed, _WALKS), _step(log_speed, _RUNS)
    upright = 1 - lies
    told = {
        "lying": lies * (1 - _step(speed, _MOVES_LYING)),
        "standing": upright * (1 - moves) * (1 - _step(features["aspect"], _WIDE)),
        "walking": upright * moves * (1 - runs),
        "running": upright * moves * runs,
    }
    sure = 1.0
    for doubt in _doubts(features):
        sure *= 1 - doubt
    probabilities = np.zeros(len(ACTIONS))
    for label, probability in told.items():
        probabilities[ACTIONS.index(label)] = probability * sure
    probabilities[ACTIONS.index("unknown")] = max(1 - float(probabilities.sum()), 0.0)
    return (probabilities / probabilities.sum()).astype(np.float32)


def _doubts(features: dict[str, float]) -> tuple[float, ...]:
    """Return how strongly each reason says that the boxes tell nothing."""
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


def _unknown() -> NDArray[np.float32]:
    probabilities = np.zeros(len(ACTIONS), dtype=np.float32)
    probabilities[ACTIONS.index("unknown")] = 1
    return probabilities
