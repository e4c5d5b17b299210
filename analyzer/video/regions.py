"""Regions of a camera's picture: polygons to look at, and polygons to leave out.

A point counts where it lies in one of the polygons to look at, if there are any, and in none of
those to leave out. Borders belong to a polygon.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

RegionKind = Literal["look", "leave_out"]

_CELLS = 200
"""Columns and rows of points by which a share of the picture is measured: within about 0.5 %."""

_MOST_CORNERS = 200


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon of the picture as displayed.

    ``corners`` are x, y: shares of width and height where all lie between 0 and 1, else pixels.
    """

    kind: RegionKind
    name: str
    corners: tuple[tuple[float, float], ...]

    @property
    def in_pixels(self) -> bool:
        """Whether the corners are pixels of the displayed picture."""
        return max(max(corner) for corner in self.corners) > 1.0

    def shares(self, picture: tuple[float, float]) -> NDArray[np.float64]:
        """Return the corners as shares (K, 2) of a picture of width and height in px, clipped."""
        corners = np.array(self.corners, np.float64)
        if self.in_pixels:
            corners /= np.array(picture, np.float64)
        return corners.clip(0.0, 1.0)


def region_of(kind: RegionKind, number: int, entry: Any) -> Region:
    """Return the region that ``entry``, of a camera file, says; ``number`` names one without name.

    Raises ValueError, in words, for anything but a name and the corners of a polygon.
    """
    if not isinstance(entry, dict) or not set(entry) <= {"name", "corners"}:
        raise ValueError("write name and corners of each, and nothing else")
    name = entry.get("name", str(number))
    if not isinstance(name, str) or not name.strip():
        raise ValueError(f"region {number}: its name is no text")
    corners = _corners(entry.get("corners"))
    if corners is None:
        raise ValueError(f"{name!r}: write corners = [[x, y], [x, y], [x, y], ...], 0 or more")
    if len(corners) > _MOST_CORNERS:
        raise ValueError(f"{name!r} has {len(corners)} corners; {_MOST_CORNERS} are enough")
    if _crosses_itself(corners):
        raise ValueError(f"{name!r} crosses itself; give its corners in the order around it")
    if _area(corners) == 0.0:
        raise ValueError(f"{name!r} has no area; its corners lie on a line")
    return Region(kind, name.strip(), corners)


def regions_json(regions: Sequence[Region]) -> str:
    """Return regions as JSON of [[name, [[x, y], …]], …]; empty where there are none."""
    return json.dumps([[r.name, r.corners] for r in regions]) if regions else ""


def regions_from(kind: RegionKind, text: str) -> tuple[Region, ...]:
    """Return the regions that ``regions_json`` wrote."""
    return tuple(
        Region(kind, name, tuple((x, y) for x, y in corners))
        for name, corners in (json.loads(text) if text else [])
    )


def is_looked_at(
    regions: Iterable[Region], points: NDArray[np.float64], picture: tuple[float, float]
) -> NDArray[np.bool_]:
    """Return for ``points`` (N, 2), in px of the displayed ``picture`` w, h, whether they count.

    Points outside the picture count as those on its nearest border.
    """
    shares = (np.asarray(points, np.float64) / np.array(picture)).clip(0.0, 1.0)
    return _looked_at(tuple(regions), shares, picture)


def left_out_share(regions: Iterable[Region], picture: tuple[float, float]) -> float:
    """Return the share of the picture that is not looked at, 0 to 1."""
    regions = tuple(regions)
    if not regions:
        return 0.0
    at = (np.arange(_CELLS) + 0.5) / _CELLS
    grid = np.stack(np.meshgrid(at, at), axis=-1).reshape(-1, 2)
    return float(1.0 - _looked_at(regions, grid, picture).mean())


def _looked_at(
    regions: Sequence[Region], shares: NDArray[np.float64], picture: tuple[float, float]
) -> NDArray[np.bool_]:
    looks = [r for r in regions if r.kind == "look"]
    inside = np.full(len(shares), not looks)
    for region in looks:
        inside |= _inside(region.shares(picture), shares)
    for region in regions:
        if region.kind == "leave_out":
            inside &= ~_inside(region.shares(picture), shares)
    return inside


def _inside(corners: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points (N, 2) lie in a polygon (K, 2) or on its border.

    By the parity of the edges that a ray to the right crosses (Shimrat 1962, algorithm 112).
    """
    x, y = points[:, 0], points[:, 1]
    odd, border = np.zeros(len(points), bool), np.zeros(len(points), bool)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        near = (x >= min(ax, bx) - 1e-9) & (x <= max(ax, bx) + 1e-9)
        near &= (y >= min(ay, by) - 1e-9) & (y <= max(ay, by) + 1e-9)
        border |= near & (np.abs(cross) <= 1e-9)
        if ay != by:
            odd ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return odd | border


def _corners(given: Any) -> tuple[tuple[float, float], ...] | None:
    """Return three or more corners as floats, or None for anything else."""
    if not isinstance(given, list) or len(given) < 3:
        return None
    corners = []
    for corner in given:
        if not isinstance(corner, list) or len(corner) != 2:
            return None
        if any(isinstance(v, bool) or not isinstance(v, int | float) for v in corner):
            return None
        if not all(0.0 <= v < 1e6 for v in corner):
            return None
        corners.append((float(corner[0]), float(corner[1])))
    return tuple(corners)


_Corner = tuple[float, float]


def _area(corners: Sequence[_Corner]) -> float:
    """Return twice the signed area of a polygon."""
    pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)


def _crosses_itself(corners: Sequence[_Corner]) -> bool:
    """Say whether two edges that share no corner cross."""
    edges = list(zip(corners, [*corners[1:], corners[0]], strict=True))
    last = len(edges) - 1
    return any(
        _cross(*edges[i], *edges[j])
        for i in range(len(edges))
        for j in range(i + 2, len(edges))
        if (i, j) != (0, last)
    )


def _cross(a: _Corner, b: _Corner, c: _Corner, d: _Corner) -> bool:
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: _Corner, b: _Corner, c: _Corner) -> float:
    return _area((a, b, c))
