"""The audit log: what is changed around SQLite's own guard is found and named."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

import pytest

from analyzer.store import audit
from analyzer.store.case import Case


@pytest.fixture
def case(tmp_path: Path) -> Iterator[Case]:
    with Case.open(tmp_path / "case", create=True) as case:
        for number in range(4):
            audit.append(case.db, "looked", {"page": number, "of": 4.5, "by": "Ö"})
        yield case


def tamper(case: Case, statement: str) -> None:
    """Change the log as somebody would who first takes the triggers away."""
    for trigger in ("audit_no_update", "audit_no_delete"):
        case.db.execute(f"DROP TRIGGER {trigger}")
    case.db.execute(statement)


def test_an_untouched_log_holds(case: Case) -> None:
    assert audit.check(case.db) == []
    entries = list(case.db.query("SELECT seq, previous_hash, hash FROM audit ORDER BY seq"))
    assert [entry["seq"] for entry in entries] == [1, 2, 3, 4]
    assert entries[0]["previous_hash"] == audit.GENESIS
    assert [e["previous_hash"] for e in entries[1:]] == [e["hash"] for e in entries[:-1]]


@pytest.mark.parametrize(
    "column", ["at = '2001-01-01'", "actor = 'nobody'", "action = 'x'", "detail = '{}'"]
)
def test_a_changed_entry_is_named(case: Case, column: str) -> None:
    tamper(case, f"UPDATE audit SET {column} WHERE seq = 2")
    assert audit.check(case.db) == [
        "audit entry 2: its content does not give its hash; it was changed"
    ]


def test_a_removed_entry_is_named(case: Case) -> None:
    tamper(case, "DELETE FROM audit WHERE seq = 2")
    assert audit.check(case.db) == ["audit entry 3: entry 2 should come here; entries are missing"]


def test_a_forged_entry_breaks_the_next_one(case: Case) -> None:
    row = dict(next(case.db.query("SELECT * FROM audit WHERE seq = 2")), actor="nobody")
    forged = audit.entry_hash(row)
    tamper(case, f"UPDATE audit SET actor = 'nobody', hash = '{forged}' WHERE seq = 2")
    assert audit.check(case.db) == [
        "audit entry 3: does not follow from the entry before; one was replaced"
    ]


def test_an_entry_belongs_to_the_transaction_it_tells_of(case: Case) -> None:
    with pytest.raises(RuntimeError), case.db.atomic():
        audit.append(case.db, "tried", {})
        raise RuntimeError("the work failed")
    assert case.db.table("audit").count == 4
    assert audit.check(case.db) == []


def test_an_account_without_a_name_is_told_by_its_number(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # as in a container run by number
    audit.append(case.db, "looked", {})
    assert [*audit.entries(case.db)][-1]["actor"] == f"uid {os.getuid()}"
    assert audit.check(case.db) == []
