"""Merging of the tracklets of one track into one, with every moment once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from analyzer.tracking.stitch import Member, overlap
from analyzer.types import ActionWindow, Looks, SegmentSpan, Tracklet

_SAME_IOU = 0.6
"""Least mean IoU for one person. Both segments analysed the same pictures, so the boxes of one
person are mostly equal; a lower IoU is another person beside or behind."""


def merge(
    group: Sequence[Member],
    segments: Sequence[Sequence[Tracklet]],
    spans: Sequence[SegmentSpan],
    number: int,
) -> Tracklet:
    """Return the tracklets of ``group`` (from ``stitch``) as one, with ``number``.

    Observations, faces and emotions are taken from the segment that owns the moment, from its
    ``start_pts`` to before its ``end_pts``. What a segment saw before its start repeats the segment
    before, unless that one knew nobody there: a person first detected just before a cut is a single
    detection to one segment and the beginning of a tracklet to the next. An action window that two
    segments have is taken from the one that saw more of it, so a cut through a window leaves no
    trace. Raises KeyError for a member that is not in ``segments``.
    """
    known = {span.index: (span, tracklets) for tracklets, span in zip(segments, spans, strict=True)}
    parts = [_tracklet(*known[index], number=n) for index, n in group]
    begins = [known[index][0].start_pts for index, _ in group]
    ends = [known[index][0].end_pts for index, _ in group]
    _, earlier = known.get(group[0][0] - 1, (None, ()))
    if not any(_repeats(parts[0], one) for one in earlier):
        begins[0] = known[group[0][0]][0].lead_pts
    owned = list(zip(parts, begins, ends, strict=True))
    return Tracklet(
        number,
        tuple(o for part, a, b in owned for o in part.observations if a <= o.moment.pts < b),
        tuple(f for part, a, b in owned for f in part.faces if a <= f.moment.pts < b),
        tuple(e for part, a, b in owned for e in part.emotions if a <= e.moment.pts < b),
        _fullest(window for part in parts for window in part.actions),
        Looks(parts[0].looks.first, parts[-1].looks.last),
        tuple(b for part, a, end in owned for b in part.bodies if a <= b.moment.pts < end),
    )


def chained(parts: Sequence[Tracklet], number: int) -> Tracklet:
    """Return ``parts``, of which each begins after the one before has ended, as one tracklet."""
    return Tracklet(
        number,
        tuple(o for part in parts for o in part.observations),
        tuple(f for part in parts for f in part.faces),
        tuple(e for part in parts for e in part.emotions),
        _fullest(window for part in parts for window in part.actions),
        Looks(parts[0].looks.first, parts[-1].looks.last),
        tuple(b for part in parts for b in part.bodies),
    )


def _tracklet(span: SegmentSpan, tracklets: Sequence[Tracklet], number: int) -> Tracklet:
    for tracklet in tracklets:
        if tracklet.number == number:
            return tracklet
    raise KeyError(f"expected tracklet {number} in segment {span.index}")


def _repeats(tracklet: Tracklet, earlier: Tracklet) -> bool:
    """Return whether the segment before knew the person of ``tracklet`` at the same moments."""
    seen = {o.moment.pts: o for o in earlier.observations}
    shared = [overlap(o, seen[o.moment.pts]) for o in tracklet.observations if o.moment.pts in seen]
    both = [iou for iou in shared if iou is not None]
    return bool(both) and sum(both) / len(both) > _SAME_IOU


def _fullest(windows: Iterable[ActionWindow]) -> tuple[ActionWindow, ...]:
    """Return one window per start: the one with most observations, the earlier one if equal.

    The earlier segment has seen the scene for longer; to a later one its first picture is new.
    """
    best: dict[float, ActionWindow] = {}
    for window in windows:
        known = best.get(window.begins)
        if known is None or window.observations > known.observations:
            best[window.begins] = window
    # The segments on both sides of a cut may have different parts of two neighbouring windows: keep
    # each stretch once.
    stretches = {(best[at].start.pts, best[at].end.pts): best[at] for at in sorted(best)}
    return tuple(stretches[stretch] for stretch in sorted(stretches))
