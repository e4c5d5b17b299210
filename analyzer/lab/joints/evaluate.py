"""Evaluation of a joint network on labelled people, as they are and as far people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from analyzer.imaging import scaled_down
from analyzer.joints.network import JointNetwork, Joints
from analyzer.lab.joints.agreement import agreement
from analyzer.lab.joints.labels import Person
from analyzer.lab.metrics import median_ms
from analyzer.types import Box

HEIGHTS: Final = (128, 96, 64, 48, 32)
"""Lengths in px to which the longer side of a box is shrunk; smaller people are left out."""


def evaluate(
    people: Sequence[Person],
    network: JointNetwork,
    progress: Callable[[int], None] = lambda done: None,
) -> dict[str, Any]:
    """Return all figures, with the keys of docs/joints.md."""
    found: dict[int, list[Joints]] = {height: [] for height in (0, *HEIGHTS)}
    shown: dict[int, list[Person]] = {height: [] for height in found}
    for done, person in enumerate(people, 1):
        picture = person.picture()
        side = max(person.box.w, person.box.h)
        for height in found:
            if height > side:
                continue
            factor = height / side if height else 1.0
            found[height].append(_found(network, picture, person, factor))
            shown[height].append(person)
        progress(done)
    whole = _figures(shown[0], found[0])
    sources = sorted({one.source for one in people})
    crop = people[0].picture()
    return {
        "model": network.name,
        **whole,
        "by_height": {
            str(height): _figures(shown[height], found[height])
            for height in HEIGHTS
            if shown[height]
        },
        "by_source": {
            source: _figures(*_of_source(shown[0], found[0], source)) for source in sources
        },
        "ms_per_person": median_ms(lambda: network.find(crop, [people[0].box]), 15),
    }


def _figures(people: Sequence[Person], found: Sequence[Joints]) -> dict[str, Any]:
    return agreement(people, [one.places for one in found], [one.told for one in found])


def _of_source(
    people: Sequence[Person], found: Sequence[Joints], source: str
) -> tuple[list[Person], list[Joints]]:
    own = [index for index, one in enumerate(people) if one.source == source]
    return [people[index] for index in own], [found[index] for index in own]


def _found(network: JointNetwork, picture: Any, person: Person, factor: float) -> Joints:
    """Return the joints found on the picture shrunk by ``factor``, in pixels of the whole one."""
    smaller = scaled_down(picture, factor)
    across, down = smaller.shape[1] / picture.shape[1], smaller.shape[0] / picture.shape[0]
    box = person.box
    small = Box(box.x * across, box.y * down, box.w * across, box.h * down)
    joints = network.find(smaller, [small])[0]
    places = np.asarray(joints.places / (across, down), np.float32)
    return Joints(places, joints.probabilities, joints.told)
