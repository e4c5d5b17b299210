"""docs/schema.md names every table, view and column of the live schema, and its queries run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analyzer.store.case import Case
from analyzer.store.reader import CaseReader
from analyzer.store.tables import ORDER
from tests.places import ROOT
from tests.store.cases import make_case

PAGE = (ROOT / "docs" / "schema.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"```sql\n(.*?)```", PAGE, flags=re.DOTALL)


def documented() -> dict[str, list[str]]:
    """Return the columns of each table and view as the page lists them."""
    sections = re.findall(r"^### (\w+)\n(.*?)(?=^##|\Z)", PAGE, flags=re.DOTALL | re.MULTILINE)
    rows = re.compile(r"^\| (\w+) \|", flags=re.MULTILINE)
    return {name: rows.findall(text)[1:] for name, text in sections}


def test_every_column_is_documented_and_nothing_else(tmp_path: Path) -> None:
    with Case.open(tmp_path / "case", create=True) as case:
        names = [*case.db.table_names(), *case.db.view_names()]
        live = {
            name: [column.name for column in case.db[name].columns]
            for name in names
            if not name.startswith("_sqlite")
        }
    assert documented() == live
    assert set(ORDER) == set(live), "every table can be exported"


def test_every_section_says_what_kind_of_rows_it_holds() -> None:
    begins = dict(re.findall(r"^### (\w+)\n\n(Raw|Derived|Work): \S", PAGE, flags=re.MULTILINE))
    assert set(begins) == set(documented())
    assert set(begins.values()) == {"Raw", "Derived", "Work"}


@pytest.mark.parametrize("query", QUERIES)
def test_example_queries_run(tmp_path: Path, query: str) -> None:
    with CaseReader(make_case(tmp_path / "case")) as reader:
        found = reader.query(query)
    assert len(QUERIES) == 3
    if "gaps" in query:
        assert found.to_dict("records") == [
            {"path": "camera 3/видео=1.mp4", "reason": "undecodable", "seconds": 1.5}
        ]
    if "appearances" in query:
        assert list(found["person"]) == ["=Ann"]
