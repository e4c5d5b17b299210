"""Two of the samples cut into many segments, analysed in any way: rows must not depend on it."""

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


def cut(recycle=100):
    """Return settings under which the samples fall into several segments each."""
    settings = Settings().with_values("sampling", segment_s=4.0).with_values("embedding", faces=1)
    return settings.with_values("work", recycle=recycle)


CUT_TOML = "[sampling]\nsegment_s = 4.0\n[embedding]\nfaces = 1\n[work]\nrecycle = 100\n"
"""The same settings as a file."""


def light():
    """Return ``cut`` at less cost: small pictures, detection alone; for tests that need no rows."""
    settings = cut().with_values("sampling", fps=2.5)
    for part in ("faces", "people"):
        settings = settings.with_values(part, width=320)
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
