"""Clips with a clock burnt in, made for the tests: drawn by OpenCV, encoded by ffmpeg."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.video.ffmpeg import find_ffmpeg

Corner = Literal["top left", "top right", "bottom left", "bottom right"]


@dataclass(frozen=True, slots=True)
class Style:
    """A clock as a recorder burns it in, by the forms of strftime, that of a date a line above."""

    form: str
    font: int = cv2.FONT_HERSHEY_SIMPLEX
    scale: float = 0.6
    corner: Corner = "top left"
    colour: tuple[int, int, int] = (255, 255, 255)
    outline: int = 2
    plate: bool = False
    date_form: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Burnt:
    """A clip: its clock begins at ``start`` and runs at ``rate``; ``jump_s`` at ``jump_at``."""

    start: datetime
    style: Style
    size: tuple[int, int] = (640, 360)
    fps: int = 5
    seconds: float = 16.0
    rate: float = 1.0
    jump_at: float = np.inf
    jump_s: float = 0.0
    noise: float = 0.0

    def clock(self, t: float) -> datetime:
        """Return what the clock shows at ``t`` seconds."""
        jump = self.jump_s if t >= self.jump_at else 0.0
        return self.start + timedelta(seconds=t * self.rate + jump)


def write_clip(path: Path, clip: Burnt) -> Path:
    """Write ``clip`` over a scene of drifting shapes; the same bytes of pictures each time."""
    width, height = clip.size
    command = [
        find_ffmpeg().path, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24",
        "-s", f"{width}x{height}", "-r", str(clip.fps), "-i", "-", "-c:v", "libx264",
        "-preset", "ultrafast", "-crf", "24", "-g", str(clip.fps * 4), "-pix_fmt", "yuv420p",
        str(path),
    ]  # fmt: skip
    random = np.random.default_rng(1)
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for number in range(round(clip.seconds * clip.fps)):
            t = number / clip.fps
            picture = _scene(width, height, t)
            _burn_in(picture, clip.clock(t), clip.style)
            if clip.noise:
                noisy = picture + random.normal(0, clip.noise, picture.shape)
                picture = cv2.GaussianBlur(noisy.clip(0, 255).astype(np.uint8), (3, 3), 0.7)
            encoder.stdin.write(picture.tobytes())
    assert encoder.returncode == 0
    return path


def _scene(width: int, height: int, t: float) -> NDArray[np.uint8]:
    shade = np.linspace(40, 170, width, dtype=np.uint8)
    picture = np.repeat(np.repeat(shade[None], height, 0)[..., None], 3, 2)
    for index in range(7):
        x = int((index * 131 + t * (20 + 9 * index)) % width)
        y = int((index * 67 + t * 11) % height)
        shade_of = int(30 + index * 31)
        cv2.circle(picture, (x, y), 20 + 4 * index, (shade_of, 255 - shade_of, 120), -1)
    return np.ascontiguousarray(picture)


def _burn_in(picture: NDArray[np.uint8], at: datetime, style: Style) -> None:
    lines = [at.strftime(style.form)]
    if style.date_form is not None:
        lines.insert(0, at.strftime(style.date_form))
    for number, text in enumerate(lines):
        _write(picture, text, style, style.corner, number)
    if style.name is not None:
        _write(picture, style.name, style, "bottom right", 0)


def _write(picture: NDArray[np.uint8], text: str, style: Style, corner: Corner, line: int) -> None:
    height, width = picture.shape[:2]
    thick = 2 if style.scale > 0.9 else 1
    (w, h), _ = cv2.getTextSize(text, style.font, style.scale, thick)
    x = 10 if "left" in corner else width - w - 10
    y = 10 + h if "top" in corner else height - 12
    y += line * (h + 12) * (1 if "top" in corner else -1)
    if style.plate:
        cv2.rectangle(picture, (x - 4, y - h - 5), (x + w + 4, y + 6), (0, 0, 0), -1)
    if style.outline:
        border = thick + style.outline
        cv2.putText(picture, text, (x, y), style.font, style.scale, (0, 0, 0), border, cv2.LINE_AA)
    cv2.putText(picture, text, (x, y), style.font, style.scale, style.colour, thick, cv2.LINE_AA)
