"""The tables at the end of a run: short, on 80 columns, with names that are shown as they are."""

from __future__ import annotations

import io

from rich.console import Console

from analyzer.cli.tables import events_table, people_table
from analyzer.commands.summary import EventCount, PersonSeen


def lines(table: object) -> list[str]:
    """Return the lines of a table on a terminal of 80 columns without colours."""
    out = io.StringIO()
    Console(file=out, width=80, color_system=None).print(table)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_people_with_a_name_stand_one_by_one_and_all_others_as_counts() -> None:
    named = [PersonSeen(f"[Ann] {n}", "candidate", 2, 1, 60.0) for n in range(10)]
    others = [
        PersonSeen("unknown-1", "unknown", 2, 1, 8.0),
        PersonSeen("unknown-2", "unknown", 1, 1, 4.0),
        PersonSeen(None, "not assessed", 5, 3, 3700.0),
    ]
    head, *rows = lines(people_table([*named, *others]))
    assert head.split() == ["people", "in", "the", "case", "videos", "tracks", "in", "view"]
    assert rows[0].split() == ["[Ann]", "0", "candidate", "1", "2", "1:00", "min"]
    assert rows[8].split() == ["2", "more", "4", "2:00", "min"]
    assert rows[9].split() == ["2", "unknown", "people", "3", "12", "s"]
    assert rows[10].split()[-3:] == ["5", "1:01:40", "h"]
    assert len(rows) == 11 and all(len(row) <= 80 for row in rows)


def test_events_stand_by_level() -> None:
    head, fights, falls = lines(
        events_table([
            EventCount("fighting", "alarm", 1), EventCount("fighting", "below", 12),
            EventCount("falling", "to check", 3),
        ])
    )  # fmt: skip
    assert head.split()[-4:] == ["alarm", "to", "check", "below"]
    assert (fights.split(), falls.split()) == (["fighting", "1", "12"], ["falling", "3"])


def test_nobody_and_nothing_make_no_table() -> None:
    assert people_table([]) is None and events_table([]) is None
