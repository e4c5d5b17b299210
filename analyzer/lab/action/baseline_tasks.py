"""Classification tasks of the whole-frame baselines: windows, labels and held-out parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.model import PERSON_ACTIONS
from analyzer.config import ActionSettings
from analyzer.lab import metrics
from analyzer.lab.action.clip_frames import ClipFrames
from analyzer.lab.action.evaluate import UNKNOWN, EvaluatedWindow, as_cases, per_source
from analyzer.lab.action.labels import Clip, grid
from analyzer.types import ACTIONS

FRAMES = 16
"""Number of pictures per window."""

FIGHTS = ("none", "fighting")

_Row = tuple[Clip, float, int, NDArray[np.int64]]

TASK_NAMES = ("fighting", "people", "people_by_camera")


@dataclass(frozen=True, eq=False)
class BaselineTask:
    """N windows with one of ``classes`` each, and the groups that a split must not divide.

    ``pictures`` int64 (N, FRAMES) are rows of ``ClipFrames.pictures``, ``truth`` int64 (N,)
    indices into ``classes``, ``groups`` text (N,); ``clips`` and ``begins`` (seconds) identify
    the windows.
    """

    name: str
    classes: tuple[str, ...]
    pictures: NDArray[np.int64]
    truth: NDArray[np.int64]
    groups: NDArray[np.str_]
    clips: tuple[Clip, ...]
    begins: tuple[float, ...]

    def part(self, chosen: NDArray[np.bool_]) -> BaselineTask:
        """Return the task with the windows that ``chosen`` (N,) selects."""
        rows = np.flatnonzero(chosen)
        return replace(
            self,
            pictures=self.pictures[rows],
            truth=self.truth[rows],
            groups=self.groups[rows],
            clips=tuple(self.clips[i] for i in rows),
            begins=tuple(self.begins[i] for i in rows),
        )

    def figures(self, predicted: NDArray[np.float32]) -> dict[str, Any]:
        """Return metrics of probabilities float32 (N, classes) of held-out windows."""
        if self.classes == FIGHTS:
            return self._of_fights(predicted[:, 1])
        return self._of_people(predicted)

    def _of_fights(self, predicted: NDArray[np.float32]) -> dict[str, Any]:
        """Return metrics with one case per clip, the mean over its windows."""
        _, which = np.unique([clip.name for clip in self.clips], return_inverse=True)
        counts = np.bincount(which)
        truth = np.bincount(which, self.truth) / counts
        return metrics.binary(np.bincount(which, predicted) / counts, truth.astype(np.int64))

    def _of_people(self, predicted: NDArray[np.float32]) -> dict[str, Any]:
        """Return metrics with the cases of ``evaluate action``; ``strict`` counts every window."""
        judged = [
            EvaluatedWindow(
                clip, begins, self.classes[truth], _of_all_actions(row), UNKNOWN, tracked=True
            )
            for clip, begins, truth, row in zip(
                self.clips, self.begins, self.truth, predicted, strict=True
            )
        ]
        cases = as_cases(judged)
        truth = np.array([ACTIONS.index(one.truth) for one in cases])
        cameras = sorted({_camera(clip) for clip in self.clips})
        return asdict(metrics.score(np.stack([c.probabilities for c in cases]), truth, ACTIONS)) | {
            "commonest": float(np.bincount(truth).max() / len(truth)),
            "strict": metrics.share([one.label == one.truth for one in judged]),
            "per_source": per_source(cases, (), ()),
            "per_camera": {
                camera: metrics.share(
                    [one.label == one.truth for one in cases if _camera(one.clip) == camera]
                )
                for camera in cameras
            },
        }


def baseline_tasks_of(
    clips: Sequence[Clip], frames: ClipFrames, settings: ActionSettings
) -> list[BaselineTask]:
    """Return the tasks, of three, for which the clips have labels.

    *fighting* (fights against none, scenes held out), *people* (what one person does, subjects held
    out) and *people_by_camera* (the same with cameras held out: the same person, seen elsewhere).
    """
    fights: list[_Row] = []
    people: list[_Row] = []
    for number, clip in enumerate(clips):
        begins_of = grid(float(frames.durations[number]), settings.window_s, settings.step_s)
        for begins in begins_of or [0.0] * clip.of_scene:
            times = begins + np.arange(FRAMES) * settings.window_s / FRAMES
            pictures = frames.window(number, times)
            truth = clip.truth(begins, settings.window_s)
            if clip.of_scene:
                fights.append((clip, begins, int(truth == "fighting"), pictures))
            elif truth in PERSON_ACTIONS:
                people.append((clip, begins, PERSON_ACTIONS.index(truth), pictures))
    subjects = [clip.group for clip, *_ in people]
    cameras = [_camera(clip) for clip, *_ in people]
    asked = (
        (FIGHTS, fights, [clip.group for clip, *_ in fights]),
        (PERSON_ACTIONS, people, subjects),
        (PERSON_ACTIONS, people, cameras),
    )
    return [
        _task(name, classes, rows, groups)
        for name, (classes, rows, groups) in zip(TASK_NAMES, asked, strict=True)
        if len(set(groups)) > 1
    ]


def _task(
    name: str, classes: tuple[str, ...], rows: Sequence[_Row], groups: Sequence[str]
) -> BaselineTask:
    clips, begins, truth, pictures = zip(*rows, strict=True)
    return BaselineTask(
        name, classes, np.stack(pictures), np.array(truth), np.array(groups), clips, begins
    )


def _camera(clip: Clip) -> str:
    return f"{clip.group}:{clip.camera}"


def _of_all_actions(row: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return probabilities of PERSON_ACTIONS as those of ACTIONS."""
    spread = np.zeros(len(ACTIONS), np.float32)
    spread[[ACTIONS.index(action) for action in PERSON_ACTIONS]] = row
    return spread
