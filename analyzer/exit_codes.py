"""Exit codes of the command line: one table, which help, man page and documentation show."""

from __future__ import annotations

DONE, ERROR, USAGE, SOME_FAILED, ALL_FAILED, STOPPED = 0, 1, 2, 3, 4, 130

MEANINGS = {
    DONE: "all done",
    ERROR: "it could not be done, or a check found something wrong",
    USAGE: "bad usage: nothing was started",
    SOME_FAILED: "some files or messages failed, files may be missed, no gallery picture is usable",
    ALL_FAILED: "all files failed",
    STOPPED: "stopped; the same command goes on where it ended",
}
"""What each exit code says, in the order of the codes; docs/exit-codes.md has the same table."""
