"""Redirection of what native libraries print while they load."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)


@contextmanager
def loading_quietly() -> Iterator[None]:
    """Send standard error of the whole process to the debug log while a library loads.

    TensorFlow and LiteRT greet on file descriptor 2 whatever their settings say, and would tear
    the progress bar; warnings of the packages that are loaded are ignored too. Nothing is lost: the
    lines go to the log of this module at level DEBUG.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 2)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            caught.seek(0)
            for line in caught.read().decode(errors="replace").splitlines():
                _log.debug("%s", line)
