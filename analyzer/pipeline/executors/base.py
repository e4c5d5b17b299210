"""Executor protocol: segments in, outcomes out; and the guarded analysis of one segment."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from analyzer.errors import AnalyzerError, SourceError, VideoError
from analyzer.pipeline.inference import inference_for
from analyzer.pipeline.tasks import ProgressCallback, SegmentOutcome, SegmentTask

MOST_TRIES = 2
"""A segment whose worker died so often is given up: a third worker would die of it too."""

_PROGRESS_EVERY_S = 0.5

_log = logging.getLogger(__name__)


class Executor(Protocol):
    """Runs tasks and yields outcomes as they come; never touches the case."""

    def run(
        self, tasks: Iterable[SegmentTask], on_progress: ProgressCallback
    ) -> Iterator[SegmentOutcome]:
        """Yield one outcome per task, in any order, and call ``on_progress`` between, where known.

        ``tasks`` is consumed as there is room: no more are under way than keep the workers busy.
        Workers end with the iteration, however that ends.
        """


def analyse(task: SegmentTask, on_time: Callable[[float], None] | None = None) -> SegmentOutcome:
    """Analyse one segment with this process's models; whatever goes wrong becomes a reason.

    ``on_time`` is called, twice a second at most, with the seconds of the video that were reached.
    This is the one guard that protects a batch from a single bad file.
    """
    from analyzer.pipeline.segment import analyse_segment

    try:
        inference = inference_for(task.settings)
        told = _throttled(on_time, task.info.clock.moment(task.span.end_pts).t)
        return SegmentOutcome(task, analyse_segment(task, inference, told))
    except SourceError as error:
        return SegmentOutcome(task, failure="interrupted", reason=str(error))
    except VideoError as error:
        return SegmentOutcome(task, failure="undecodable", reason=str(error))
    except AnalyzerError as error:
        return SegmentOutcome(task, failure="interrupted", reason=str(error))
    except Exception as error:  # noqa: BLE001
        _log.debug("%s: segment %d", task.path, task.span.index, exc_info=True)
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        reason = f"{task.path}: unexpected error ({what}); please report it with --debug"
        return SegmentOutcome(task, failure="interrupted", reason=reason)


def _throttled(
    on_time: Callable[[float], None] | None, end: float
) -> Callable[[float], None] | None:
    """Return ``on_time`` for calls at intervals, and for the one that tells of the ``end``."""
    if on_time is None:
        return None
    last = time.monotonic()

    def at_intervals(t: float) -> None:
        nonlocal last
        if t >= end or time.monotonic() - last >= _PROGRESS_EVERY_S:
            last = time.monotonic()
            on_time(t)

    return at_intervals


def given_up(task: SegmentTask, how: str) -> SegmentOutcome:
    """Return the outcome of a segment that no worker survives; ``how`` the last one died."""
    reason = (
        f"{task.path}: the worker died on this part {MOST_TRIES} times ({how}) and it was given "
        "up; run again with --retry to try it once more"
    )
    return SegmentOutcome(task, failure="given up", reason=reason)
