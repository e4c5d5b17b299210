"""A fall goes on while whoever fell lies."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.actions.timeline import DOWN_S, extend_falls
from analyzer.types import ACTIONS, ActionWindow, Moment


def timeline(labels: str) -> list[ActionWindow]:
    """One window every half second: s(tanding), f(alling), l(ying), u(nknown), space (none)."""
    names = {"s": "standing", "f": "falling", "l": "lying", "u": "unknown", "c": "sitting"}
    result = []
    for i, letter in enumerate(labels):
        if letter == " ":
            continue
        p = np.full(8, 0.02, np.float32)
        p[ACTIONS.index(names[letter])] = 0.86
        reason = "too small" if letter == "u" else None
        start, end = (Moment(round(t * 1000), t) for t in (i / 2, i / 2 + 1.9))
        result.append(ActionWindow(start, end, p, {}, start.t, 1, reason))
    return result


def told(labels: str) -> str:
    held = extend_falls(timeline(labels))
    assert all(w.probabilities.sum() == pytest.approx(1, abs=1e-5) for w in held)
    assert all(w.reason is None for w in held if w.label != "unknown")
    return "".join(w.label[0] for w in held)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ("ssfflll", "ssfffff"),
        ("sfulls", "sffffs"),
        ("llllss", "llllss"),
        ("sflslll", "sffslll"),
        ("fcccll", "fsssll"),
        ("sf" + 12 * " " + "lll", "sflll"),
    ],
    ids=[
        "stays down",
        "and cannot be told",
        "lay down unseen",
        "got up",
        "sat down",
        "lost for long",
    ],
)
def test_lying_after_a_fall_is_the_fall(seen: str, expected: str) -> None:
    assert told(seen) == expected


def test_whoever_lies_for_long_lies() -> None:
    after = told("sf" + "l" * 60)
    assert after.startswith("sfff")
    assert after.endswith("lll")
    assert 2 * DOWN_S - 2 <= after.count("f") <= 2 * DOWN_S + 2
