"""What every executor does: segments in, outcomes out; and the analysis of one segment."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Protocol

from analyzer.errors import AnalyzerError, SourceError, VideoError
from analyzer.pipeline.engines import engines_for
from analyzer.pipeline.tasks import Outcome, SegmentTask

MOST_TRIES = 2
"""A segment whose worker died so often is given up: a third worker would die of it too."""

_log = logging.getLogger(__name__)


class Executor(Protocol):
    """Runs tasks and yields outcomes as they come; never touches the case."""

    def run(self, tasks: Iterable[SegmentTask]) -> Iterator[Outcome]:
        """Yield one outcome a task, in any order.

        ``tasks`` is consumed as there is room: no more are under way than keep the workers busy.
        Workers end with the iteration, however that ends.
        """
        ...


def analyse(task: SegmentTask) -> Outcome:
    """Analyse one segment with this process's engines; whatever goes wrong becomes a reason.

    This is the one guard that protects a batch from a single bad file.
    """
    from analyzer.pipeline.analyse import analyse_segment

    try:
        return Outcome(task, analyse_segment(task, engines_for(task.settings)))
    except SourceError as error:
        return Outcome(task, failure="interrupted", reason=str(error))
    except VideoError as error:
        return Outcome(task, failure="undecodable", reason=str(error))
    except AnalyzerError as error:
        return Outcome(task, failure="interrupted", reason=str(error))
    except Exception as error:  # noqa: BLE001
        _log.debug("%s: segment %d", task.path, task.span.index, exc_info=True)
        what = f"{type(error).__name__}: {error}".splitlines()[0]
        reason = f"{task.path}: unexpected error ({what}); please report it with --debug"
        return Outcome(task, failure="interrupted", reason=reason)


def given_up(task: SegmentTask, how: str) -> Outcome:
    """Return the outcome of a segment that no worker survives; ``how`` the last one died."""
    reason = (
        f"{task.path}: the worker died on this part {MOST_TRIES} times ({how}); it was given up: "
        "give the machine more memory or fewer --workers and run again with --retry"
    )
    return Outcome(task, failure="given up", reason=reason)
