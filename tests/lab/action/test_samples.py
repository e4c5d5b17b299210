"""What labelled clips are measured by: the same evidence as in a run."""

from __future__ import annotations

from analyzer.config import Settings
from analyzer.lab.action.samples import people_of
from analyzer.video.probe import probe
from tests.places import CORRIDOR


def test_people_of_a_clip_have_joints_unless_the_settings_do_without() -> None:
    info = probe(CORRIDOR)
    with_joints = people_of(info, Settings())
    without = people_of(info, Settings().with_values("actions", joints=False))
    assert len(with_joints) == len(without) > 0
    assert any(len(person.joints) > 1 for person in with_joints)
    assert not any(person.joints for person in without)
