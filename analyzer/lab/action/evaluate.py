"""Evaluation of an action model on labelled clips, each run through the stages of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.model import ActionModel
from analyzer.actions.scene import judge
from analyzer.actions.timeline import extend_falls
from analyzer.config import ActionSettings, Settings
from analyzer.errors import AnalyzerError
from analyzer.lab import metrics
from analyzer.lab.action import motion_rules
from analyzer.lab.action.labels import Clip, grid
from analyzer.lab.action.samples import measured_scene, whole
from analyzer.pipeline.inference import Inference
from analyzer.pipeline.segment import analyse_segment
from analyzer.pipeline.tasks import SegmentTask
from analyzer.types import ACTIONS, ActionWindow, Box, Observation, Tracklet, VideoInfo
from analyzer.video.probe import probe

Probabilities = NDArray[np.float32]

UNKNOWN: Probabilities = np.eye(len(ACTIONS), dtype=np.float32)[ACTIONS.index("unknown")]
"""The answer where no person is tracked."""


@dataclass(frozen=True, eq=False)
class EvaluatedWindow:
    """One labelled window: its ground truth, and float32 (8,) of the model and of the rules."""

    clip: Clip
    begins: float
    truth: str
    probabilities: Probabilities
    rules: Probabilities
    tracked: bool

    @property
    def label(self) -> str:
        """The most probable action."""
        return ACTIONS[int(self.probabilities.argmax())]


def evaluate(
    clips: Sequence[Clip], inference: Inference, settings: Settings, tell: Callable[[str], None]
) -> dict[str, Any]:
    """Return all metrics, with the keys of the documentation.

    Every labelled window of the grid counts: where no person is tracked the answer is *unknown*,
    which is wrong. A clip of fights or none is one case: the mean over its windows, 0 without
    windows. Raises AnalyzerError if no clip has a usable label.
    """
    if inference.actions is None:
        raise AnalyzerError("actions are switched off; set actions.enabled to judge them")
    used = [clip for clip in clips if not clip.left_out]
    if not used:
        raise AnalyzerError("no clip has a label that is a class of ours; see docs/actions.md")
    judged: list[EvaluatedWindow] = []
    fights: list[tuple[float, int]] = []
    for number, clip in enumerate(used, start=1):
        tell(f"{number}/{len(used)} {clip.name}")
        info = probe(clip.path)
        if clip.of_scene:
            score = fight_score(info, inference.actions, settings)
            fights.append((score, int(clip.action == "fighting")))
        else:
            judged += judge_people(clip, info, inference, settings)
    cases = as_cases(judged)
    return {
        "model": inference.actions.name,
        "people_detector": inference.detector_of("person").name,
        "windows": _of_windows(cases) if cases else None,
        "strict": metrics.share([one.label == one.truth for one in judged]) if judged else None,
        "rules": metrics.share(_right_by_rules(cases)) if cases else None,
        "per_source": per_source(cases, fights, used),
        "fighting": _of_fights(fights) if fights else None,
        "falls": falls(judged),
        "left_out": len(clips) - len(used),
        "ms_per_window": milliseconds(inference.actions),
    }


def fight_score(info: VideoInfo, model: ActionModel, settings: Settings) -> float:
    """Return the mean probability of a fight over the windows of a clip, 0 without motion."""
    scores = [judge(window, model).fighting for window in measured_scene(info, settings)]
    return float(np.mean(scores)) if scores else 0.0


def judge_people(
    clip: Clip, info: VideoInfo, inference: Inference, settings: Settings
) -> list[EvaluatedWindow]:
    """Return the labelled windows of a clip of one person, from the person stage of a run."""
    task = SegmentTask(info.path, info, whole(info), settings)
    tracklets = analyse_segment(task, inference).tracklets
    return list(judge_windows(clip, info, tracklets, settings.actions))


def judge_windows(
    clip: Clip, info: VideoInfo, tracklets: Sequence[Tracklet], settings: ActionSettings
) -> Iterator[EvaluatedWindow]:
    """Yield every labelled window of the grid in the clip, with its answer.

    Of several people the answer is that of the most prominent one: there is one labelled person per
    clip, and the others are in the background.
    """
    answers = _foremost(tracklets, info.width, settings)
    for k, begins in enumerate(grid(info.duration_s, settings.window_s, settings.step_s)):
        truth = clip.truth(begins, settings.window_s)
        if truth is not None:
            window = answers.get(k)
            if window is None:
                yield EvaluatedWindow(clip, begins, truth, UNKNOWN, UNKNOWN, tracked=False)
            else:
                rules = motion_rules.judge(window.features)
                yield EvaluatedWindow(
                    clip, begins, truth, window.probabilities, rules, tracked=True
                )


def prominence(box: Box, width: float) -> float:
    """Return the area of a box in px, weighted by its nearness to the picture's middle."""
    return box.area * max(1 - abs(2 * box.centre[0] / width - 1), 0.0)


