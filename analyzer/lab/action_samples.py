"""What the action networks learn from: labelled windows of clips, seen as a run sees them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.actions.flow import Pair
from analyzer.actions.infer import windows_of
from analyzer.actions.model import PERSON_ACTIONS, ActionModel
from analyzer.actions.person_features import STEPS, sequence
from analyzer.actions.posture import LENGTH, PARTS, body_box
from analyzer.actions.scene import SceneFlow, cut, flow_fps, scene_features
from analyzer.config import ActionSettings, Settings
from analyzer.errors import AnalyzerError
from analyzer.lab.action_data import Clip
from analyzer.pipeline.analyse import follow
from analyzer.pipeline.engines import engines_for
from analyzer.pipeline.tasks import SegmentTask
from analyzer.types import Observation, SegmentSpan, VideoInfo
from analyzer.video.decode import Decoder
from analyzer.video.probe import probe

_FALL_FROM_S = 1.0
"""A clip that is labelled a fall as a whole begins with somebody upright: windows that begin
earlier are not learned from."""


@dataclass(frozen=True, eq=False)
class Samples:
    """Windows to learn from; rows of the first five belong together, and those of the scene.

    ``measures`` float32 (N, STEPS, M) without posture; ``postures`` float32 (N, STEPS, LENGTH);
    ``actions`` indices into PERSON_ACTIONS; ``sources`` and ``groups`` text. ``scene`` float64
    (K, F) in the order of ``scene_names``, ``fights`` 0 or 1, ``scene_clips`` and
    ``scene_groups`` text.
    """

    measures: NDArray[np.float32]
    postures: NDArray[np.float32]
    actions: NDArray[np.int64]
    sources: NDArray[np.str_]
    groups: NDArray[np.str_]
    scene: NDArray[np.float64]
    scene_names: NDArray[np.str_]
    fights: NDArray[np.int64]
    scene_clips: NDArray[np.str_]
    scene_groups: NDArray[np.str_]

    def save(self, path: Path) -> None:
        """Write a plain .npz."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        np.savez_compressed(path, **named)

    @classmethod
    def load(cls, path: Path) -> Samples:
        """Read what ``save`` wrote; raises AnalyzerError when it cannot be read."""
        try:
            with np.load(path, allow_pickle=False) as file:
                return cls(**{field.name: file[field.name] for field in fields(cls)})
        except (OSError, ValueError, KeyError) as error:
            raise AnalyzerError(f"{path}: not readable samples ({error}); delete it") from error


@dataclass(frozen=True, eq=False)
class Person:
    """One tracklet of a clip with what was measured around it; postures whole, by pts."""

    observations: Sequence[Observation]
    flows: Mapping[int, Pair]
    postures: Mapping[int, NDArray[np.float32]]


def whole(info: VideoInfo) -> SegmentSpan:
    """Return the span of a whole clip."""
    return SegmentSpan(0, info.start_pts, info.start_pts, info.end_pts + 1)


def people_of(info: VideoInfo, settings: Settings) -> list[Person]:
    """Return who the person stage of a run follows through a clip."""
    without = settings.with_values("emotions", enabled=False).with_values(
        "embedding", enabled=False
    )
    engines = engines_for(without.with_values("actions", enabled=False))
    engines = replace(engines, actions=ActionModel({}, {"scene_features": []}))
    run, found, _ = follow(SegmentTask(info.path, info, whole(info), without), engines)
    flows = {pair.end.pts: pair for pair in run.flow.coarse}
    assert run.postures is not None
    return [Person(k.observations, flows, run.postures.of(k.number)) for k in found]


def flow_of(info: VideoInfo, settings: Settings) -> SceneFlow:
    """Return the flow of a whole clip, without looking for people."""
    flow = SceneFlow()
    for frame in Decoder(info, whole(info), flow_fps(settings.sampling.fps)):
        flow.update(frame)
    return flow


def person_rows(
    clip: Clip, people: Sequence[Person], picture: tuple[float, float], settings: ActionSettings
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.float32], str]]:
    """Yield measures, postures and action of each labelled window of the clip's largest person."""
    best: dict[float, tuple[float, Person, list[Observation]]] = {}
    for person in people:
        for begins, inside in windows_of(person.observations, settings.window_s, settings.step_s):
            extent = sum(body_box(o).area for o in inside)
            if begins not in best or best[begins][0] < extent:
                best[begins] = (extent, person, inside)
    for begins, (_, person, inside) in sorted(best.items(), key=lambda item: item[0]):
        action = clip.truth(begins, settings.window_s)
        early = action == "falling" and not clip.intervals and begins < _FALL_FROM_S
        if action not in PERSON_ACTIONS or early or len(inside) < 4:
            continue
        nothing = {pts: np.zeros(PARTS, np.float32) for pts in person.postures}
        measures = sequence(inside, begins, settings.window_s, picture, person.flows, nothing)
        yield measures[:, :-PARTS], _postures(inside, begins, settings, person), action


def _postures(
    inside: Sequence[Observation], begins: float, settings: ActionSettings, person: Person
) -> NDArray[np.float32]:
    """Return the whole postures (STEPS, LENGTH) in the steps in which ``sequence`` puts them."""
    result = np.zeros((STEPS, LENGTH), np.float32)
    last = np.zeros(LENGTH, np.float32)
    for observation in inside:
        last = person.postures.get(observation.moment.pts, last)
        at = (observation.moment.t - begins) / settings.window_s * STEPS
        result[min(int(at + 1e-6), STEPS - 1)] = last
    return result


def scene_rows(flow: SceneFlow, settings: ActionSettings) -> Iterator[dict[str, float]]:
    """Yield the quantities of each window of the scene."""
    for _, fine, coarse in cut(flow, settings):
        yield scene_features(fine, coarse)


def collect(clips: Sequence[Clip], settings: Settings, tell: Callable[[str], None]) -> Samples:
    """Return the samples of all clips; raises AnalyzerError where a part has none."""
    people: list[tuple[NDArray[np.float32], NDArray[np.float32], str, Clip]] = []
    scenes: list[tuple[dict[str, float], Clip]] = []
    for clip in (clip for clip in clips if not clip.left_out):
        tell(clip.name)
        info = probe(clip.path)
        if clip.of_scene:
            flow = flow_of(info, settings)
            scenes += [(row, clip) for row in scene_rows(flow, settings.actions)]
            continue
        picture = (float(info.width), float(info.height))
        found = person_rows(clip, people_of(info, settings), picture, settings.actions)
        people += [(*row, clip) for row in found]
    return stacked(people, scenes)


def stacked(
    people: Sequence[tuple[NDArray[np.float32], NDArray[np.float32], str, Clip]],
    scenes: Sequence[tuple[dict[str, float], Clip]],
) -> Samples:
    """Return rows as arrays; raises AnalyzerError where there are none."""
    if not people or not scenes:
        raise AnalyzerError("expected clips of single people and clips of fights and none")
    return Samples(
        np.stack([row[0] for row in people]),
        np.stack([row[1] for row in people]),
        np.array([PERSON_ACTIONS.index(row[2]) for row in people]),
        np.array([row[3].source for row in people]),
        np.array([row[3].group for row in people]),
        np.array([list(row.values()) for row, _ in scenes]),
        np.array(list(scenes[0][0])),
        np.array([int(clip.action == "fighting") for _, clip in scenes]),
        np.array([clip.name for _, clip in scenes]),
        np.array([clip.group for _, clip in scenes]),
    )
