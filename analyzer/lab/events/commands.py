"""Use case of `analyzer evaluate events`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.config import Settings, load_settings
from analyzer.errors import AnalyzerError
from analyzer.events.levels import KINDS, LOW
from analyzer.lab.action.labels import read_clips
from analyzer.lab.events.evaluate import figures
from analyzer.lab.events.judged import (
    Incident,
    JudgedRecording,
    SeenEvent,
    events_in,
    incidents_of,
    kinds_known,
    read_seen,
)
from analyzer.lab.events.measured_levels import levels_measured, write
from analyzer.pipeline.inference import Inference, inference_for
from analyzer.video.probe import probe


def evaluate(
    data: Path,
    normal: Path | None,
    config: Path | None,
    levels: Path | None,
    seen: Path | None,
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Return the figures of events on labelled clips, and on the videos in ``normal``.

    In those nothing happens that should be told; each is a place of its own. ``seen`` lists events
    that were looked at in clips whose labels do not tell of their kind. With ``levels`` events
    are told with every score, and the levels that follow are written there. Raises AnalyzerError
    where there is nothing to judge.
    """
    settings = load_settings(config)
    settings = settings.with_values("emotions", enabled=False)
    settings = settings.with_values("embedding", enabled=False)
    if levels is not None:
        settings = settings.with_values("events", **dict.fromkeys(KINDS, LOW))
    inference = inference_for(settings)
    clips = read_clips(data)
    ordinary = sorted(path for path in normal.iterdir() if path.is_file()) if normal else []
    if not clips and not ordinary:
        raise AnalyzerError(f"{data}: it lists no clip")
    looked_at = read_seen(seen) if seen else {}
    judged = []
    for number, clip in enumerate(clips, start=1):
        tell(f"{number}/{len(clips)} {clip.name}")
        about = _About(clip.name, clip.group, kinds_known(clip), incidents_of(clip))
        about = replace(about, seen=looked_at.get(clip.name, ()))
        judged.append(_judged(clip.path, about, inference, settings))
    for number, path in enumerate(ordinary, start=1):
        tell(f"ordinary {number}/{len(ordinary)} {path.name}")
        about = _About(path.name, path.name, frozenset(KINDS))
        judged.append(_judged(path, about, inference, settings))
    if levels is not None:
        write(levels_measured(judged), levels)
    return figures(judged) | {
        "detector": inference.detector_of("person").name,
        "wrong": [
            [one.name, event.kind, event.level, round(event.start.t, 1), round(event.score, 3)]
            for one in judged
            for event in one.told
            if one.right(event) is False
        ],
    }


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of a recording before it is analysed, as of JudgedRecording."""

    name: str
    place: str
    kinds: frozenset[str]
    incidents: tuple[Incident, ...] = ()
    seen: tuple[SeenEvent, ...] = ()


def _judged(path: Path, about: _About, inference: Inference, settings: Settings) -> JudgedRecording:
    info = probe(path)
    return JudgedRecording(
        about.name, about.place, info.duration_s, about.kinds, about.incidents,
        events_in(info, inference, settings), about.seen,
    )  # fmt: skip
