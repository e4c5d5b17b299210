"""Simulated people in front of random cameras, as a detector and a tracker show them.

Real labelled clips show four people in four rooms. A simulation covers every camera height, lens
and direction of a fall, but no clothes and no furniture except a line that hides legs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyzer.joints.network import Joints
from analyzer.lab.simulation.body import HEAD, Build, Floats, points
from analyzer.lab.simulation.joints import JointNoise, joints_of
from analyzer.lab.simulation.motion import RATE, Acted, act
from analyzer.types import Box, Detection, Moment, Observation

FPS = 5.0

BELT = (0.0, 0.2)
"""How far up the trunk hips are marked, see ``joints_of``."""

JOINTS_EVERY = 2
"""Every how many samples the joint network is asked."""

_LEAST_PX = 30.0
_LEAST_VISIBLE = 0.35
"""Least visible share of a body for a detection."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera: ``height`` in m, ``tilt`` down and ``roll`` in radians, ``focal`` in px."""

    height: float
    tilt: float
    roll: float
    focal: float
    picture: tuple[float, float]

    def project(self, placed: Floats) -> tuple[Floats, Floats]:
        """Return pixels (T, P, 2) and depths (T, P) of points (T, P, 3); it looks along x."""
        x, y, z = placed[..., 0], placed[..., 1], placed[..., 2] - self.height
        c, s = np.cos(self.tilt), np.sin(self.tilt)
        depth, up = x * c - z * s, x * s + z * c
        depth = np.maximum(depth, 0.3)
        across, down = -y / depth * self.focal, -up / depth * self.focal
        c, s = np.cos(self.roll), np.sin(self.roll)
        pixel = np.stack([across * c - down * s, across * s + down * c], axis=-1)
        return pixel + np.array(self.picture) / 2, depth


@dataclass(frozen=True, slots=True, eq=False)
class Simulated:
    """One simulated tracklet: observations at FPS, each with its true label.

    ``flow`` (T, 9) is the simulated optical flow, in px per second; ``joints`` what a joint
    network answers, None where it was not asked or sees nobody.
    """

    observations: tuple[Observation, ...]
    labels: tuple[str, ...]
    flow: NDArray[np.float32]
    joints: tuple[Joints | None, ...]
    picture: tuple[float, float]


def simulate(count: int, seed: int) -> Iterator[Simulated]:
    """Yield ``count`` simulated tracklets."""
    rng = np.random.default_rng(seed)
    made = 0
    while made < count:
        build = Build(rng.uniform(1.45, 1.95), rng.uniform(0.85, 1.35))
        found = _filmed(act(build, rng), build, rng)
        if found is not None:
            made += 1
            yield found


def _camera(rng: np.random.Generator) -> tuple[Camera, float]:
    """Return a random camera and its distance to the middle of the scene."""
    height = float(rng.choice([rng.uniform(0.7, 1.8), rng.uniform(1.8, 5.0)]))
    distance = float(np.exp(rng.uniform(np.log(2.2), np.log(18.0))))
    distance = max(distance, 0.8 * height)
    picture = (640.0, float(rng.choice([480.0, 360.0])))
    focal = picture[1] / 2 / np.tan(np.radians(rng.uniform(28, 65)) / 2)
    aimed = np.arctan2(height - rng.uniform(0.4, 1.3), distance) + rng.normal(0, 0.07)
    return Camera(height, float(aimed), float(rng.normal(0, 0.03)), focal, picture), distance


def _filmed(acted: Acted, build: Build, rng: np.random.Generator) -> Simulated | None:
    body, radii = points(acted.poses, build, acted.headings, acted.towards)
    camera, distance = _camera(rng)
    middle = acted.ground[rng.integers(len(acted.ground))]
    offset = np.array([distance, rng.normal(0, 0.18) * distance])
    body[..., :2] += (acted.ground - middle + offset)[:, None, :]
    if body[..., 0].min() < 0.6:
        return None
    pixel, depth = camera.project(body)
    size = radii * camera.focal / depth
    every = int(RATE / FPS)
    boxes = _boxes(pixel, size)
    flow = _flow(pixel, boxes)
    return _seen(acted, camera, boxes[::every], pixel[::every], size[::every], flow[::every], rng)


def _boxes(pixel: Floats, size: Floats) -> Floats:
    low = (pixel - size[..., None]).min(1)
    high = (pixel + size[..., None]).max(1)
    return np.concatenate([low, high], axis=1)


