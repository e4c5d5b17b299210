"""Training samples of the action networks: labelled windows of clips, measured as in a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.abstention import abstention_reason
from analyzer.actions.model import PERSON_ACTIONS, ActionModel
from analyzer.actions.optical_flow import shrink
from analyzer.actions.pairs import measured_pairs
from analyzer.actions.person_features import sequence
from analyzer.actions.scene import Measured, SceneFlow, flow_fps
from analyzer.actions.windows import windows_of
from analyzer.config import ActionSettings, Settings
from analyzer.errors import AnalyzerError
from analyzer.joints.network import Joints
from analyzer.lab.action.camera_shake import camera_path, displaced
from analyzer.lab.action.labels import Clip
from analyzer.lab.action.window_labels import UPRIGHT, fell_at, window_label
from analyzer.lab.checkpoint import load_fields, save_fields
from analyzer.pipeline.inference import inference_for, joints_for
from analyzer.pipeline.segment import track_people
from analyzer.pipeline.tasks import SegmentTask
from analyzer.types import Observation, SceneWindow, SegmentSpan, VideoInfo
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe

SHAKEN_WEIGHT = 0.25
"""Weight of a window of a shaken copy; a larger one spoils the model for steady cameras."""

OTHER_WEIGHT = 8.0
"""Largest total weight of the windows of a clip that is not labelled for fights."""

OTHER_SCENE_S = 8.0
"""Seconds of a clip of one person used as hard negatives for fights; more adds nothing new."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Measurements of clips: N windows of people, and K windows of scenes.

    Fights are trained on them. People are only evaluated: their network is trained on simulated
    windows.

    ``sequences`` float32 (N, STEPS, M); ``actions`` indices into PERSON_ACTIONS; ``cameras`` text,
    the source with subject and camera. ``scene`` float64 (K, F) in the order of ``scene_names``,
    ``fights`` 0 or 1, ``scene_clips`` and ``scene_groups`` text; ``scene_labelled`` whether the
    window is of the unchanged clip and labelled for fights; ``scene_weights`` its weight.
    ``groups`` float64 (G, H) are quantities of one or two people in the order of ``group_names``,
    NaN where missing; ``group_windows`` (G,) of which of the K windows.
    """

    sequences: NDArray[np.float32]
    actions: NDArray[np.int64]
    cameras: NDArray[np.str_]
    scene: NDArray[np.float64]
    scene_names: NDArray[np.str_]
    fights: NDArray[np.int64]
    scene_clips: NDArray[np.str_]
    scene_groups: NDArray[np.str_]
    scene_labelled: NDArray[np.bool_]
    scene_weights: NDArray[np.float64]
    groups: NDArray[np.float64]
    group_names: NDArray[np.str_]
    group_windows: NDArray[np.int64]

    def save(self, path: Path) -> None:
        """Write a plain .npz."""
        save_fields(path, self)

    @classmethod
    def load(cls, path: Path) -> Samples:
        """Read the file of ``save``; raises AnalyzerError if it cannot be read."""
        return load_fields(path, cls, "samples")


@dataclass(frozen=True, eq=False)
class Person:
    """One tracklet of a clip with the flow inside it and its joints, by pts."""

    observations: Sequence[Observation]
    flows: Mapping[int, NDArray[np.float32]]
    joints: Mapping[int, Joints]


@dataclass(frozen=True, eq=False)
class PersonRow:
    """One window of one person, its action, and its clip."""

    sequence: NDArray[np.float32]
    action: str
    clip: Clip


@dataclass(frozen=True, eq=False)
class SceneRow:
    """The quantities of one window of a scene, whether it shows a fight, and its clip.

    ``groups`` are those of one or two people in it.
    """

    features: Mapping[str, float]
    fight: bool
    clip: str
    group: str
    labelled: bool
    shaken: bool = False
    groups: Sequence[Mapping[str, float]] = ()


def whole(info: VideoInfo) -> SegmentSpan:
    """Return the span of a whole clip."""
    return SegmentSpan(0, info.start_pts, info.start_pts, info.end_pts + 1)


def untrained_model() -> ActionModel:
    """Return a model without weights: a run with it only measures."""
    nothing = {f"scene_{name}": np.zeros(0, np.float32) for name in ("mean", "scale", "weights")}
    return ActionModel(nothing | {"scene_bias": np.zeros(1, np.float32)}, {"scene_features": []})


def people_of(info: VideoInfo, settings: Settings) -> list[Person]:
    """Return the tracklets of the person stage of a run over a clip."""
    without = settings.with_values("emotions", enabled=False)
    without = without.with_values("embedding", enabled=False).with_values("actions", enabled=False)
    inference = replace(
        inference_for(without), actions=untrained_model(), joints=joints_for(settings)
    )
    run, found, _ = track_people(SegmentTask(info.path, info, whole(info), without), inference)
    return [
        Person(one.observations, run.bodies.of(one.number), run.joints.of(one.number))
        for one in found
    ]


def measured_scene(
    info: VideoInfo,
    settings: Settings,
    until_s: float = float("inf"),
    path: NDArray[np.float64] | None = None,
) -> list[Measured]:
    """Return the windows of the whole scene of a clip, without detecting people.

    ``path`` (N, 2) shifts the pictures as a moving camera would (``camera_path``).
    """
    flow = SceneFlow(settings.actions)
    found: list[Measured] = []
    for number, frame in enumerate(Decoder(info, whole(info), flow_fps(settings.sampling.fps))):
        if frame.moment.t > until_s:
            break
        small = shrink(frame.luma)
        if path is not None:
            small = displaced(small, path[number % len(path)])
        found += flow.take(frame.moment, small)
    return found + flow.finish()


def shaken_scene(info: VideoInfo, settings: Settings, seed: int) -> list[Measured]:
    """Return the windows of the clip with a simulated shake or pan of the camera."""
    fps = flow_fps(settings.sampling.fps)
    count = max(int(info.duration_s * fps) + 2, 2)
    path = camera_path(count, fps, np.random.default_rng(seed))
    return measured_scene(info, settings, path=path)


def person_rows(
    clip: Clip, people: Sequence[Person], info: VideoInfo, settings: ActionSettings
) -> Iterator[PersonRow]:
    """Yield the labelled windows of the largest person of a clip."""
    picture = (float(info.width), float(info.height))
    fell = fell_at(person.observations for person in people)
    best: dict[float, tuple[float, Person, list[Observation]]] = {}
    for person in people:
        for begins, inside in windows_of(person.observations, settings.window_s, settings.step_s):
            extent = sum(o.body.box.area for o in inside if o.body is not None)
            if begins not in best or best[begins][0] < extent:
                best[begins] = (extent, person, inside)
    for begins, (_, person, inside) in sorted(best.items(), key=lambda item: item[0]):
        action = window_label(clip, begins, settings.window_s, info.duration_s, fell)
        if (
            action in PERSON_ACTIONS
            and abstention_reason(inside, settings.window_s, picture, person.joints) is None
        ):
            row = sequence(inside, begins, settings.window_s, picture, person.flows, person.joints)
            yield PersonRow(row, action, clip)


def with_groups(
    scene: Sequence[Measured],
    people: Sequence[Person],
    info: VideoInfo,
    settings: ActionSettings,
) -> Iterator[tuple[Measured, list[Mapping[str, float]]]]:
    """Yield the windows of the whole scene, each with the quantities of its people."""
    windows = [SceneWindow(m.start, m.end, 0.5, {}, m.begins, m.flow) for m in scene]
    followed = [(str(number), one.observations) for number, one in enumerate(people)]
    picture = float(info.width), float(info.height)
    groups: dict[float, list[Mapping[str, float]]] = defaultdict(list)
    for one in measured_pairs(followed, windows, picture, settings):
        groups[one.begins].append(one.features)
    yield from ((m, groups[m.begins]) for m in scene)


def collect(
    clips: Sequence[Clip], others: Sequence[Path], settings: Settings, tell: Callable[[str], None]
) -> Samples:
    """Return the samples of all clips; raises AnalyzerError if a part has none.

    ``others`` are videos without any fight, of which the first half is used as hard negatives;
    so are some seconds of the clips of single people.
    """
    people: list[PersonRow] = []
    scenes: list[SceneRow] = []
    for number, clip in enumerate(clips):
        tell(clip.name)
        info = probe(clip.path)
        until = float("inf") if clip.of_scene else OTHER_SCENE_S
        fight = clip.action == "fighting"
        followed = people_of(info, settings)
        scenes += [
            SceneRow(one.features, fight, clip.name, clip.group, clip.of_scene, groups=groups)
            for one, groups in with_groups(
                measured_scene(info, settings, until), followed, info, settings.actions
            )
        ]
        if clip.of_scene:
            scenes += [
                SceneRow(one.features, fight, f"{clip.name} shaken", clip.group, False, True)
                for one in shaken_scene(info, settings, number)
            ]
        if not clip.of_scene and (not clip.left_out or clip.label in UPRIGHT):
            people += person_rows(clip, followed, info, settings.actions)
    for path in others:
        tell(path.name)
        info = probe(path)
        half = measured_scene(info, settings, info.duration_s / 2)
        scenes += [
            SceneRow(one.features, False, path.name, path.name, False, groups=groups)
            for one, groups in with_groups(half, people_of(info, settings), info, settings.actions)
        ]
    return stacked(people, scenes)


def stacked(people: Sequence[PersonRow], scenes: Sequence[SceneRow]) -> Samples:
    """Return rows as arrays; raises AnalyzerError if there are none."""
    if not people or not any(row.labelled for row in scenes):
        raise AnalyzerError("expected clips of single people and clips of fights and none")
    groups = [(k, group) for k, row in enumerate(scenes) for group in row.groups]
    names = sorted({name for _, group in groups for name in group})
    table = [[group.get(name, np.nan) for name in names] for _, group in groups]
    return Samples(
        np.stack([row.sequence for row in people]),
        np.array([PERSON_ACTIONS.index(row.action) for row in people]),
        np.array([f"{row.clip.group}:{row.clip.camera}" for row in people]),
        np.array([list(row.features.values()) for row in scenes]),
        np.array(list(scenes[0].features)),
        np.array([int(row.fight) for row in scenes]),
        np.array([row.clip for row in scenes]),
        np.array([row.group for row in scenes]),
        np.array([row.labelled for row in scenes]),
        _weights(scenes),
        np.array(table, np.float64).reshape(len(groups), len(names)),
        np.array(names, dtype=np.str_),
        np.array([k for k, _ in groups], dtype=np.int64),
    )


def _weights(scenes: Sequence[SceneRow]) -> NDArray[np.float64]:
    counts = Counter(row.clip for row in scenes)
    others = [min(OTHER_WEIGHT / counts[row.clip], 1.0) for row in scenes]
    return np.array(
        [
            SHAKEN_WEIGHT if row.shaken else 1.0 if row.labelled else other
            for row, other in zip(scenes, others, strict=True)
        ]
    )
