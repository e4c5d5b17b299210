"""Judge an action model on labelled clips, each seen through the stages of a run."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.model import ActionModel
from analyzer.actions.posture import body_box
from analyzer.actions.scene import windows
from analyzer.config import ActionSettings, Settings
from analyzer.errors import AnalyzerError
from analyzer.lab import metrics
from analyzer.lab.action_data import Clip
from analyzer.lab.action_samples import flow_of, whole
from analyzer.pipeline.analyse import analyse_segment
from analyzer.pipeline.engines import Engines
from analyzer.pipeline.tasks import SegmentTask
from analyzer.tracking.merge import WINDOW_T
from analyzer.types import ACTIONS, ActionWindow, Tracklet, VideoInfo
from analyzer.video.probe import probe

_UNKNOWN = np.eye(len(ACTIONS), dtype=np.float32)[ACTIONS.index("unknown")]


@dataclass(frozen=True, eq=False)
class Judged:
    """One labelled window: what it is, and float32 (8,) what was told."""

    clip: Clip
    begins: float
    truth: str
    probabilities: NDArray[np.float32]
    tracked: bool


def evaluate(
    clips: Sequence[Clip], engines: Engines, settings: Settings, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Return all figures, as the contract in the documentation names them.

    Every labelled window of the grid counts: where nobody is followed the answer is *unknown*,
    which is wrong. A clip of fights or none is one case: the mean over its windows, 0 without any.
    Raises AnalyzerError when no clip can judge anything.
    """
    if engines.actions is None:
        raise AnalyzerError("actions are switched off; set actions.enabled to judge them")
    used = [clip for clip in clips if not clip.left_out]
    if not used:
        raise AnalyzerError("no clip has a label that is a class of ours; see docs/actions.md")
    judged: list[Judged] = []
    fights: list[tuple[float, int]] = []
    for number, clip in enumerate(used, start=1):
        tell(f"{number}/{len(used)} {clip.name}")
        info = probe(clip.path)
        if clip.of_scene:
            score = fight_score(info, engines.actions, settings)
            fights.append((score, int(clip.action == "fighting")))
        else:
            judged += judge_people(clip, info, engines, settings)
    return {
        "model": engines.actions.name,
        "people_detector": engines.people.name,
        "windows": _of_windows(judged) if judged else None,
        "per_source": per_source(judged, fights, used),
        "fighting": _of_fights(fights) if fights else None,
        "falls": falls(judged),
        "left_out": len(clips) - len(used),
        "ms_per_window": milliseconds(engines.actions),
    }


def fight_score(info: VideoInfo, model: ActionModel, settings: Settings) -> float:
    """Return the mean probability of a fight over the windows of a clip, 0 where nothing moves."""
    flow = flow_of(info, settings)
    told = windows(flow, model, settings.actions, -math.inf, math.inf)
    scores = [window.fighting for window in told]
    return float(np.mean(scores)) if scores else 0.0


def judge_people(clip: Clip, info: VideoInfo, engines: Engines, settings: Settings) -> list[Judged]:
    """Return the labelled windows of a clip of one person, through the person stage of a run."""
    task = SegmentTask(info.path, info, whole(info), settings)
    tracklets = analyse_segment(task, engines).tracklets
    return list(judge_windows(clip, info.duration_s, tracklets, settings.actions))


def judge_windows(
    clip: Clip, duration_s: float, tracklets: Sequence[Tracklet], settings: ActionSettings
) -> Iterator[Judged]:
    """Yield every labelled window of the grid that lies in the clip, with its answer.

    Of several people the answer is that of the largest, by the sum of the areas of his boxes: the
    labels are of one person a clip and the others sit in the background.
    """
    answers = _largest(tracklets, settings)
    k = 0
    while (begins := k * settings.step_s) + settings.window_s <= duration_s + settings.step_s / 2:
        truth = clip.truth(begins, settings.window_s)
        if truth is not None:
            window = answers.get(k)
            told = _UNKNOWN if window is None else window.probabilities
            yield Judged(clip, begins, truth, told, window is not None)
        k += 1


def _largest(tracklets: Sequence[Tracklet], settings: ActionSettings) -> dict[int, ActionWindow]:
    best: dict[int, tuple[float, ActionWindow]] = {}
    for tracklet in tracklets:
        areas = [(o.moment.pts, body_box(o).area) for o in tracklet.observations]
        for window in tracklet.actions:
            k = round(window.features[WINDOW_T] / settings.step_s)
            size = sum(a for pts, a in areas if window.start.pts <= pts <= window.end.pts)
            if k not in best or size > best[k][0]:
                best[k] = (size, window)
    return {k: window for k, (_, window) in best.items()}


def _of_windows(judged: Sequence[Judged]) -> dict[str, Any]:
    truth = np.array([ACTIONS.index(one.truth) for one in judged])
    told = np.stack([one.probabilities for one in judged])
    tracked = np.array([one.tracked for one in judged])
    right = (told.argmax(1) == truth)[tracked]
    return asdict(metrics.score(told, truth, ACTIONS)) | {
        "not_tracked": int((~tracked).sum()),
        "accuracy_where_tracked": float(right.mean()) if len(right) else None,
    }


def per_source(
    judged: Sequence[Judged], fights: Sequence[tuple[float, int]], clips: Sequence[Clip]
) -> dict[str, Any]:
    """Return n, accuracy and its interval per first folder: windows, or clips of fights."""
    right: dict[str, list[bool]] = {}
    for one in judged:
        said = ACTIONS[int(one.probabilities.argmax())]
        right.setdefault(one.clip.source, []).append(said == one.truth)
    of_scene = [clip for clip in clips if clip.of_scene]
    for clip, (score, fight) in zip(of_scene, fights, strict=True):
        right.setdefault(clip.source, []).append((score > 0.5) == bool(fight))
    return {source: _share(np.array(values)) for source, values in sorted(right.items())}


def _share(right: NDArray[np.bool_]) -> dict[str, Any]:
    interval = metrics.bootstrap(lambda i: float(right[i].mean()), len(right))
    return {"n": len(right), "accuracy": float(right.mean()), "ci95": interval}


def _of_fights(fights: Sequence[tuple[float, int]]) -> dict[str, Any]:
    scores, truth = (np.array(values) for values in zip(*fights, strict=True))
    return metrics.binary(scores, truth)


def falls(judged: Sequence[Judged]) -> dict[str, int]:
    """Return in how many clips of falls one was told, and in how many others."""
    told: dict[str, bool] = {}
    real: dict[str, bool] = {}
    for one in judged:
        name = one.clip.name
        falling = ACTIONS[int(one.probabilities.argmax())] == "falling"
        told[name] = told.get(name, False) or falling
        real[name] = real.get(name, False) or one.truth == "falling"
    return {
        "clips": sum(real.values()),
        "found": sum(told[name] for name in real if real[name]),
        "other_clips": sum(not fell for fell in real.values()),
        "false": sum(told[name] for name in real if not real[name]),
    }


def milliseconds(model: ActionModel, rounds: int = 50) -> float:
    """Return the median milliseconds of one person-window, after its features."""
    shape = (1, *(model.sequence_shape))
    window = np.zeros(shape, np.float32)
    spent = []
    for _ in range(rounds):
        began = time.perf_counter()
        model.person(window)
        spent.append(time.perf_counter() - began)
    return round(1000 * float(np.median(spent)), 4)
