"""End of a run on a terminal: what must be known, people seen, events by level, the files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from analyzer.cli.options import duration

if TYPE_CHECKING:
    from rich.table import Table

    from analyzer.commands.summary import EventCount, PersonSeen, RunSummary

_MOST_NAMES = 8
_LEVELS = {"alarm": "bold red", "to check": "yellow", "below": "dim"}
_NAMED = {"confirmed": "green", "candidate": "cyan", "rejected": "dim"}


def tell_end(summary: RunSummary) -> None:
    """Print a summary on standard error; with colours where that is a terminal."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    for line in summary.news():
        style = "red" if line.startswith("failed:") else ""
        console.print(Text(line, style=style), soft_wrap=True)
    for table in (people_table(summary.people), events_table(summary.events)):
        if table is not None:
            console.print(table)
            console.print()
    for line in summary.result():
        console.print(Text(line), soft_wrap=True)


def people_table(people: Sequence[PersonSeen]) -> Table | None:
    """Return who was seen: those with a name one by one, all others as counts."""
    if not people:
        return None
    table = _table("people in the case", "", "videos", "tracks", "in view")
    named = [one for one in people if one.status in _NAMED]
    for one in named[:_MOST_NAMES]:
        status = f"[{_NAMED[one.status]}]{one.status}"
        table.add_row(_plain(one.person), status, *_counts([one]))
    rest = named[_MOST_NAMES:]
    unknown = [one for one in people if one.status == "unknown"]
    others = [one for one in people if one.status not in (*_NAMED, "unknown")]
    for words, some in (
        (f"{len(rest)} more", rest),
        (f"{len(unknown)} unknown {'people' if len(unknown) > 1 else 'person'}", unknown),
        ("no face that can be compared", others),
    ):
        if some:
            table.add_row(words, "", *_counts(some))
    return table


def events_table(events: Sequence[EventCount]) -> Table | None:
    """Return how many events of each kind there are at each level."""
    if not events:
        return None
    table = _table("events in the case", *_LEVELS)
    count = {(one.kind, one.level): one.events for one in events}
    for kind in dict.fromkeys(one.kind for one in events):
        numbers = {level: count.get((kind, level), 0) for level in _LEVELS}
        shown = (f"[{_LEVELS[level]}]{n}" if n else "" for level, n in numbers.items())
        table.add_row(_plain(kind), *shown)
    return table


def _table(first: str, *others: str) -> Table:
    from rich.table import Table

    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column(first, no_wrap=True, overflow="ellipsis", max_width=32, min_width=28)
    for name in others:
        table.add_column(name, justify="right" if name else "left")
    return table


def _counts(people: Sequence[PersonSeen]) -> tuple[str, str, str]:
    """Return videos (the most of one, since several may share them), tracks and time in view."""
    videos = str(people[0].videos) if len(people) == 1 else ""
    tracks, seconds = sum(p.tracks for p in people), sum(p.seconds for p in people)
    return videos, str(tracks), duration(seconds)


def _plain(text: str | None) -> str:
    from rich.markup import escape

    return escape(text or "")
