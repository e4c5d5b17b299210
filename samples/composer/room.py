"""Ray-cast empty room: a box with doors, tiles and lamps, one ray per pixel.

Metres: X to the right, Y up from the floor, Z away from the camera, which stands at X = 0, Z = 0,
``eye`` above the floor, and looks along Z. The horizon is the picture row ``horizon``.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Tone = tuple[float, float, float]

WIDTH, HEIGHT = 640, 360
# Rays per pixel along each axis: two still shimmered on the far tile joints, three did not.
OVERSAMPLE = 3


@dataclass(frozen=True, slots=True)
class Door:
    """A door on the left (-1) or right (+1) wall from ``z0`` to ``z1``.

    An open one can be walked through; a person who is behind the wall is hidden by it.
    """

    side: int
    z0: float
    z1: float
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """Size in metres, colours (BGR, 0..1) and fittings of a room and the camera in it."""

    half_width: float
    depth: float
    ceiling: float
    eye: float
    focal: float
    horizon: float
    wall: Tone
    skirt: Tone
    floor: Tone
    tile: float
    doors: tuple[Door, ...]
    lamps: tuple[tuple[float, float], ...]
    ambient: float
    seed: int

    def project(self, x: float, y: float, z: float) -> tuple[float, float]:
        """Return the picture position (px) of a point in metres."""
        return WIDTH / 2 + self.focal * x / z, self.horizon + self.focal * (self.eye - y) / z


@dataclass(frozen=True, slots=True, eq=False)
class Backdrop:
    """A drawn room: ``picture`` float32 (H, W, 3) BGR in 0..1, ``depth`` float32 (H, W) metres."""

    picture: Array
    depth: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Hits:
    """Where the rays end: position in metres and which surface it is, all (rows, columns)."""

    x: Array
    y: Array
    z: Array
    side: NDArray[np.bool_]
    floor: NDArray[np.bool_]
    top: NDArray[np.bool_]
    recess: NDArray[np.bool_]


def draw_room(room: Room) -> Backdrop:
    """Return the empty room as the camera sees it, before lens and sensor."""
    hits, up, across = _cast(room)
    colour = _paint(room, hits)
    light = _light(room, hits)[..., None]
    picture = np.clip(colour * light + _reflections(room, hits, across, up)[..., None], 0, 1)
    lamps = _lamp_panels(room, hits)[..., None]
    picture = picture * (1 - lamps) + lamps * np.float32(0.97)
    small = cv2.resize(picture.astype(np.float32), (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    middle = OVERSAMPLE // 2
    return Backdrop(small.astype(np.float32), hits.z[middle::OVERSAMPLE, middle::OVERSAMPLE].copy())


def _cast(room: Room) -> tuple[_Hits, Array, Array]:
    """Return the hits and the ray slopes (up, across) a metre of Z."""
    rows = (np.arange(HEIGHT * OVERSAMPLE, dtype=np.float32) + 0.5) / OVERSAMPLE
    columns = (np.arange(WIDTH * OVERSAMPLE, dtype=np.float32) + 0.5) / OVERSAMPLE
    across, up = np.meshgrid((columns - WIDTH / 2) / room.focal, (room.horizon - rows) / room.focal)
    with np.errstate(divide="ignore"):
        z_side = room.half_width / np.abs(across)
        z_flat = np.where(up < 0, -room.eye / up, (room.ceiling - room.eye) / up)
    z = np.minimum(np.minimum(z_side, z_flat), room.depth)
    opening = np.zeros(z.shape, bool)
    for door in room.doors:
        if door.is_open:
            height = room.eye + up * z_side
            here = (np.sign(across) == door.side) & (z_side > door.z0) & (z_side < door.z1)
            opening |= here & (height < 2.1) & (z_side <= np.minimum(z_flat, room.depth))
    z = np.where(opening, z + np.float32(4.0), z)
    hits = _Hits(
        x=(across * z).astype(np.float32),
        y=(room.eye + up * z).astype(np.float32),
        z=z.astype(np.float32),
        side=(z == z_side) & ~opening,
        floor=(z == z_flat) & (up < 0) & ~opening,
        top=(z == z_flat) & (up > 0) & ~opening,
        recess=opening,
    )
    return hits, up.astype(np.float32), across.astype(np.float32)


def _grain(seed: int, u: Array, v: Array, per_metre: float) -> Array:
    """Return smooth noise in about -1..1 at (u, v) metres, the same wherever it is looked at."""
    texture = np.random.default_rng(seed).normal(0, 1, (256, 256)).astype(np.float32)
    texture = cv2.GaussianBlur(texture, (0, 0), 1.0, borderType=cv2.BORDER_REFLECT) * np.float32(
        1.8
    )
    across = np.mod((u + 50) * per_metre, 255).astype(np.float32)
    down = np.mod((v + 50) * per_metre, 255).astype(np.float32)
    return np.asarray(cv2.remap(texture, across, down, cv2.INTER_LINEAR), np.float32)


def _paint(room: Room, hits: _Hits) -> Array:
    """Return the surface colours before light, float32 (rows, columns, 3)."""
    along = np.where(hits.side, hits.z, hits.x)
    wall = np.where((hits.y < 1.0)[..., None], np.float32(room.skirt), np.float32(room.wall))
    wall = wall * (1 + 0.04 * _grain(room.seed, along, hits.y, 40))[..., None]
    wall = wall * (1 + 0.05 * _grain(room.seed + 1, along, hits.y, 3))[..., None]
    rail = (np.abs(hits.y - 1.0) < 0.03) | (hits.y < 0.12)
    wall = np.where(rail[..., None], wall * 0.55, wall)
    wall = _doors(room, hits, wall)
    wall = _end_wall(room, hits, wall)
    ceiling = np.float32(0.78) + 0.03 * _grain(room.seed + 2, hits.x, hits.z, 60)[..., None]
    grid = (np.mod(hits.x, 0.6) < 0.025) | (np.mod(hits.z, 0.6) < 0.025)
    ceiling = np.where(grid[..., None], ceiling * 0.7, ceiling) * np.ones(3, np.float32)
    colour = np.where(hits.floor[..., None], _tiles(room, hits), wall)
    colour = np.where(hits.top[..., None], ceiling, colour)
    dim = np.float32(0.16) + 0.03 * _grain(room.seed + 3, hits.x, hits.y, 5)[..., None]
    return np.where(hits.recess[..., None], dim, colour).astype(np.float32)


def _tiles(room: Room, hits: _Hits) -> Array:
    """Return floor tiles: each of its own shade, veined, with dark joints."""
    column, row = np.floor(hits.x / room.tile), np.floor(hits.z / room.tile)
    shade = np.random.default_rng(room.seed + 4).uniform(0.86, 1.06, (64, 64)).astype(np.float32)
    tone = shade[column.astype(int) % 64, row.astype(int) % 64]
    tone = tone * (1 + 0.07 * _grain(room.seed + 5, hits.x, hits.z, 25))
    joint = (np.mod(hits.x, room.tile) < 0.012) | (np.mod(hits.z, room.tile) < 0.018)
    tone = np.where(joint, tone * np.float32(0.6), tone)
    return (np.float32(room.floor) * tone[..., None]).astype(np.float32)


def _doors(room: Room, hits: _Hits, wall: Array) -> Array:
    """Return the wall with doors and their frames on the side walls."""
    for number, door in enumerate(room.doors):
        here = hits.side & (np.sign(hits.x) == door.side)
        frame = (hits.z > door.z0 - 0.08) & (hits.z < door.z1 + 0.08) & (hits.y < 2.18)
        leaf = (hits.z > door.z0) & (hits.z < door.z1) & (hits.y < 2.1)
        wood = (
            np.float32((0.22, 0.30, 0.42))
            * (1 + 0.12 * _grain(room.seed + 6 + number, hits.z * 6, hits.y * 0.4, 12))[..., None]
        )
        pane = (
            leaf & (np.abs(hits.z - (door.z0 + door.z1) / 2) < 0.12) & (np.abs(hits.y - 1.6) < 0.3)
        )
        wall = np.where((here & frame)[..., None], np.float32(0.62), wall)
        wall = np.where((here & leaf)[..., None], wood, wall)
        wall = np.where((here & pane)[..., None], np.float32((0.50, 0.46, 0.42)), wall)
    return wall.astype(np.float32)


def _end_wall(room: Room, hits: _Hits, wall: Array) -> Array:
    """Return the wall with a double door, a notice board and an exit sign at the far end."""
    end = ~(hits.side | hits.floor | hits.top | hits.recess)
    leaf = end & (np.abs(hits.x) < 0.85) & (hits.y < 2.1)
    frame = end & (np.abs(hits.x) < 0.93) & (hits.y < 2.18)
    glass = leaf & (np.abs(np.abs(hits.x) - 0.42) < 0.28) & (np.abs(hits.y - 1.25) < 0.65)
    gap = leaf & (np.abs(hits.x) < 0.015)
    sky = (0.55 + 0.2 * (hits.y - 1.0) + 0.06 * _grain(room.seed + 20, hits.x, hits.y, 6))[
        ..., None
    ]
    wall = np.where(frame[..., None], np.float32(0.35), wall)
    wall = np.where(leaf[..., None], np.float32((0.30, 0.33, 0.34)), wall)
    wall = np.where(glass[..., None], sky * np.float32((1.1, 1.0, 0.92)), wall)
    wall = np.where(gap[..., None], np.float32(0.1), wall)
    sign = end & (np.abs(hits.x) < 0.25) & (np.abs(hits.y - 2.35) < 0.09)
    beside_door = hits.x - max(1.35, room.half_width * 0.72)
    board = end & (np.abs(beside_door) < 0.3) & (np.abs(hits.y - 1.55) < 0.35)
    paper = (
        board
        & (np.mod(hits.x * 5 + np.floor(hits.y * 4), 1) < 0.75)
        & (np.mod(hits.y * 4, 1) < 0.8)
    )
    wall = np.where(sign[..., None], np.float32((0.30, 0.75, 0.25)), wall)
    wall = np.where(board[..., None], np.float32((0.25, 0.35, 0.45)), wall)
    return np.where(paper[..., None], np.float32(0.8), wall).astype(np.float32)


def light_at(room: Room, x: Array | float, y: Array | float, z: Array | float) -> Array:
    """Return the brightness that the lamps give a point, about 0.3 (dark) to 1.3 (under a lamp)."""
    total = np.zeros(np.broadcast_shapes(np.shape(x), np.shape(y), np.shape(z)), np.float32)
    for lamp_x, lamp_z in room.lamps:
        square = (x - lamp_x) ** 2 + (room.ceiling - y) ** 2 + (z - lamp_z) ** 2
        total += 2.2 / (1.5 + square)
    return (room.ambient + (1 - room.ambient) * total).astype(np.float32)


def _light(room: Room, hits: _Hits) -> Array:
    """Return the light on every surface, darker towards corners."""
    light = light_at(room, hits.x, hits.y, hits.z)
    from_wall = room.half_width - np.abs(hits.x)
    from_end = room.depth - hits.z
    level = np.minimum(hits.y, room.ceiling - hits.y)
    flat = np.minimum(from_wall, from_end)
    edge = np.where(
        hits.floor | hits.top, flat, np.where(hits.side, np.minimum(level, from_end), level)
    )
    corner = 1 - 0.45 * np.exp(-np.maximum(edge, 0) / 0.22)
    return (light * np.where(hits.recess, 1, corner)).astype(np.float32)


def _reflections(room: Room, hits: _Hits, across: Array, up: Array) -> Array:
    """Return the sheen of the lamps on the polished floor."""
    rise = room.ceiling / np.maximum(-up, 1e-3)
    at_x, at_z = hits.x + across * rise, hits.z + rise
    sheen = np.zeros(hits.x.shape, np.float32)
    for lamp_x, lamp_z in room.lamps:
        sheen += np.exp(-((at_x - lamp_x) ** 2) / 0.18 - (at_z - lamp_z) ** 2 / 1.2).astype(
            np.float32
        )
    return np.where(hits.floor, 0.28 * sheen, 0).astype(np.float32)


def _lamp_panels(room: Room, hits: _Hits) -> Array:
    """Return 1 where a lamp panel is seen on the ceiling, else 0."""
    seen = np.zeros(hits.x.shape, bool)
    for lamp_x, lamp_z in room.lamps:
        seen |= hits.top & (np.abs(hits.x - lamp_x) < 0.3) & (np.abs(hits.z - lamp_z) < 0.6)
    return seen.astype(np.float32)
