"""Running as an event: a speed that walking people do not reach."""

from __future__ import annotations

from typing import Final

from analyzer.types import ActionWindow

RUN_SPEED: Final = 1.3
"""Least speed in body heights per second along the picture: 2.2 m/s of somebody 1.7 m tall. A brisk
walk is 1.15; boxes that change their height make walkers of 0.8 *running*."""


def runs(window: ActionWindow) -> bool:
    """Return whether the speed of ``window`` can be that of a runner; unknown speed can."""
    return window.features.get("speed", RUN_SPEED) >= RUN_SPEED
