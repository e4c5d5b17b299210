"""Frame selection: which sampled pictures are given to the detectors.

Those in which something moved, and others at intervals that grow by exponential backoff while
nothing moves: after 1, 3, 9 … seconds, up to a limit. A still picture shows what the last one did.
"""

from __future__ import annotations

from analyzer.config_detection import MotionSettings
from analyzer.video.motion import MotionState

_BACKOFF_FACTOR = 3.0
"""Each interval without motion is this many times the last."""


class FrameSelection:
    """Selects by motion, with exponential backoff; one per stretch of video, in order of time."""

    def __init__(self, settings: MotionSettings) -> None:
        """Select the first picture in any case."""
        self._settings = settings
        self._last_t = float("-inf")
        self._interval_s = 0.0

    def force_next(self) -> None:
        """Select the next picture, whatever moves in it."""
        self._last_t = float("-inf")

    def should_detect(self, state: MotionState, t: float) -> bool:
        """Return whether to detect in the picture at ``t`` seconds; call in order of time."""
        due = t - self._last_t >= self._interval_s - 1e-6
        if not self._settings.enabled or state.moved:
            self._interval_s = self._settings.recheck_s
        elif due:
            self._interval_s = min(
                _BACKOFF_FACTOR * self._interval_s, self._settings.recheck_most_s
            )
        else:
            return False
        self._last_t = t
        return True
