"""Camera model: people placed into the room, then lens, sensor, noise and the clock."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from composer.room import HEIGHT, WIDTH, Backdrop, Room, light_at
from composer.walker import Figure, Pose, Walker, draw_figure

Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """How the camera sees and what the recorder burns in.

    ``noise`` is a standard deviation in grey levels; ``infrared`` gives a grey night picture lit
    from the camera.
    """

    camera: str
    start: datetime
    noise: float
    infrared: bool = False


@dataclass(frozen=True, slots=True)
class Presence:
    """One person on one frame.

    ``pixels`` drawn, share of the face box that is in the picture and not hidden, the face's width
    in px, and whether the person stands rather than walks.
    """

    name: str
    pixels: int
    face_share: float
    face_px: float
    standing: bool


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A room, its drawing, the people and the camera."""

    room: Room
    backdrop: Backdrop
    walkers: tuple[Walker, ...]
    look: Look
    seed: int


def expose(scene: Scene, t: float, number: int) -> tuple[NDArray[np.uint8], tuple[Presence, ...]]:
    """Return frame ``number`` at ``t`` seconds, uint8 BGR (360, 640, 3), and who is on it."""
    picture = scene.backdrop.picture.copy()
    there = [(walker, pose) for walker in scene.walkers if (pose := walker.pose(t)) is not None]
    there.sort(key=lambda pair: -pair[1].z)
    presences = tuple(_add_person(scene, picture, walker, pose) for walker, pose in there)
    raw = _sensor(scene, picture, t, number)
    return _burn_in(raw, scene.look, t), presences


def _add_person(scene: Scene, picture: Array, walker: Walker, pose: Pose) -> Presence:
    """Draw one person into ``picture``, hidden by walls that are nearer."""
    room = scene.room
    figure = draw_figure(walker.cutout, pose)
    bgr, alpha, face = _onto_picture(room, figure, pose)
    alpha = alpha * (scene.backdrop.depth >= pose.z)
    bgr = bgr * (scene.backdrop.depth >= pose.z)[..., None]
    _shadow(room, picture, scene.backdrop, pose)
    light = float(light_at(room, pose.x, 1.5, pose.z))
    # The photographs are more colourful than a cheap camera ever is: a third of it goes to grey.
    bgr = np.float32(0.7) * bgr + np.float32(0.3) * bgr.mean(axis=2, keepdims=True)
    picture *= 1 - alpha[..., None]
    picture += bgr * np.float32(min(0.45 + 0.5 * light, 1.15)) + 0.02 * alpha[..., None]
    return _presence(walker.cutout.photo.name, alpha, face, pose)


def _onto_picture(room: Room, figure: Figure, pose: Pose) -> tuple[Array, Array, Array]:
    """Return bgr, alpha and face corners of ``figure`` at the place of ``pose``, with its sway."""
    scale = room.focal / (pose.z * figure.px_per_metre)
    shrink = 1.0
    bgr, alpha = figure.bgr, figure.alpha
    while scale / shrink < 0.6:
        # warpAffine takes four neighbours only; halving first keeps far people free of jaggies.
        bgr, alpha, shrink = cv2.pyrDown(bgr), cv2.pyrDown(alpha), shrink / 2
    step = 2 * math.pi * pose.stride
    sway = 0.022 * math.sin(step) * pose.effort + 0.006 * math.sin(0.9 * step + pose.head)
    rise = 0.022 * abs(math.cos(step)) * pose.effort
    tilt = math.radians(0.8 * math.sin(step) * pose.effort + 0.15 * pose.head)
    foot = room.project(pose.x + sway, rise, pose.z)
    turn = scale * np.array([[math.cos(tilt), -math.sin(tilt)], [math.sin(tilt), math.cos(tilt)]])
    shift = np.array(foot) - turn @ np.array(figure.foot)
    matrix = np.column_stack((turn / shrink, shift))
    size = (WIDTH, HEIGHT)
    face = figure.face @ turn.T + shift
    return (
        np.asarray(cv2.warpAffine(bgr, matrix, size), np.float32),
        np.asarray(cv2.warpAffine(alpha, matrix, size), np.float32),
        face.astype(np.float32),
    )


