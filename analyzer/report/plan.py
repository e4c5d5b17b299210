"""Plan of the cameras as a drawing that needs no map service: positions, route, scale, north."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup, escape

from analyzer.identity.whereabouts import EARTH_M, metres_between
from analyzer.report.model import CaseView, VideoView
from analyzer.video.cameras import Camera

_WIDTH, _HEIGHT, _MARGIN = 520.0, 280.0, 44.0
_LEAST_M = 20.0
"""Width of a plan of cameras at one place, in metres."""

Point = tuple[float, float]


def metres(one: Camera | None, other: Camera | None) -> float | None:
    """Return the distance of two cameras; None where a position is not known."""
    return None if one is None or other is None else metres_between(one.position, other.position)


def _metres_from(origin: Point, place: Point) -> Point:
    """Return metres east and north of ``origin``: equirectangular, right to a few kilometres."""
    north = math.radians(place[0] - origin[0]) * EARTH_M
    east = math.radians(place[1] - origin[1]) * EARTH_M * math.cos(math.radians(origin[0]))
    return east, north


def draw_plan(case: CaseView, route: Sequence[VideoView]) -> Markup | None:
    """Return the plan of all cameras of a case with a ``route`` over videos, in order of time.

    None where fewer than two cameras of the route have a position: there is nothing to see.
    """
    places = {v.camera.name: v.camera.position for v in case.videos if v.camera}
    known = {name: position for name, position in places.items() if position is not None}
    visits = _visits(route, known)
    if len(set(visits)) < 2:
        return None
    points, scale = _points(known)
    numbers: dict[str, list[int]] = {}
    for number, name in enumerate(visits, start=1):
        numbers.setdefault(name, []).append(number)
    shapes = [_line(points[a], points[b]) for a, b in pairwise(visits)]
    shapes += [_camera(name, points[name], numbers.get(name, [])) for name in sorted(points)]
    words = "Plan of the cameras, north up; the route visits " + ", then ".join(visits)
    return Markup(  # noqa: S704 - numbers and escaped texts only
        f'<svg class="plan" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" '
        f'aria-label="{escape(words)}">{_ARROW}{"".join(shapes)}{_scale_bar(scale)}{_NORTH}</svg>'
    )


def _visits(route: Sequence[VideoView], known: dict[str, Point]) -> list[str]:
    """Return the cameras in order; several appearances in a row at one camera are one visit."""
    names = [video.camera.name for video in route if video.camera]
    names = [name for name in names if name in known]
    return [name for i, name in enumerate(names) if i == 0 or names[i - 1] != name]


def _points(known: dict[str, Point]) -> tuple[dict[str, Point], float]:
    """Return where each camera is drawn, and pixels of the drawing per metre."""
    origin = next(iter(known.values()))
    plane = {name: _metres_from(origin, place) for name, place in known.items()}
    xs, ys = ([point[axis] for point in plane.values()] for axis in (0, 1))
    wide, high = max(xs) - min(xs), max(ys) - min(ys)
    scale = min(
        (_WIDTH - 2 * _MARGIN) / max(wide, _LEAST_M), (_HEIGHT - 2 * _MARGIN) / max(high, _LEAST_M)
    )
    middle_x, middle_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
    drawn = {
        name: (_WIDTH / 2 + (x - middle_x) * scale, _HEIGHT / 2 - (y - middle_y) * scale)
        for name, (x, y) in plane.items()
    }
    return drawn, scale


_ARROW = (
    '<defs><marker id="plan-arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path class="head" d="M0 0L8 4L0 8z"/></marker></defs>'
)
_NORTH = '<text class="ink" x="500" y="24" text-anchor="middle">N ↑</text>'


def _line(a: Point, b: Point) -> str:
    """Return an arrow between two cameras that ends at the edge of their dots."""
    length = math.hypot(b[0] - a[0], b[1] - a[1]) or 1.0
    short = min(11.0, length / 3) / length
    (x1, y1), (x2, y2) = (
        (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for share in (short, 1 - short)
    )
    return (
        f'<line class="way" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        'marker-end="url(#plan-arrow)"/>'
    )


def _camera(name: str, point: Point, numbers: Sequence[int]) -> str:
    x, y = point
    kind = "visited" if numbers else "other"
    told = f"{name} ({', '.join(map(str, numbers[:6]))}{' …' if len(numbers) > 6 else ''})"
    words = escape(told if numbers else name)
    anchor, dx = ("end", -10) if x > _WIDTH * 0.65 else ("start", 10)
    dy = 18 if y > _HEIGHT / 2 else -9  # outwards, where no way leads
    return (
        f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'
        f'<text class="ink" x="{x + dx:.1f}" y="{y + dy:.1f}" text-anchor="{anchor}">{words}</text>'
    )


def _scale_bar(scale: float) -> str:
    """Return a bar of a round number of metres, at most a quarter of the drawing."""
    most = _WIDTH / 4 / scale
    step = 10.0 ** math.floor(math.log10(most))
    length = next(step * k for k in (5, 2, 1) if step * k <= most)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    y = _HEIGHT - 12
    return (
        f'<path class="way" d="M12 {y - 5:.0f}V{y:.0f}H{12 + length * scale:.1f}v-5"/>'
        f'<text class="ink" x="16" y="{y - 6:.0f}">{words}</text>'
    )
