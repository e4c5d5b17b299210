"""Quality gate of face chips: limits on size, sharpness and pose for reading an expression."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Width of a FER2013-like chip in units of the distance between the eyes (template: 17.5 of 48 px).
FACE_PER_EYE = 48 / 17.5


@dataclass(frozen=True, slots=True)
class Floors:
    """Limits below which a sample is *insufficient quality*; measured on degraded data (CARD.md).

    `face_px`: width of the chip's square in source pixels. `sharpness`: as `sharpness_of`.
    `yaw_deg`: the largest absolute yaw for which the model was measured; `down_deg` and `up_deg`:
    the largest pitch of a head that looks down or up.
    """

    face_px: float
    sharpness: float
    yaw_deg: float
    down_deg: float = 90.0
    up_deg: float = 90.0

    def reason(
        self,
        sharpness: float,
        eye_px: float | None = None,
        yaw: float | None = None,
        pitch: float | None = None,
    ) -> str | None:
        """Return why a face cannot be assessed, or None if it can; unknown values are None."""
        if eye_px is not None:
            face_px = eye_px * FACE_PER_EYE
            if not face_px >= self.face_px:
                return f"face {face_px:.0f} px wide, floor {self.face_px:.0f} px"
        if yaw is not None and not abs(yaw) <= self.yaw_deg:
            return f"yaw {abs(yaw):.0f}°, limit {self.yaw_deg:.0f}°"
        if pitch is not None and not -self.up_deg <= pitch <= self.down_deg:
            way, limit = ("down", self.down_deg) if pitch > 0 else ("up", self.up_deg)
            return f"looks {way} {abs(pitch):.0f}°, limit {limit:.0f}°"
        if sharpness < self.sharpness:
            return f"too blurred (sharpness {sharpness:.1f}, floor {self.sharpness:.1f})"
        return None


def sharpness_of(chip: NDArray[np.uint8]) -> float:
    """Sharpness of a grey chip: detail as a share of contrast, in percent.

    It is the standard deviation of the Laplacian over the standard deviation of the levels. Unlike
    the variance of the Laplacian it does not change with gain and exposure.
    """
    spread = float(chip.std())
    if spread < 1:
        return 0.0
    return 100 * float(cv2.Laplacian(chip, cv2.CV_32F, ksize=1).std()) / spread
