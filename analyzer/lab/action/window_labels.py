"""Labels of single windows, where a clip's label covers several actions.

A clip labelled as a fall shows standing, falling and lying; a sprint shows a crouch and then a run.
Only windows with a clear action get a label.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.actions.person_features import body_size
from analyzer.lab.action.labels import Clip
from analyzer.types import Observation

UPRIGHT = {"bend_pickup": "standing", "jump": "standing"}
"""Labels that are no class of ours but useful hard negatives for falls: they count as standing."""

_RUN_FROM = 0.55
"""Share of a sprint clip after which the run has begun, according to the data set."""

_STEP = 2
_SLOWEST_STEP_S = 1.2
_FALL_LASTS_S = 1.0
"""Seconds from the start of an interval *falling* until the person is down."""


def window_label(
    clip: Clip, begins: float, window_s: float, duration_s: float, fell: float | None
) -> str | None:
    """Return the action label of a window, None if it is not clear.

    ``fell`` is the time of the fall in seconds, for clips of falls without intervals.
    """
    ends = begins + window_s
    if clip.label in UPRIGHT:
        return UPRIGHT[clip.label]
    if clip.intervals:
        return _within_intervals(clip, begins, window_s)
    if clip.action == "running":
        return "running" if begins >= _RUN_FROM * duration_s - 0.5 else None
    if clip.action == "falling":
        return None if fell is None else _around_a_fall(begins, ends, fell)
    return clip.action


def _within_intervals(clip: Clip, begins: float, window_s: float) -> str | None:
    for interval in clip.intervals:
        if interval.action == "falling":
            down = interval.start + _FALL_LASTS_S
            if begins <= down <= begins + window_s:
                return "falling"
            if begins > down + 0.6:
                return "lying"
    truth = clip.truth(begins, window_s)
    return None if truth == "falling" else truth


def _around_a_fall(begins: float, ends: float, fell: float) -> str | None:
    if ends < fell - 0.3:
        return "standing"
    if begins <= fell - 0.2 and ends >= fell + 0.3:
        return "falling"
    return "lying" if begins > fell + 0.7 else None


def fell_at(people: Iterable[Sequence[Observation]]) -> float | None:
    """Return the time in seconds at which the top of a person's box went down fastest, in px.

    The largest box counts most, because pixels and not body sizes are compared.
    """
    best: tuple[float, float] | None = None
    for observations in people:
        seen = [o for o in observations if o.body is not None]
        if body_size(seen) <= 0:
            continue
        for before, middle, after in zip(seen, seen[1:], seen[_STEP:], strict=False):
            assert before.body is not None and after.body is not None
            dt = after.moment.t - before.moment.t
            speed = (after.body.box.y - before.body.box.y) / dt
            if dt <= _SLOWEST_STEP_S and (best is None or speed > best[0]):
                best = (speed, middle.moment.t)
    return None if best is None else best[1]
