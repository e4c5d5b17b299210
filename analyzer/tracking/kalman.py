"""Kalman filter of a box (Bewley et al. 2016): constant velocity, irregular time steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.types import Box, Kind

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Noise:
    """Standard deviations for x, y, log w, log h: in box heights, and in log units for the size.

    ``measured`` is that of one detection; ``drift`` that of the velocity after one second without
    a detection; ``speed`` that of the velocity of a new track.
    """

    measured: tuple[float, float, float, float]
    drift: tuple[float, float, float, float]
    speed: tuple[float, float, float, float]


# A person is about 7.5 faces high, so the same walk is 7.5 times faster in face heights than in
# body heights; 4 face heights a second is 0.9 m/s. Vertical body jitter is the largest: legs come
# and go behind cars and desks.
NOISE: dict[Kind, Noise] = {
    "person": Noise((0.04, 0.06, 0.10, 0.08), (0.5, 0.4, 0.3, 0.3), (0.7, 0.4, 0.3, 0.3)),
    "face": Noise((0.10, 0.10, 0.10, 0.10), (3.0, 2.0, 0.4, 0.4), (4.0, 2.5, 0.4, 0.4)),
}


class BoxMotion:
    """A Kalman filter over centre, log width and log height, and their velocities.

    With a constant-velocity model and diagonal noise the eight-state filter of SORT (Bewley et al.
    2016) separates into four filters of two states. They are kept here as vectors: ``value``,
    ``speed`` and the three distinct entries of the covariance. Process noise is continuous white
    acceleration, so one step of 0.4 s equals two of 0.2 s: CCTV frames come at irregular times.
    """

    def __init__(self, box: Box, kind: Kind, t: float, speed: tuple[float, float] | None) -> None:
        """Start at ``box`` at ``t`` seconds; ``speed`` px/s of the centre where it is known."""
        self._noise = NOISE[kind]
        self._t = t
        self._value = _state(box)
        self._speed = np.zeros(4)
        prior = self._in_pixels(self._noise.speed)
        if speed is not None:
            self._speed[:2] = speed
            prior[:2] *= 0.5
        self._vv = self._in_pixels(self._noise.measured) ** 2
        self._vs = np.zeros(4)
        self._ss = prior**2

    def predict(self, t: float) -> None:
        """Predict the state at ``t`` seconds."""
        dt, self._t = t - self._t, t
        drift = self._in_pixels(self._noise.drift) ** 2
        self._value = self._value + self._speed * dt
        self._vv = self._vv + 2 * dt * self._vs + dt * dt * self._ss + drift * dt**3 / 3
        self._vs = self._vs + dt * self._ss + drift * dt**2 / 2
        self._ss = self._ss + drift * dt

    def update(self, box: Box) -> None:
        """Update the state with a detection at the moment of the last ``predict``."""
        innovation = _state(box) - self._value
        total = self._vv + self._in_pixels(self._noise.measured) ** 2
        gain_value, gain_speed = self._vv / total, self._vs / total
        self._value = self._value + gain_value * innovation
        self._speed = self._speed + gain_speed * innovation
        self._ss = self._ss - gain_speed * self._vs
        self._vs = (1 - gain_value) * self._vs
        self._vv = (1 - gain_value) * self._vv

    def reset(self, box: Box, t: float) -> None:
        """Reset the state to ``box`` at ``t`` seconds, with velocity 0."""
        self._t = t
        self._value = _state(box)
        self._speed = np.zeros(4)
        self._vv = self._in_pixels(self._noise.measured) ** 2
        self._vs = np.zeros(4)
        self._ss = self._in_pixels(self._noise.speed) ** 2

    @property
    def box(self) -> Box:
        """The estimated box at the moment of the last step."""
        w, h = float(np.exp(self._value[2])), float(np.exp(self._value[3]))
        return Box(float(self._value[0]) - w / 2, float(self._value[1]) - h / 2, w, h)

    @property
    def speed(self) -> tuple[float, float]:
        """Velocity of the centre in px/s."""
        return float(self._speed[0]), float(self._speed[1])

    @property
    def spread(self) -> tuple[float, float]:
        """Standard deviation in px of the centre of the next detection, across and down."""
        total = self._vv + self._in_pixels(self._noise.measured) ** 2
        return float(np.sqrt(total[0])), float(np.sqrt(total[1]))

    def _in_pixels(self, heights: tuple[float, float, float, float]) -> Vector:
        h = float(np.exp(self._value[3]))
        return np.array((heights[0] * h, heights[1] * h, heights[2], heights[3]))


def _state(box: Box) -> Vector:
    x, y = box.centre
    return np.array((x, y, np.log(max(box.w, 1.0)), np.log(max(box.h, 1.0))))
