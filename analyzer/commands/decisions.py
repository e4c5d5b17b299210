"""Steps that every decision of an examiner shares: derive the people again, report."""

from __future__ import annotations

from dataclasses import dataclass

from analyzer.commands.policy import under_policy
from analyzer.commands.publish import publish
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import UsageError
from analyzer.pipeline.derive_people import derive_people, named_people
from analyzer.pipeline.run_record import last_run
from analyzer.store.case import Case


@dataclass(frozen=True, slots=True)
class DecisionSummary:
    """What became of a decision: its number, and in a line each what else must be known."""

    seq: int
    notes: tuple[str, ...]


def derive_after(case: Case, report: bool) -> tuple[str, ...]:
    """Derive the people of the case again; return in a line each what must be known.

    That includes that the report is as before: without ``report``, and beside a process that works
    on the case and writes the report at its end.
    """
    before = named_people(case)
    with case.reader() as reader:
        last = last_run(reader)
    settings, _ = under_policy(case, last.settings, None)
    embedder = last.embedder if settings.embedding.enabled else None
    notes = derive_people(case, settings, embedder, before)
    if case.beside:
        return (*notes, f"{case.folder}: another analyzer is at work; its end writes the report")
    return (
        notes if report else (*notes, f"the report is as before; `analyzer report {case.folder}`")
    )


def publish_after(case: Case, report: bool) -> None:
    """Render the report inside the case again, or without ``report`` only renew the manifest."""
    if report and not case.beside:
        with case.reader() as reader:
            settings = last_run(reader).settings
        publish(case, settings.report)
    else:
        renew_manifest(case)


def require_name(by: str) -> None:
    """Raise UsageError for a decision without the name of who decides."""
    if not by.strip():
        raise UsageError("--by: give the name of the person who decides")
