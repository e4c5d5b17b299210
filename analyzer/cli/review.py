"""`analyzer review`: what a person says of a candidate, kept for good."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from analyzer.cli.options import case_argument, json_option, print_json


@click.command()
@case_argument
@click.option("--track", metavar="ID", help="The track: T3, or VIDEO:T3.")
@click.option("--person", metavar="NAME", help="The person of the gallery it is compared with.")
@click.option(
    "--decision", type=click.Choice(["confirmed", "rejected", "inconclusive"]),
    help="Whether the track shows the person.",
)  # fmt: skip
@click.option("--by", metavar="NAME", help="Who decides.")
@click.option("--note", metavar="TEXT", help="Why.")
@click.option("--no-report", is_flag=True, help="Leave the report as it is for now.")
@click.option("--undo", type=int, metavar="REVIEW", help="Take back this review of --by.")
@click.option("--list", "as_list", is_flag=True, help="List the reviews of the case.")
@json_option
def review(case: Path, as_list: bool, as_json: bool, no_report: bool, **given: Any) -> None:
    """Record whether a track of CASE shows a person, or list what was recorded.

    A review is never changed or removed; another by the same person takes its place. Reviewers who
    contradict each other leave the candidate inconclusive.
    """
    if as_list:
        _list(case, as_json)
        return
    if (seq := given.pop("undo")) is not None:
        _undo(case, seq, as_json, no_report, given)
        return
    missing = [name for name in ("track", "person", "decision", "by") if not given[name]]
    if missing:
        raise click.UsageError(f"missing {', '.join(f'--{name}' for name in missing)}, or --list")
    _record(case, as_json, no_report, given)


def _record(case: Path, as_json: bool, no_report: bool, given: dict[str, Any]) -> None:
    from analyzer.commands.review import review_track

    done = review_track(case, **given, report=not no_report)
    for line in done.notes:
        click.echo(line, err=True)
    outcome, others = done.verdict.decision, len(done.verdict.reviews) - 1
    if as_json:
        values = {
            "review": done.seq, "track_id": done.track_id, "person": given["person"],
            "decision": given["decision"],
            "outcome": outcome, "agreed": done.verdict.agreed, "notes": list(done.notes),
        }  # fmt: skip
        print_json(values)
        return
    said = f"{given['person']}: {given['decision']}, by {given['by']}"
    click.echo(f"review {done.seq}: {done.track_id} is {said}", err=True)
    if not done.verdict.agreed:
        click.echo("reviewers contradict each other: the outcome is inconclusive", err=True)
    elif others:
        click.echo(f"with {others} earlier: the outcome is {outcome}", err=True)


def _undo(case: Path, seq: int, as_json: bool, no_report: bool, given: dict[str, Any]) -> None:
    from analyzer.commands.review import undo_review

    if not given["by"]:
        raise click.UsageError("missing --by: who takes the review back")
    done = undo_review(case, seq, given["by"], given["note"], report=not no_report)
    for line in done.notes:
        click.echo(line, err=True)
    if as_json:
        print_json({"review": done.seq, "undoes": seq, "notes": list(done.notes)})
    else:
        click.echo(f"review {done.seq}: takes back {seq}", err=True)


def _list(case: Path, as_json: bool) -> None:
    from analyzer.commands.review import list_reviews

    listing = list_reviews(case)
    if as_json:
        print_json(listing.as_dict())
        return
    for review, fit in listing.reviews:
        where = fit.track_id or f"{review.anchor.track_id} (holds no more: {fit.reason})"
        note = f": {review.note}" if review.note else ""
        what = review.decision if review.undoes is None else f"undo of {review.undoes}"
        click.echo(
            f"{review.seq}  {review.at}  {where}  {review.person}  {what}, by {review.by}{note}"
        )
    for track, found in listing.outcomes:
        said = "" if found.agreed else ", reviewers contradict each other"
        click.echo(f"outcome: {track} is {found.person}: {found.decision}{said}")
    if not listing.reviews:
        click.echo("no reviews yet", err=True)