def body_of(observation: Observation) -> Box:
    """Return the box of the body, or of the face without one."""
    seen = observation.body or observation.face
    assert seen is not None
    return seen.box


def _foremost(
    tracklets: Sequence[Tracklet], width: float, settings: ActionSettings
) -> dict[int, ActionWindow]:
    """Return by number the window of the most prominent person in it."""
    best: dict[int, tuple[float, ActionWindow]] = {}
    for tracklet in tracklets:
        seen = [(o.moment.pts, prominence(body_of(o), width)) for o in tracklet.observations]
        for window in extend_falls(tracklet.actions):
            k = round(window.begins / settings.step_s)
            size = sum(p for pts, p in seen if window.start.pts <= pts <= window.end.pts)
            if k not in best or size > best[k][0]:
                best[k] = (size, window)
    return {k: window for k, (_, window) in best.items()}


def as_cases(judged: Sequence[EvaluatedWindow]) -> list[EvaluatedWindow]:
    """Return the cases: one window for each clip of which only a part shows its label.

    A fall or a run that is labelled as a whole begins with something else. Such a clip is one case,
    which is right if any window has its action.
    """
    cases: list[EvaluatedWindow] = []
    parts: dict[str, list[EvaluatedWindow]] = {}
    for one in judged:
        if one.truth in ("falling", "running") and not one.clip.intervals:
            parts.setdefault(one.clip.name, []).append(one)
        else:
            cases.append(one)
    for windows in parts.values():
        told = [one for one in windows if one.label == one.truth]
        cases.append(told[0] if told else windows[len(windows) // 2])
    return cases


def _right_by_rules(cases: Sequence[EvaluatedWindow]) -> list[bool]:
    return [ACTIONS[int(one.rules.argmax())] == one.truth for one in cases]


def _of_windows(cases: Sequence[EvaluatedWindow]) -> dict[str, Any]:
    truth = np.array([ACTIONS.index(one.truth) for one in cases])
    told = np.stack([one.probabilities for one in cases])
    guess = told.argmax(1)
    answered = guess != ACTIONS.index("unknown")
    return asdict(metrics.score(told, truth, ACTIONS)) | {
        "not_tracked": sum(not one.tracked for one in cases),
        "answered": float(answered.mean()),
        "accuracy_where_answered": float((guess == truth)[answered].mean())
        if answered.any()
        else None,
    }


def per_source(
    cases: Sequence[EvaluatedWindow], fights: Sequence[tuple[float, int]], clips: Sequence[Clip]
) -> dict[str, Any]:
    """Return n, accuracy and its interval per source: over windows, or clips of fights."""
    right: dict[str, list[bool]] = {}
    for one in cases:
        right.setdefault(one.clip.source, []).append(one.label == one.truth)
    of_scene = [clip for clip in clips if clip.of_scene]
    for clip, (score, fight) in zip(of_scene, fights, strict=True):
        right.setdefault(clip.source, []).append((score > 0.5) == bool(fight))
    return {source: metrics.share(values) for source, values in sorted(right.items())}


def _of_fights(fights: Sequence[tuple[float, int]]) -> dict[str, Any]:
    scores, truth = (np.array(values) for values in zip(*fights, strict=True))
    return metrics.binary(scores, truth)


def falls(judged: Sequence[EvaluatedWindow]) -> dict[str, int]:
    """Return the numbers of clips of falls, of other clips, and of those with a detected fall."""
    told: dict[str, bool] = {}
    real: dict[str, bool] = {}
    for one in judged:
        name = one.clip.name
        told[name] = told.get(name, False) or one.label == "falling"
        real[name] = real.get(name, False) or one.truth == "falling"
    return {
        "clips": sum(real.values()),
        "found": sum(told[name] for name in real if real[name]),
        "other_clips": sum(not fell for fell in real.values()),
        "false": sum(told[name] for name in real if not real[name]),
    }


def milliseconds(model: ActionModel, rounds: int = 50) -> float:
    """Return the median milliseconds of the network per window, without its features."""
    window = np.zeros((1, *model.sequence_shape), np.float32)
    return round(metrics.median_ms(lambda: model.person(window), rounds), 4)