def _shadow(room: Room, picture: Array, backdrop: Backdrop, pose: Pose) -> None:
    """Darken the floor under the feet."""
    x, y = room.project(pose.x, 0.0, pose.z)
    scale = room.focal / pose.z
    patch = np.zeros(picture.shape[:2], np.float32)
    axes = (round(0.36 * scale), max(2, round(0.36 * scale * room.eye / pose.z * 0.6)))
    cv2.ellipse(patch, (round(x), round(y)), axes, 0, 0, 360, 0.5, -1)
    patch = np.asarray(cv2.GaussianBlur(patch, (0, 0), max(1.0, 0.07 * scale)), np.float32)
    patch[backdrop.depth < pose.z - 0.8] = 0
    picture *= 1 - patch[..., None]


def _presence(name: str, alpha: Array, face: Array, pose: Pose) -> Presence:
    """Measure what of a person can be seen."""
    x0, y0 = face.min(axis=0)
    x1, y1 = face.max(axis=0)
    columns = slice(max(0, round(float(x0))), max(0, round(float(x1))))
    rows = slice(max(0, round(float(y0))), max(0, round(float(y1))))
    area = max(1.0, float((x1 - x0) * (y1 - y0)))
    drawn = float((alpha[rows, columns] > 0.5).sum())
    width = float(np.linalg.norm(face[1] - face[0]))
    return Presence(
        name, int((alpha > 0.5).sum()), min(1.0, drawn / area), width, pose.effort < 0.3
    )


def _sensor(scene: Scene, picture: Array, t: float, number: int) -> NDArray[np.uint8]:
    """Return what the chip makes of the light: blur, flicker, noise and the camera's sharpening."""
    rng = np.random.default_rng((scene.seed, number))
    flicker = 1 + 0.012 * math.sin(2.1 * t) + 0.006 * rng.normal()
    seen = cv2.GaussianBlur(picture, (0, 0), 0.7) * np.float32(flicker)
    if scene.look.infrared:
        seen = _infrared(np.asarray(seen, np.float32))
    seen = seen + 0.5 * (seen - cv2.GaussianBlur(seen, (0, 0), 1.6))
    grain = rng.normal(0, scene.look.noise / 255, seen.shape[:2]).astype(np.float32)
    noisy = seen + grain[..., None]
    if not scene.look.infrared:
        blotch = rng.normal(0, scene.look.noise / 255, (HEIGHT // 4, WIDTH // 4, 3))
        noisy = noisy + 0.6 * cv2.resize(blotch.astype(np.float32), (WIDTH, HEIGHT))
    return np.asarray(np.clip(noisy * 255, 0, 255).round(), np.uint8)


def _infrared(picture: Array) -> Array:
    """Return a grey picture lit by a lamp ring at the lens: bright middle, dark corners."""
    grey = picture @ np.float32((0.15, 0.35, 0.5))
    rows, columns = np.indices(grey.shape, dtype=np.float32)
    away = ((columns - WIDTH / 2) / WIDTH) ** 2 + ((rows - HEIGHT * 0.45) / HEIGHT) ** 2
    lit = 0.06 + 1.15 * grey * np.exp(-2.2 * away)
    return np.repeat(lit[..., None], 3, axis=2).astype(np.float32)


def _burn_in(picture: NDArray[np.uint8], look: Look, t: float) -> NDArray[np.uint8]:
    """Write date, time and camera name as a recorder does; the clock steps once a second."""
    now = look.start + timedelta(seconds=int(t + 1e-6))
    for text, at in (
        (now.strftime("%Y-%m-%d %H:%M:%S"), (10, 20)),
        (look.camera, (10, HEIGHT - 10)),
    ):
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 3, cv2.LINE_AA)
        cv2.putText(
            picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, 0.5, (245, 245, 245), 1, cv2.LINE_AA
        )
    return picture
