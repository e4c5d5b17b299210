"""Two of the samples cut into many segments, analysed in any way: rows must not depend on it."""

import json

from analyzer.commands.run import RunRequest, run_batch
from analyzer.config import Settings
from tests.places import CORRIDOR, GALLERY, STORE


class Watched:
    """Calls ``action`` once, at the first segment that is written."""

    def __init__(self, action=None):
        self.action = action

    def update(self, progress):
        if self.action is not None and progress.written:
            action, self.action = self.action, None
            action()


VALUES = {
    "sampling": {"segment_s": 4.0, "fps": 2.5},
    "faces": {"width": 640},
    "people": {"width": 320},
    "embedding": {"faces": 1},
    "report": {"player": False},
}
"""Several segments of each sample; fewer and smaller pictures in which as many people are found.

Faces are as large as in a run: whether a face is surely one is decided by tracklet, so a faint one
may be doubted in a part of its own and believed in the whole.
"""


def cut(recycle=100):
    """Return the settings of ``VALUES``; a worker ends after ``recycle`` segments."""
    settings = Settings()
    for section, values in VALUES.items():
        settings = settings.with_values(section, **values)
    return settings.with_values("work", recycle=recycle)


def cut_toml():
    """Return ``cut()`` as the text of a settings file."""
    sections = [
        "\n".join([f"[{section}]", *(f"{key} = {json.dumps(values[key])}" for key in values)])
        for section, values in VALUES.items()
    ]
    return "\n".join(sections)


LIGHT = ("--no-identify", "--no-emotion", "--no-action", "--fps", "2")
"""Options of a run whose rows do not matter."""


def light():
    """Return ``cut`` at less cost: detection alone; for tests that need no rows."""
    settings = cut()
    for part in ("embedding", "emotions", "actions"):
        settings = settings.with_values(part, enabled=False)
    return settings


def analysed(case, settings=None, listener=None, **changes):
    """Analyse the corridor and the store into ``case``; return the summary."""
    settings = settings or cut()
    request = {
        "inputs": (str(CORRIDOR), str(STORE)), "case": case,
        "gallery": GALLERY if settings.embedding.enabled else None,
        "settings": settings, "workers": 2, "fresh": False, "command": "test", **changes,
    }  # fmt: skip
    return run_batch(RunRequest(**request), listener or Watched())
