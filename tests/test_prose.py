"""Docstrings of modules and the wording of the package."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.places import ROOT

PACKAGE = sorted((ROOT / "analyzer").rglob("*.py"))

RIDDLE = re.compile(
    r"(What|Whether|When|How|Where|Who|Whose|Which|Why|Is|Are|If"
    r"|Analyse|Bring|Remove|Render|Run)\b"
)
"""First words of a line that asks or tells instead of naming a subject."""

VERB = re.compile(r"(Adds|Builds|Cuts|Finds|Holds|Keeps|Learns|Makes|Reads|Tells|Turns|Writes)\b")

DIALECT = re.compile(
    r"seed research|\b(a|one) \w+ a (core|day|file|folder|line|moment|person|row|task|track)\b"
    r"(?! (belongs|has|is|was))",
    re.IGNORECASE,
)
"""Phrases that puzzle a reader from outside: "a label a track" is "one label per track"."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def _docstrings(path: Path) -> list[str]:
    return [
        ast.get_docstring(node) or ""
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]


@pytest.mark.parametrize("path", PACKAGE, ids=_name)
def test_the_first_line_of_a_module_names_its_subject(path: Path) -> None:
    first, _, rest = _docstrings(path)[0].partition("\n")
    assert first, "a module says what it is about"
    assert first.endswith("."), first
    assert not RIDDLE.match(first), first
    assert not VERB.match(first), first
    assert not rest or rest.startswith("\n"), "the first line stands alone"


@pytest.mark.parametrize("path", PACKAGE, ids=_name)
def test_docstrings_use_the_words_of_the_field(path: Path) -> None:
    found = [text for text in _docstrings(path) if DIALECT.search(text)]
    assert not found
