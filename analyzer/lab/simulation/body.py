"""Articulated body model in metres: stands, walks, runs, sits, lies, falls, bends, jumps.

Segment lengths are shares of stature (Drillis and Contini 1966, as in Winter, Biomechanics and
Motor Control of Human Movement). Joints rotate in the sagittal plane, thighs also outwards; falling
and lying are a tilt of the whole body in any direction. The lowest point always touches the ground,
so a sitting pelvis is at the height of the shanks without a simulated chair.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

JOINTS = (
    "trunk", "hip_l", "hip_r", "knee_l", "knee_r", "arm_l", "arm_r", "elbow_l", "elbow_r", "tilt",
    "lift", "spread",
)  # fmt: skip
"""Columns of a pose: joint angles in radians (flexion positive, of the trunk to the front), the
tilt of the whole body, its height off the ground in metres, and the angle by which each thigh
points outwards."""

STANDING = np.zeros(len(JOINTS))

HEAD = 3
"""Index of the head in the result of ``points``."""


def pose(**angles: float) -> Floats:
    """Return the pose (12,) in radians of angles in degrees (``lift`` in metres); others are 0."""
    values = {name: v if name == "lift" else np.radians(v) for name, v in angles.items()}
    return np.array([values.get(name, 0.0) for name in JOINTS])


@dataclass(frozen=True, slots=True)
class Build:
    """Size of a body: ``stature`` in metres, ``girth`` as a factor of usual thickness."""

    stature: float
    girth: float


def points(poses: Floats, build: Build, heading: Floats, towards: float) -> tuple[Floats, Floats]:
    """Return points (T, P, 3) in metres about the feet, z up, and their radii (P,).

    ``poses`` (T, 12), ``heading`` (T,) radians about z; ``towards`` is the direction of a tilt, in
    radians from the heading.
    """
    limbs, radii = _chain(poses, build)
    turned = _tilted(limbs, poses[:, JOINTS.index("tilt")], towards)
    feet = turned[:, -2:].mean(1)
    turned[..., :2] -= feet[:, None, :2]
    lowest = (turned[..., 2] - radii).min(1)
    turned[..., 2] += (poses[:, JOINTS.index("lift")] - lowest)[:, None]
    c, s = np.cos(heading)[:, None], np.sin(heading)[:, None]
    x, y = turned[..., 0] * c - turned[..., 1] * s, turned[..., 0] * s + turned[..., 1] * c
    return np.stack([x, y, turned[..., 2]], axis=2), radii


def _chain(poses: Floats, build: Build) -> tuple[Floats, Floats]:
    """Return the points with the pelvis at the origin, facing x, and their radii."""
    angle = {name: poses[:, i] for i, name in enumerate(JOINTS)}
    h = build.stature
    up = _direction(angle["trunk"])
    made: list[Floats] = [k * h * up for k in (0.0, 0.16, 0.30)]
    radii = [0.075, 0.08, 0.075]
    made.append(0.41 * h * up)
    radii.append(0.055)
    for side, name in ((1, "l"), (-1, "r")):
        shoulder = 0.29 * h * up + np.array([0, side * 0.12 * h, 0])
        arm = _direction(angle["trunk"] + np.pi - angle[f"arm_{name}"])
        fore = _direction(angle["trunk"] + np.pi - angle[f"arm_{name}"] - angle[f"elbow_{name}"])
        elbow = shoulder + 0.186 * h * arm
        made += [shoulder, elbow, elbow + 0.2 * h * fore]
        radii += [0.04, 0.03, 0.025]
    feet = []
    for side, name in ((1, "l"), (-1, "r")):
        hip = np.array([0, side * 0.05 * h, 0]) + 0.0 * up
        outwards = side * np.tan(angle["spread"])
        thigh = _aside(_direction(np.pi - angle[f"hip_{name}"]), outwards)
        # The shank of a straight leg goes on outwards; that of somebody who sits hangs down.
        shank = _aside(
            _direction(np.pi - angle[f"hip_{name}"] + angle[f"knee_{name}"]),
            outwards * np.maximum(np.cos(angle[f"hip_{name}"]), 0),
        )
        knee = hip + 0.245 * h * thigh
        made += [hip + 0.12 * h * thigh, knee, knee + 0.12 * h * shank]
        radii += [0.05, 0.04, 0.03]
        feet.append(knee + 0.246 * h * shank)
    radii += [0.025, 0.025]
    return np.stack([*made, *feet], axis=1), np.array(radii) * h * build.girth


def _direction(angle: Floats) -> Floats:
    """Return unit vectors (T, 3) at ``angle`` from upwards to the front."""
    return np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)


def _aside(directions: Floats, outwards: Floats) -> Floats:
    """Return unit vectors (T, 3) that also point aside, by ``outwards`` (T,) of their length."""
    wide = directions + outwards[:, None] * np.array([0.0, 1.0, 0.0])
    return np.asarray(wide / np.linalg.norm(wide, axis=1, keepdims=True))


def _tilted(limbs: Floats, tilt: Floats, towards: float) -> Floats:
    """Return the points rotated by ``tilt`` (T,) in the direction ``towards``."""
    axis = np.array([-np.sin(towards), np.cos(towards), 0.0])
    c, s = np.cos(tilt)[:, None, None], np.sin(tilt)[:, None, None]
    along = (limbs @ axis)[..., None] * axis
    return np.asarray(limbs * c + np.cross(axis, limbs) * s + along * (1 - c))
