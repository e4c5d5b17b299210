"""Rows of people: verdicts, reviews and groupings."""

from __future__ import annotations

import json
from collections.abc import Sequence

from analyzer.store.codec.columns import Column, Columns
from analyzer.store.codec.values import as_json, texts_of
from analyzer.types import Anchor, Grouping, Review, Verdict

ANCHOR = Columns(Anchor)
"""Columns of ``reviews`` that tie a decision to the footage."""

REVIEW = Columns(Review)
VERDICT = Columns(Verdict, elsewhere=("reviews",))


def groups_json(groups: Sequence[Sequence[Anchor]]) -> str:
    """Return groups of anchors as JSON."""
    return as_json([list(map(ANCHOR.row, group)) for group in groups])


def _groups_of(text: str) -> tuple[tuple[Anchor, ...], ...]:
    return tuple(tuple(map(ANCHOR.value, group)) for group in json.loads(text))


GROUPING = Columns(
    Grouping, names=Column(as_json, texts_of), groups=Column(groups_json, _groups_of)
)
