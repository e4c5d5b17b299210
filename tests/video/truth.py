"""What ffprobe says of the frames of a file."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest


def decoded_pts(path: Path) -> list[int]:
    """Return the pts of every frame that ffprobe decodes; skips the test where there is none."""
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        pytest.skip("ffprobe is not on PATH to compare with")
    entries = ("-select_streams", "v:0", "-show_entries", "frame=pts", "-of", "json")
    command = [ffprobe, "-v", "error", *entries, f"file:{path}"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return [frame["pts"] for frame in json.loads(done.stdout)["frames"]]
