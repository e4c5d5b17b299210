"""Simulated answers of a joint network (pose estimation) about simulated people.

Errors are of the kinds that networks show on cameras: inexact places, left and right exchanged,
joints not told (more of those of people who lie), joints told at a wrong place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analyzer.joints.network import JOINTS, MIRRORED, Joints
from analyzer.lab.simulation.body import HEAD, Floats
from analyzer.types import Box

_SHOULDERS, _ELBOWS, _WRISTS = [4, 7], [5, 8], [6, 9]
_THIGHS, _KNEES, _FEET = [10, 13], [11, 14], [16, 17]
"""Points of the simulated body, left and right."""

_TO_HIP = 0.245 / 0.125
"""From the knee to the hip, over the way from the knee to the middle of the thigh."""


def joints_of(pixel: Floats, belt: float = 0.0) -> Floats:
    """Return the joints (T, 17, 2) of a body's points (T, P, 2), both in px.

    ``belt`` is how far hips are marked up the trunk, as a share of the way to the shoulders: people
    mark them where clothes show them, above the joint.
    """
    head = np.repeat(pixel[:, [HEAD]], 5, axis=1)
    knees = pixel[:, _KNEES]
    hips = knees + _TO_HIP * (pixel[:, _THIGHS] - knees)
    hips = hips + belt * (pixel[:, _SHOULDERS] - hips)
    limbs = [pixel[:, which] for which in (_SHOULDERS, _ELBOWS, _WRISTS)]
    return np.concatenate([head, *limbs, hips, knees, pixel[:, _FEET]], axis=1)


class JointNoise:
    """Random errors of a joint network: some per tracklet, others per picture."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw the quality of the view: how exact and how complete the answers are."""
        self._rng = rng
        self._answers = rng.random() > 0.1
        self._spread = float(rng.choice([0.01, 0.025, 0.05]))
        # Clothes and habits of the labels: a hip is always told a little too high, or too low.
        self._offset = rng.normal(0, 0.02, (len(JOINTS), 2))
        self._odds = rng.normal(rng.uniform(0.0, 3.0), 1.0, len(JOINTS))
        self._lying = rng.uniform(0.0, 2.5)
        self._wrong = float(rng.choice([0.0, 0.05, 0.15]))
        self._turned = float(rng.choice([0.0, 0.1, 0.3]))

    def seen(self, places: Floats, body: Box, lies: bool) -> Joints | None:
        """Return the answer for the true ``places`` (17, 2), px, of the body found in ``body``."""
        rng = self._rng
        if not self._answers or rng.random() < 0.05:
            return None
        size = max(body.w, body.h)
        odds = self._odds + rng.normal(0, 0.7, len(JOINTS)) - self._lying * lies
        inside = (
            (places[:, 0] > body.x - 0.1 * size) & (places[:, 0] < body.x2 + 0.1 * size)
            & (places[:, 1] > body.y - 0.1 * size) & (places[:, 1] < body.y2 + 0.1 * size)
        )  # fmt: skip
        told = (odds > 0) & (inside | (rng.random(len(JOINTS)) < 0.1))
        off = self._offset + rng.normal(0, self._spread, places.shape)
        found = places + off * size
        wrong = (rng.random(len(JOINTS)) < self._wrong) | ~inside
        corner, extent = np.array([body.x, body.y]), np.array([body.w, body.h])
        found[wrong] = (corner + rng.random(places.shape) * extent)[wrong]
        if rng.random() < self._turned:
            found, told = found[MIRRORED], told[MIRRORED]
        probabilities: NDArray[np.float32] = told.astype(np.float32)
        return Joints(found.astype(np.float32), probabilities, told)
