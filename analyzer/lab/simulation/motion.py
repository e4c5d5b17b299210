"""Motion script of a simulated body: labelled actions with their transitions."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analyzer.lab.simulation.body import JOINTS, STANDING, Build, Floats, pose

RATE = 20.0
"""Simulation steps per second."""

_CADENCE = {"walking": (1.5, 2.1), "running": (2.4, 3.3)}
"""Range of strides, in steps per second, of walking and running (Alexander 1989)."""


@dataclass(slots=True)
class Script:
    """Poses, positions on the ground, headings and labels, step by step."""

    build: Build
    rng: np.random.Generator
    heading: float
    poses: list[Floats] = field(default_factory=list)
    ground: list[Floats] = field(default_factory=list)
    headings: list[float] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    place: Floats = field(default_factory=lambda: np.zeros(2))
    now: Floats = field(default_factory=lambda: STANDING.copy())

    def stay(self, goal: Floats, seconds: float, label: str, sway: float = 2.0) -> None:
        """Hold ``goal`` with a slow sway (degrees) of every joint."""
        for k in range(self._steps(seconds)):
            phase = k / RATE * 2 * np.pi * np.array([0.11, 0.23, 0.31])
            drift = np.sin(phase + self.rng.uniform(0, 0.2, 3)).sum() / 3
            self._add(goal + np.radians(sway) * drift * _SWAYS, 0.0, label)
        self.now = goal

    def change(self, goal: Floats, seconds: float, label: str, power: float = 0.0) -> None:
        """Move to ``goal``: smoothly, or accelerating with the given power (a fall)."""
        start = self.now.copy()
        steps = self._steps(seconds)
        for k in range(steps):
            u = (k + 1) / steps
            part = u**power if power else u * u * (3 - 2 * u)
            self._add(start + part * (goal - start), 0.0, label)
        self.now = goal

    def go(self, seconds: float, label: str, speed: float) -> None:
        """Walk or run at ``speed`` m/s with a slowly turning heading."""
        run = label == "running"
        cadence = self.rng.uniform(*_CADENCE[label])
        turn = self.rng.normal(0, 0.1 if run else 0.25)
        swing, bend = (45, 95) if run else (24 * min(speed / 1.2, 1.3), 45)
        for k in range(self._steps(seconds)):
            phase = np.pi * cadence * k / RATE
            left, right = np.sin(phase), -np.sin(phase)
            gait = pose(
                trunk=10 if run else 3,
                hip_l=swing * left + 5, hip_r=swing * right + 5,
                knee_l=8 + bend * max(np.cos(phase), 0), knee_r=8 + bend * max(-np.cos(phase), 0),
                arm_l=swing * 0.8 * right, arm_r=swing * 0.8 * left,
                elbow_l=80 if run else 15, elbow_r=80 if run else 15,
            )  # fmt: skip
            self.heading += turn / RATE
            self._add(gait, speed, label)
        self.now = STANDING.copy()

    def _add(self, posed: Floats, speed: float, label: str) -> None:
        step = speed / RATE * np.array([np.cos(self.heading), np.sin(self.heading)])
        self.place = self.place + step
        self.poses.append(posed)
        self.ground.append(self.place)
        self.headings.append(self.heading)
        self.labels.append(label)

    @staticmethod
    def _steps(seconds: float) -> int:
        return max(round(seconds * RATE), 1)


_SWAYS = np.array([1, 0.5, 0.5, 0.5, 0.5, 3, 2, 4, 3, 0.3, 0, 0.5], float)
assert len(_SWAYS) == len(JOINTS)

NOTHING = ""
"""Label of transitions, such as sitting down, getting up and lying down."""


@dataclass(frozen=True, slots=True)
class Acted:
    """A script as arrays: poses (T, 12), ground (T, 2) in m, headings (T,), labels (T,).

    ``towards`` is the direction of tilts from the heading, in radians.
    """

    poses: Floats
    ground: Floats
    headings: Floats
    labels: NDArray[np.str_]
    towards: float


def act(build: Build, rng: np.random.Generator) -> Acted:
    """Return a random script of one person, about ten seconds long."""
    towards = float(rng.choice([0.0, np.pi, np.pi / 2, -np.pi / 2]) + rng.normal(0, 0.3))
    script = Script(build, rng, float(rng.uniform(-np.pi, np.pi)))
    scene = str(rng.choice(list(_SCENES), p=_SHARES))
    _SCENES[scene](script, rng, towards)
    return Acted(
        np.array(script.poses), np.array(script.ground), np.array(script.headings),
        np.array(script.labels), towards,
    )  # fmt: skip


def _stands(s: Script, rng: np.random.Generator, _: float) -> None:
    arms = rng.uniform(0, 90, 4) * rng.integers(0, 2, 4)
    idle = pose(
        arm_l=arms[0], arm_r=arms[1], elbow_l=arms[2], elbow_r=arms[3], spread=rng.uniform(0, 10)
    )
    s.stay(idle, rng.uniform(3, 8), "standing", rng.uniform(1, 5))
    s.heading += rng.uniform(-1, 1) * rng.integers(0, 2)
    s.stay(idle, rng.uniform(1, 4), "standing", rng.uniform(1, 5))


def _bends(s: Script, rng: np.random.Generator, _: float) -> None:
    s.stay(STANDING, rng.uniform(1, 4), "standing")
    for _i in range(rng.integers(1, 4)):
        deep = pose(
            trunk=rng.uniform(50, 100), hip_l=(k := rng.uniform(0, 100)), hip_r=k,
            knee_l=1.3 * k, knee_r=1.3 * k, arm_l=80, arm_r=80, spread=rng.uniform(0, 30),
        )  # fmt: skip
        s.change(deep, rng.uniform(0.6, 1.5), "standing")
        s.stay(deep, rng.uniform(0.1, 1.0), "standing")
        s.change(STANDING, rng.uniform(0.6, 1.5), "standing")
        s.stay(STANDING, rng.uniform(0.3, 2), "standing")


def _jumps(s: Script, rng: np.random.Generator, _: float) -> None:
    crouch = pose(trunk=20, hip_l=45, hip_r=45, knee_l=80, knee_r=80)
    for _i in range(rng.integers(3, 10)):
        s.change(crouch, 0.3, "standing")
        s.change(pose(arm_l=60, arm_r=60, lift=rng.uniform(0.1, 0.4)), 0.2, "standing")
        s.change(STANDING, 0.2, "standing")


def _walks(s: Script, rng: np.random.Generator, _: float) -> None:
    if rng.random() < 0.4:
        s.stay(STANDING, rng.uniform(0.5, 3), "standing")
    s.go(rng.uniform(4, 9), "walking", rng.uniform(0.6, 1.8))
    if rng.random() < 0.4:
        s.heading += np.pi * rng.integers(0, 2)
        s.go(rng.uniform(3, 6), "walking", rng.uniform(0.6, 1.8))
    if rng.random() < 0.4:
        s.stay(STANDING, rng.uniform(1, 3), "standing")


def _runs(s: Script, rng: np.random.Generator, _: float) -> None:
    if rng.random() < 0.3:
        crouch = pose(trunk=80, hip_l=80, hip_r=110, knee_l=100, knee_r=130, arm_l=90, arm_r=90)
        s.stay(crouch, rng.uniform(1, 4), NOTHING)
        s.change(STANDING, 0.5, NOTHING)
    elif rng.random() < 0.4:
        s.go(rng.uniform(1, 3), "walking", rng.uniform(0.8, 1.6))
    s.go(rng.uniform(3, 7), "running", rng.uniform(2.3, 8))


def _seat(rng: np.random.Generator) -> Floats:
    """Return a random sitting pose: on a chair, a bed or the ground."""
    hip = rng.uniform(55, 105)
    lap = {"arm_l": rng.uniform(10, 80), "arm_r": rng.uniform(10, 80)}
    lap["spread"] = rng.uniform(0, 40)
    if rng.random() < 0.15:
        knee = rng.uniform(0, 120)
        return pose(
            trunk=rng.uniform(-15, 30), hip_l=hip, hip_r=hip, knee_l=knee, knee_r=knee, **lap
        )
    return pose(
        trunk=rng.uniform(-15, 25), hip_l=hip, hip_r=hip + rng.normal(0, 5),
        knee_l=hip + rng.uniform(-25, 20), knee_r=hip + rng.uniform(-25, 20),
        elbow_l=rng.uniform(0, 90), elbow_r=rng.uniform(0, 90), **lap,
    )  # fmt: skip


def _sits(s: Script, rng: np.random.Generator, _: float) -> None:
    seat = _seat(rng)
    if rng.random() < 0.4:
        s.stay(STANDING, rng.uniform(0.5, 2.5), "standing")
        s.change(seat, rng.uniform(0.9, 2.2), NOTHING)
    s.stay(seat, rng.uniform(4, 9), "sitting", rng.uniform(0, 5))
    if rng.random() < 0.3:
        bent = seat + pose(trunk=rng.uniform(20, 60), arm_l=60, arm_r=40)
        s.change(bent, rng.uniform(0.5, 1.2), "sitting")
        s.change(seat, rng.uniform(0.5, 1.2), "sitting")
    if rng.random() < 0.3:
        s.change(STANDING, rng.uniform(0.8, 2), NOTHING)
        s.stay(STANDING, rng.uniform(1, 2.5), "standing")


def _flat(rng: np.random.Generator) -> Floats:
    bent = rng.uniform(0, 100) * (rng.random() < 0.4)
    return pose(
        tilt=rng.normal(90, 6), hip_l=bent * 0.6, hip_r=bent * rng.uniform(0, 0.6), knee_l=bent,
        knee_r=bent * rng.uniform(0, 1), arm_l=rng.uniform(0, 150), arm_r=rng.uniform(0, 150),
        spread=rng.uniform(0, 20),
    )  # fmt: skip


def _lies(s: Script, rng: np.random.Generator, _: float) -> None:
    flat = _flat(rng)
    if rng.random() < 0.3:
        s.stay(STANDING, rng.uniform(0.5, 2), "standing")
        s.change(_seat(rng), rng.uniform(1, 2), NOTHING)
        s.change(flat, rng.uniform(1.2, 3), NOTHING)
    s.stay(flat, rng.uniform(4, 10), "lying", rng.uniform(0, 3))
    if rng.random() < 0.2:
        s.change(_seat(rng), rng.uniform(1, 2.5), NOTHING)


def _falls(s: Script, rng: np.random.Generator, _: float) -> None:
    before = rng.random()
    if before < 0.25:
        s.go(rng.uniform(1.5, 4), "walking", rng.uniform(0.6, 1.6))
    elif before < 0.45:
        seat = _seat(rng)
        s.stay(seat, rng.uniform(1.5, 4), "sitting")
    else:
        s.stay(STANDING, rng.uniform(1.5, 4), "standing", rng.uniform(1, 4))
    flat = _flat(rng)
    if rng.random() < 0.5:
        # The knees buckle first.
        sunk = pose(
            trunk=rng.uniform(-20, 50), hip_l=(k := rng.uniform(40, 110)), hip_r=k,
            knee_l=1.2 * k, knee_r=1.2 * k, tilt=rng.uniform(0, 35), arm_l=60, arm_r=60,
        )  # fmt: skip
        s.change(sunk, rng.uniform(0.3, 0.8), "falling", 1.6)
        s.change(flat, rng.uniform(0.3, 0.9), "falling", 1.4)
    else:
        s.change(flat, rng.uniform(0.6, 1.3), "falling", 2.0)
    s.stay(flat, rng.uniform(3, 7), "lying", rng.uniform(0, 3))


_SCENES = {
    "stands": _stands, "bends": _bends, "jumps": _jumps, "walks": _walks, "runs": _runs,
    "sits": _sits, "lies": _lies, "falls": _falls,
}  # fmt: skip
_SHARES = (0.14, 0.08, 0.03, 0.16, 0.11, 0.17, 0.12, 0.19)
