"""View model of one video's page: values for its script, and the parts loaded on demand.

The page itself has one line per track; series, pictures and boxes are in separate files, so that a
day of video with thousands of tracks opens at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.errors import CaseError
from analyzer.report import figures, formatting, palette, timescale, track_values
from analyzer.report.camera_words import regions_of
from analyzer.report.loader import load_boxes
from analyzer.report.media import VideoMedia
from analyzer.report.model import EventView, TrackView, VideoView
from analyzer.report.pages import Context, ordered
from analyzer.report.sentences import event_sentence, plain
from analyzer.report.series import Span
from analyzer.store.ids import short_id
from analyzer.store.reader import CaseReader
from analyzer.types import EMOTIONS, Clothing
from analyzer.video.annotate import TrackPath

# A lane is at most about 3,000 px wide: stretches closer than this share of a video are one bar.
_LANE_STEPS = 3000

_MOST_SIMILAR = 8
"""Largest number of similar tracks beside the selected one."""


def video_data(context: Context, video: VideoView, media: VideoMedia) -> dict[str, Any]:
    """Return the values that the script of a video page needs at start."""
    points, shift = context.settings.max_points, video.shift_s
    events = Counter(name for event in video.events for name in dict.fromkeys(event.tracks))
    return {
        "page": f"{context.link(video.page)}&" if context.single else "#",
        "origin": timescale.epoch_ms(video.clock_start),
        "clock": video.clock_start is not None,
        "corrected": video.corrected_start is not None,
        "shift": None if shift is None else round(shift * 1000),
        "steps": timescale.clock_steps(video),
        "told": formatting.clock_words(video),
        "duration": video.duration_s,
        "rate": max(1.0, float(video.facts.average_rate)),
        "size": [video.facts.width, video.facts.height],
        "gaps": [[round(g.t_start, 3), round(g.t_end, 3), g.label] for g in _unseen(video)],
        "off": context.switched_off,
        "pictureless": context.why_no_picture(video),
        "emotions": list(EMOTIONS),
        "colours": palette.EMOTION_COLOURS,
        "actions": palette.action_looks(),
        "lanes": figures.action_lanes(video),
        "overview": figures.head_count_figure(video, points),
        "presence": figures.presence_figure(video),
        "mix": figures.scene_mix_figure(video),
        "track": figures.track_figure(video),
        "tracks": [
            _summary(context, video, place, track, events)
            for place, track in enumerate(video.tracks)
        ],
        "events": [_event(video, event) for event in video.events],
        "first": first_look(video),
        "regions": [
            {
                "kind": region.kind,
                "name": region.name,
                "corners": np.round(
                    region.shares((video.facts.width, video.facts.height)), 4
                ).tolist(),
            }
            for region in regions_of(video)
        ],
        "camera": video.camera.name if video.camera else "",
        "file": video.name,
        "pieces": [
            {
                "start": round(piece.start, 4),
                "end": round(piece.end, 4),
                "src": f"media/{piece.file}",
                "boxes": f"boxes/{Path(piece.file).stem}",
            }
            for piece in media.pieces
        ],
    }


def _unseen(video: VideoView) -> list[Span]:
    """Return the stretches in which nobody can be seen: not analysed, or not recorded."""
    return sorted([*video.gaps, *video.pauses], key=lambda span: span.t_start)


def parts(
    context: Context, reader: CaseReader, video: VideoView, media: VideoMedia
) -> Iterator[tuple[str, Any]]:
    """Yield the parts loaded on demand: (key, plain values); the key is its address."""
    points, gap = context.settings.max_points, context.max_gap_s
    explained = _explained(context, video)
    for number, tracks in groupby(enumerate(video.tracks), key=lambda pair: pair[0] // _PER_PART):
        yield (
            _part(video, number),
            {
                track.name: track_values.track_series(
                    track, points, gap, context.images, context.spread
                )
                | {
                    "similar": _similar(context, video, track),
                    "why": _why(context, reader, video, track) if track.id in explained else None,
                }
                for _, track in tracks
            },
        )
    for piece in media.pieces:
        boxes = load_boxes(reader, video.sha256, piece.start - 1, piece.end + 1)
        values = {
            name: _boxes(video.track(name), found)
            for name, found in boxes.items()
            if video.track(name) is not None
        }
        yield f"boxes/{Path(piece.file).stem}", values


def _explained(context: Context, video: VideoView) -> set[str]:
    """Return the tracks whose best face is explained: those with most faces, none that is hidden.

    An explanation takes 50 forward passes, so that not every track of a day has one.
    """
    shown = [
        track
        for track in video.tracks
        if track.dominant_emotion and context.redacted in (None, track.who)
    ]
    shown.sort(key=lambda track: (-track.face_observations, track.number))
    return {track.id for track in shown[: context.most_explained]}


def _why(
    context: Context, reader: CaseReader, video: VideoView, track: TrackView
) -> dict[str, Any] | None:
    """Return what the answer for the best stored face rests on."""
    best, model = track.best_face, context.expression_model
    if best is None or model is None or context.address(best) is None:
        return None
    try:
        faces = [face for face in reader.faces(track.id) if face.jpeg]
    except CaseError:  # A picture of the case is gone, which `verify` tells.
        return None
    face = next((face for face in faces if abs(face.moment.t - best.t) < 1e-6), None)
    size = (float(video.facts.width), float(video.facts.height))
    return None if face is None else model.why(face, size)


_PER_PART = 10
"""Tracks of one part: a case may have 200,000 of them, and files are slow to make."""


def _part(video: VideoView, number: int) -> str:
    return f"tracks/{short_id(video.sha256, 12)}-{number:03d}"


def _summary(
    context: Context, video: VideoView, place: int, track: TrackView, events: Counter[str]
) -> dict[str, Any]:
    return {
        "name": track.name,
        "part": _part(video, place // _PER_PART),
        "start": round(track.t_start, 3),
        "end": round(track.t_end, 3),
        "best": round(track.t_shown, 3),
        "status": track.status,
        "person": track.who,
        "group": track.look_group,
        "known": track.known,
        "colour": palette.lane_colour(track.who),
        "picture": context.address(track.best_face),
        "body": context.address(track.best_body),
        "clothes": clothes_values(track.clothing),
        "emotion": track.dominant_emotion,
        "share": _round(track.dominant_share),
        "assessed": _round(track.assessed_share),
        "actions": [[label, round(share, 3)] for label, share in track.action_shares[:3]],
        "seen": track.observations,
        "faces": track.face_observations,
        "presence": _bars(track.presence, video),
        "face": _bars(track.face_presence, video),
        "events": events[track.name],
        "candidate": _candidate(context, track),
    }


def _similar(context: Context, video: VideoView, track: TrackView) -> list[dict[str, Any]]:
    """Return the tracks of similar appearance that the report shows, most similar first."""
    shown: list[dict[str, Any]] = []
    for link in track.similar:
        other = context.other(link.track_id)
        if other is None or len(shown) == _MOST_SIMILAR:
            continue
        here = other.page == video.page
        address = context.link(other.page, f"track={other.name}&t={other.t_shown:.3f}")
        shown.append(
            {
                "name": other.name,
                "place": "" if here else other.place,
                "href": address[address.index("#") :] if here else address,
                "body": other.body and context.images.get(other.body),
                "similarity": f"{link.similarity:.2f}",
                "gap": None if link.gap_s is None else formatting.duration(link.gap_s),
            }
        )
    return shown


def clothes_values(told: Clothing) -> list[Any]:
    """Return clothes as scripts/common/clothes.js puts them into words."""
    shares = [_round(share) for share in (told.upper_probability, told.lower_probability)]
    return [told.upper, shares[0], told.lower, shares[1], told.reason]


def _candidate(context: Context, track: TrackView) -> dict[str, Any] | None:
    """Return the comparison with the person of the track, else with the nearest person."""
    if not track.candidates:
        return None
    first = track.compared(track.who) or track.candidates[0]
    said = track.verdict(first.person)
    return {
        "person": first.person,
        "distance": first.distance,
        "threshold": first.threshold,
        "margin": first.margin,
        "probability": None if first.probability is None else formatting.likely(first.probability),
        "rate": None
        if first.false_match_rate is None
        else formatting.percent(first.false_match_rate, 2),
        "accepted": first.accepted,
        "lead": track.known and first.person == track.who,
        "reason": first.reason,
        "review": formatting.decided(said) if said else None,
        "picture": context.images.get(first.gallery_image) if first.gallery_image else None,
    }


def first_look(video: VideoView) -> dict[str, Any] | None:
    """Return the track and moment at which a page opens: what matters first, never a fragment.

    It is the first alarm, else the first candidate, else the first event to check, else the track
    that was in view for longest, those with a name before those without.
    """
    if not video.tracks:
        return None
    ranked = sorted(video.events, key=lambda event: ordered(video, event))
    known = [track for track in video.tracks if track.known]
    if ranked and (ranked[0].level == "alarm" or not known):
        event = ranked[0]
        track = video.track(event.track) or _in_view(video, event.t_start)
        return {"track": track.name, "t": round(event.t_start, 3)}
    track = min(known, key=lambda t: t.t_start, default=None) or _longest(video.tracks)
    return {"track": track.name, "t": round(track.t_shown, 3)}


def _in_view(video: VideoView, t: float) -> TrackView:
    seen = [track for track in video.tracks if track.t_start <= t <= track.t_end]
    return _longest(seen or video.tracks)


def _longest(tracks: Sequence[TrackView]) -> TrackView:
    return max(tracks, key=lambda track: (track.who is not None, track.t_end - track.t_start))


def _event(video: VideoView, event: EventView) -> dict[str, Any]:
    return {
        "told": plain(event_sentence(video, event, here=True)),
        "name": event.name,
        "kind": event.kind,
        "words": event.label,
        "start": round(event.t_start, 3),
        "end": round(event.t_end, 3),
        "tracks": event.tracks,
        "level": event.level,
    }


def _bars(spans: tuple[Span, ...], video: VideoView) -> list[list[float]]:
    """Return stretches as drawn: those closer than one pixel are joined."""
    least = video.duration_s / _LANE_STEPS
    bars: list[list[float]] = []
    for span in spans:
        if bars and span.t_start - bars[-1][1] < least:
            bars[-1][1] = max(bars[-1][1], round(span.t_end, 3))
        else:
            bars.append([round(span.t_start, 3), round(span.t_end, 3)])
    return bars


def _boxes(track: TrackView | None, found: TrackPath) -> dict[str, Any]:
    """Return boxes in whole px with expression, its share, and action at each time."""
    assert track is not None
    emotions = track.emotions
    told = np.flatnonzero(~np.isnan(emotions.p).any(axis=1))
    said: list[list[float]] = []
    for t in found.t.tolist():
        action = next((s for s in track.actions if s.t_start <= t <= s.t_end), None)
        place = palette.look_index(action) if action and action.is_told else -1
        near = told[np.abs(emotions.t[told] - t).argmin()] if len(told) else None
        if near is None or abs(emotions.t[near] - t) > 0.5:
            said.append([-1, 0, place])
        else:
            top = int(emotions.p[near].argmax())
            said.append([top, round(float(emotions.p[near][top]), 2), place])
    return {
        "t": np.round(found.t, 3).tolist(),
        "face": _whole(found.face),
        "body": _whole(found.body),
        "said": said,
    }


def _whole(boxes: np.ndarray) -> list[list[int] | None]:
    return [
        [round(value) for value in row] if np.isfinite(row).all() else None
        for row in boxes.tolist()
    ]


def _round(share: float | None) -> float | None:
    return None if share is None else round(share, 3)
