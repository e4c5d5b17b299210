"""When a picture is worth a detector: something moved in it, or a look is due anyway."""

from __future__ import annotations

from analyzer.config import MotionSettings
from analyzer.video.motion import MotionState

_BACKOFF_FACTOR = 3.0
"""Each wait while nothing moves is so many times the last."""


class FrameSelection:
    """The longer nothing moves, the rarer the looks."""

    def __init__(self, settings: MotionSettings) -> None:
        """Begin with a look that is due."""
        self._settings = settings
        self._last_look = float("-inf")
        self._interval_s = 0.0

    def force_next(self) -> None:
        """Make the next picture worth a look, whatever moved."""
        self._last_look = float("-inf")

    def should_detect(self, state: MotionState, t: float) -> bool:
        """Say whether the picture at ``t`` seconds is to be looked at; call in order of time."""
        due = t - self._last_look >= self._interval_s - 1e-6
        if not self._settings.enabled or state.moved:
            self._interval_s = self._settings.recheck_s
        elif due:
            self._interval_s = min(
                _BACKOFF_FACTOR * self._interval_s, self._settings.recheck_most_s
            )
        else:
            return False
        self._last_look = t
        return True