def _flow(pixel: Floats, boxes: Floats) -> NDArray[np.float32]:
    """Return (T, 9): mean motion of the points over 0.2 s, by thirds of the box from the top."""
    every = int(RATE / FPS)
    moved = np.zeros_like(pixel)
    moved[every:] = (pixel[every:] - pixel[:-every]) * FPS
    length = np.hypot(moved[..., 0], moved[..., 1])
    at = (pixel[..., 1] - boxes[:, None, 1]) / (boxes[:, 3] - boxes[:, 1])[:, None]
    thirds = []
    for k in range(3):
        inside = (at >= k / 3) & (at < (k + 1) / 3)
        count = np.maximum(inside.sum(1), 1)
        thirds.append((length * inside).sum(1) / count)
    jerk = np.zeros(len(pixel))
    change = np.abs(moved[every:] - moved[:-every]).sum(2).mean(1)
    jerk[every:] = change
    whole = length.mean(1)
    columns = [whole, np.abs(moved[..., 0].mean(1)), moved[..., 1].mean(1), *thirds, whole * 0.5,
               length.max(1), jerk]  # fmt: skip
    return np.stack(columns, axis=1).astype(np.float32)


def _seen(
    acted: Acted, camera: Camera, boxes: Floats, pixel: Floats, size: Floats,
    flow: NDArray[np.float32], rng: np.random.Generator,
) -> Simulated | None:  # fmt: skip
    """Return the simulated detections of the body, or None if there are too few."""
    every = int(RATE / FPS)
    labels = acted.labels[::every]
    noise, of_joints = _Noise(rng, camera), JointNoise(rng)
    joints = joints_of(pixel, rng.uniform(*BELT))
    observations: list[Observation] = []
    answers: list[Joints | None] = []
    kept: list[int] = []
    for k, box in enumerate(boxes):
        lies = bool(acted.poses[k * every, 9] > 1.0)
        seen = noise.box(box, lies)
        if seen is None:
            continue
        face = noise.face(pixel[k, HEAD], size[k, HEAD], acted.headings[k * every], seen)
        moment = Moment(k, k / FPS)
        body = Detection(seen, 0.8, "person")
        observations.append(Observation(moment, face, body, "detected"))
        kept.append(k)
        asked = k % JOINTS_EVERY == 0
        answers.append(of_joints.seen(joints[k], seen, lies) if asked else None)
    if len(kept) < 5:
        return None
    scale = noise.flow * rng.lognormal(0, 0.2, (len(kept), flow.shape[1]))
    quiet = rng.exponential(1.0, (len(kept), flow.shape[1]))
    measured = (flow[kept] * scale + quiet).astype(np.float32)
    told = tuple(str(label) for label in labels[kept])
    return Simulated(tuple(observations), told, measured, tuple(answers), camera.picture)


class _Noise:
    """Random errors of a detector: some per tracklet, others per sample."""

    def __init__(self, rng: np.random.Generator, camera: Camera) -> None:
        self._rng = rng
        self._picture = camera.picture
        self._bias = rng.normal(0, (0.10, 0.05))
        self._jitter = float(rng.choice([0.01, 0.02, 0.05]))
        self._missing = float(rng.choice([0.0, 0.05, 0.25]))
        self._missing_lying = float(rng.choice([0.0, 0.1, 0.5]))
        self._faces = float(rng.choice([0.0, 0.6, 1.0]))
        self._face_size = rng.uniform(0.85, 1.25)
        # Furniture hides legs: nothing below a line of the picture is visible.
        self._hidden = rng.uniform(0.1, 0.35) if rng.random() < 0.12 else 0.0
        self._line: float | None = None
        self.flow = rng.uniform(0.25, 0.9)

    def box(self, box: Floats, lies: bool) -> Box | None:
        """Return the detected box of the true corners (x1, y1, x2, y2), or None if missed."""
        rng = self._rng
        if rng.random() < (self._missing_lying if lies else self._missing):
            return None
        w, h = box[2] - box[0], box[3] - box[1]
        if self._line is None:
            self._line = box[3] - self._hidden * h if self._hidden else np.inf
        wide, high = np.exp(self._bias + rng.normal(0, self._jitter, 2))
        x = (box[0] + box[2]) / 2 + rng.normal(0, self._jitter) * w
        y = (box[1] + box[3]) / 2 + rng.normal(0, self._jitter) * h
        whole = Box(x - wide * w / 2, y - high * h / 2, wide * w, high * h)
        cut = Box(*_clipped(whole, self._picture, self._line))
        big = max(cut.w, cut.h) >= _LEAST_PX and min(cut.w, cut.h) >= 4
        return cut if big and cut.area >= _LEAST_VISIBLE * whole.area else None

    def face(self, at: Floats, radius: float, heading: float, body: Box) -> Detection | None:
        """Return the face if it looks to the camera, which is at -x, and is large enough."""
        rng = self._rng
        if np.cos(heading) > -0.3 or radius < 9 or rng.random() > self._faces:
            return None
        h = 1.9 * radius * self._face_size * rng.lognormal(0, 0.05)
        box = Box(at[0] - 0.4 * h, at[1] - 0.5 * h, 0.8 * h, h)
        inside = body.x <= at[0] <= body.x2 and body.y <= at[1] <= body.y2
        return Detection(box, 0.9, "face") if inside else None


def _clipped(box: Box, picture: tuple[float, float], line: float) -> tuple[float, ...]:
    seen = box.clipped(picture[0], min(picture[1], max(line, 0.0)))
    return seen.x, seen.y, seen.w, seen.h
