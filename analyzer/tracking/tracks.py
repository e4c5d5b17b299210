"""Tracks of one video from the tracklets of its segments: stitched, merged, joined over gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.tracking.gaps import join_over_gaps
from analyzer.tracking.merge import chained, merge
from analyzer.tracking.stitch import Member, stitch
from analyzer.types import SegmentSpan, Tracklet


@dataclass(frozen=True, slots=True, eq=False)
class StitchedTrack:
    """One person through one video; ``starts`` has the first pts of each of ``members``."""

    members: tuple[Member, ...]
    starts: tuple[int, ...]
    whole: Tracklet


def tracks_of(
    segments: Sequence[Sequence[Tracklet]],
    spans: Sequence[SegmentSpan],
    min_iou: float,
    same_face: float = 0.0,
    pauses: Sequence[tuple[float, float]] = (),
) -> list[StitchedTrack]:
    """Return the tracks of one video, numbered from 1 in order of time.

    No track goes on over one of ``pauses``, seconds in which the recorder wrote nothing.

    Tracklets are first stitched across the cuts of the file (``stitch``), so that what is joined
    over gaps does not depend on the cuts.
    """
    groups = stitch(segments, spans, min_iou, same_face=same_face)
    starts = {span.index: span.start_pts for span in spans}
    parts = [merge(group, segments, spans, number) for number, group in enumerate(groups)]
    return [
        StitchedTrack(
            tuple(member for i in chain for member in groups[i]),
            tuple(start for i in chain for start in _starts(groups[i], parts[i], starts)),
            chained([parts[i] for i in chain], number),
        )
        for number, chain in enumerate(join_over_gaps(parts, same_face, pauses), start=1)
    ]


def _starts(group: Sequence[Member], part: Tracklet, starts: dict[int, int]) -> list[int]:
    """Return the first pts that each member of ``group`` owns in ``part``."""
    return [part.observations[0].moment.pts, *(starts[index] for index, _ in group[1:])]
