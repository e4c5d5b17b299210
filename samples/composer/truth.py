"""Ground truth of a clip, measured while it is drawn: who is visible when, how large."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from composer.camera import Presence
from composer.clips import Clip

# Fewer pixels than this are an elbow at the edge that no viewer would call a person.
VISIBLE_PX = 150
# A face counts while this much of its box is drawn: the corners of the box lie beside the chin, so
# a whole face covers 0.87 to 0.98 of it as the head turns.
FACE_SHARE = 0.7
STRANGER = "Joe Biden"
Intervals = list[list[float]]


def describe(clip: Clip, frames: Sequence[tuple[Presence, ...]]) -> dict[str, Any]:
    """Return the truth of ``clip``, given who was on each of its frames.

    Times are seconds since the first frame, of the first and of the last frame concerned.
    """
    base = clip.codec.time_base
    times = [float(pts * base) for pts in clip.pts]
    names = sorted({presence.name for frame in frames for presence in frame})
    return {
        "file": clip.file,
        "camera": clip.scene.look.camera,
        "clock_at_start": clip.scene.look.start.isoformat(),
        "time_base": str(base),
        "frames": len(times),
        "duration_s": float((clip.pts[-1] + clip.last_duration) * base),
        "variable_rate": len({b - a for a, b in zip(clip.pts, clip.pts[1:], strict=False)}) > 1,
        "pauses": [list(pause) for pause in clip.pauses],
        "empty": _intervals(times, [not _visible(frame) for frame in frames]),
        "people": [_person(name, times, frames) for name in names],
        "pts": list(clip.pts),
    }


def _visible(frame: tuple[Presence, ...], name: str | None = None) -> bool:
    return any(p.pixels >= VISIBLE_PX and name in (None, p.name) for p in frame)


def _person(
    name: str, times: Sequence[float], frames: Sequence[tuple[Presence, ...]]
) -> dict[str, Any]:
    mine = [next((p for p in frame if p.name == name), None) for frame in frames]
    face = [p is not None and p.face_share >= FACE_SHARE for p in mine]
    widths = [p.face_px for p, seen in zip(mine, face, strict=True) if p is not None and seen]
    return {
        "name": name,
        "in_gallery": name != STRANGER,
        "visible": _intervals(times, [_visible(frame, name) for frame in frames]),
        "face_visible": _intervals(times, face),
        "standing": _intervals(times, [p is not None and p.standing for p in mine]),
        "face_width_px": [round(min(widths)), round(max(widths))],
    }


def _intervals(times: Sequence[float], flags: Sequence[bool]) -> Intervals:
    """Return the [first, last] times of every unbroken stretch of true ``flags``."""
    found: Intervals = []
    before = False
    for t, flag in zip(times, flags, strict=True):
        if flag and not before:
            found.append([round(t, 3), round(t, 3)])
        elif flag:
            found[-1][1] = round(t, 3)
        before = flag
    return found
