"""Evaluation of the tracker on labelled sequences, beside SORT, ByteTrack and OC-SORT.

All trackers are given the same boxes, at the rate of a run, and are judged on the frames sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

import numpy as np

from analyzer.config import Settings
from analyzer.lab.tracking import baselines
from analyzer.lab.tracking.metrics import IdentifiedBoxes, Judgement, joined, judge
from analyzer.lab.tracking.sampled import (
    Detect,
    SampledFrame,
    SecondLook,
    detect_from,
    frame_number,
    sampled_frames,
    whole_span,
)
from analyzer.lab.tracking.sequences import LabelledSequence, read_boxes, read_truth
from analyzer.pipeline.second_looks import SecondLooks
from analyzer.tracking.tracker import Tracker
from analyzer.tracking.tracks import tracks_of
from analyzer.types import SegmentSpan, Tracklet
from analyzer.video.probe import probe

OURS: Final = "ours"
DETECTOR, PUBLIC = "detector", "public boxes"

_NOBODY: Final = IdentifiedBoxes(np.empty(0, np.int64), np.empty((0, 4)))


@dataclass(frozen=True, slots=True, eq=False)
class TrackedSequence:
    """One sequence and what was followed in it: by source of the boxes and by tracker.

    ``truth`` and the tracks have one entry per frame judged, which are those of ``frames``.
    """

    sequence: LabelledSequence
    frames: tuple[SampledFrame, ...]
    truth: list[IdentifiedBoxes]
    tracks: dict[str, dict[str, list[IdentifiedBoxes]]]


def follow_sequence(
    sequence: LabelledSequence,
    settings: Settings,
    detect: Detect,
    sure_face: float,
    second: SecondLook | None = None,
) -> TrackedSequence:
    """Follow the people of ``sequence`` on the boxes of ``detect``, and on public ones if any.

    ``second`` looks again at doubtful boxes of ``detect``.
    Frames after the last labelled one are left out.
    """
    info = probe(sequence.video)
    fps = sequence.fps or info.average_rate
    truth = read_truth(sequence.truth, sequence.scale)
    sources = {DETECTOR: detect}
    if sequence.boxes is not None:
        sources[PUBLIC] = detect_from(read_boxes(sequence.boxes, sequence.scale), fps)
    last = max(truth, default=0)
    sampled = {
        source: tuple(
            takewhile(
                lambda frame: frame_number(frame.moment, fps) <= last,
                sampled_frames(info, settings, look, second if source == DETECTOR else None),
            )
        )
        for source, look in sources.items()
    }
    frames = sampled[DETECTOR]
    span = whole_span(info)
    return TrackedSequence(
        sequence,
        frames,
        [truth.get(frame_number(frame.moment, fps), _NOBODY) for frame in frames],
        {source: _followed(seen, span, settings, sure_face) for source, seen in sampled.items()},
    )


def _followed(
    frames: Sequence[SampledFrame], span: SegmentSpan, settings: Settings, sure_face: float
) -> dict[str, list[IdentifiedBoxes]]:
    """Return the tracks of every tracker by its name; of a baseline with each least score."""
    tracks = {OURS: identified(frames, our_tracks(frames, span, settings, sure_face))}
    if baselines.available():
        for name in baselines.BASELINES:
            for least in baselines.LEAST_SCORES:
                tracks[f"{name} {least}"] = baselines.follow(
                    name, frames, least, settings.sampling.fps
                )
    return tracks


def our_tracks(
    frames: Sequence[SampledFrame], span: SegmentSpan, settings: Settings, sure_face: float
) -> list[Tracklet]:
    """Return the tracks of a run: tracker, false tracks, stitching and merging."""
    tracker, second = Tracker(settings.tracking), SecondLooks(sure_face)
    for frame in frames:
        if frame.people is None:
            tracker.hold(frame.moment)
            continue
        numbers = tracker.update(frame.moment, frame.people, frame.regions)
        look = frame.second.__getitem__ if frame.second else None
        for number, person in zip(numbers, frame.people, strict=True):
            if number is not None:
                second.consider(number, frame.moment.t, person, look)
    people = second.people(tracker.finish())
    return [one.whole for one in tracks_of([people], [span], settings.smoothing.stitch_iou)]


def identified(frames: Sequence[SampledFrame], tracks: Sequence[Tracklet]) -> list[IdentifiedBoxes]:
    """Return the bodies of ``tracks`` in each of ``frames``."""
    places = {frame.moment.pts: place for place, frame in enumerate(frames)}
    rows: list[list[tuple[int, float, float, float, float]]] = [[] for _ in frames]
    for track in tracks:
        for seen in track.observations:
            if seen.body is not None:
                box = seen.body.box
                rows[places[seen.moment.pts]].append((track.number, box.x, box.y, box.w, box.h))
    arrays = [np.array(row, np.float64).reshape(-1, 5) for row in rows]
    return [IdentifiedBoxes(array[:, 0].astype(np.int64), array[:, 1:]) for array in arrays]


def figures_of(tracked: Sequence[TrackedSequence]) -> dict[str, Any]:
    """Return all figures: our tracker's, and every tracker's by source of the boxes.

    A baseline is shown with the least score of boxes that gives it the best IDF1 in a sequence.
    """
    sources = [s for s in (DETECTOR, PUBLIC) if any(s in one.tracks for one in tracked)]
    table = {source: _by_tracker(tracked, source) for source in sources}
    ours = table[DETECTOR][OURS]
    return {**ours, "trackers": table}


def _by_tracker(tracked: Sequence[TrackedSequence], source: str) -> dict[str, Any]:
    used = [one for one in tracked if source in one.tracks]
    names = dict.fromkeys(name.rpartition(" ")[0] or name for name in used[0].tracks[source])
    table: dict[str, Any] = {}
    for name in names:
        chosen = [_best(one, source, name) for one in used]
        both = judge(
            joined([one.truth for one in used]),
            joined([one.tracks[source][key] for one, (key, _) in zip(used, chosen, strict=True)]),
        )
        table[name] = {
            "sequences": {
                one.sequence.name: judged.figures() | _least(key)
                for one, (key, judged) in zip(used, chosen, strict=True)
            },
            "all": both.figures(),
        }
    return table


def _best(one: TrackedSequence, source: str, name: str) -> tuple[str, Judgement]:
    """Return the tracks of tracker ``name`` with the best IDF1, as their key and judgement."""
    keys = [key for key in one.tracks[source] if key == name or key.startswith(f"{name} ")]
    judged = {key: judge(one.truth, one.tracks[source][key]) for key in keys}
    best = max(judged, key=lambda key: judged[key].idf1)
    return best, judged[best]


def _least(key: str) -> dict[str, float]:
    _, _, least = key.partition(" ")
    return {"least_score": float(least)} if least else {}


def evaluate(
    sequences: Sequence[LabelledSequence],
    settings: Settings,
    detect: Detect,
    sure_face: float,
    tell: Callable[[str], None],
    second: SecondLook | None = None,
) -> list[TrackedSequence]:
    """Follow the people of all ``sequences``; ``tell`` gets a line before each."""
    tracked = []
    for number, sequence in enumerate(sequences, start=1):
        tell(f"{number}/{len(sequences)} {sequence.name}")
        tracked.append(follow_sequence(sequence, settings, detect, sure_face, second))
    return tracked
