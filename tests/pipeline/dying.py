"""Runs the job of ``small.analysed`` and dies without a word at a chosen place.

``python -m tests.pipeline.dying CASE PLACE``: PLACE is MODULE:NAME of the function before whose
second call (or first, for what is called once) the process kills itself, as a power cut would.
"""

import importlib
import os
import signal
import sys
from pathlib import Path

from tests.pipeline.small import analysed


def die_at(place, survive):
    """Replace the function at ``place`` by one that dies after it was called ``survive`` times."""
    module, _, name = place.partition(":")
    owner = importlib.import_module(module)
    *path, last = name.split(".")
    for part in path:
        owner = getattr(owner, part)
    real, calls = getattr(owner, last), []

    def deadly(*arguments, **options):
        if len(calls) == survive:
            os.kill(os.getpid(), signal.SIGKILL)
        calls.append(None)
        return real(*arguments, **options)

    setattr(owner, last, deadly)


if __name__ == "__main__":
    die_at(sys.argv[2], int(sys.argv[3]))
    analysed(Path(sys.argv[1]), workers=1)
