"""Columns of a dataclass: which column holds which field, and how, declared once for both ways.

A field lies in the column of its name, converted as its type asks: numbers and texts as they are,
truth values as 0 and 1, fractions as text, another dataclass in the columns of its own fields. Only
what differs from that is declared.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from typing import Any, Generic, Literal, Protocol, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from numpy.typing import NDArray

from analyzer.store.codec.values import Row

T = TypeVar("T")


class Part(Protocol):
    """The columns of one field."""

    def put(self, row: Row, value: Any) -> None:
        """Write ``value`` into ``row``."""

    def get(self, row: Row) -> Any:
        """Read the value from ``row``."""


def _same(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Column:
    """One column, named after its field unless it has a ``name``.

    None is stored as NULL, and NULL read as ``null``, without a conversion.
    """

    write: Callable[[Any], Any] = _same
    read: Callable[[Any], Any] = _same
    name: str = ""
    null: Any = None

    def put(self, row: Row, value: Any) -> None:
        """Write ``value`` into ``row``."""
        row[self.name] = None if value is None else self.write(value)

    def get(self, row: Row) -> Any:
        """Read the value from ``row``."""
        value = row[self.name]
        return self.null if value is None else self.read(value)


@dataclass(frozen=True, slots=True)
class Probabilities:
    """A column for each of ``names``: float32 (N,); NULL each, where unknown, is read as 1/N."""

    names: Sequence[str]

    def put(self, row: Row, value: NDArray[np.float32]) -> None:
        """Write ``value`` into ``row``; ValueError for another shape than (N,)."""
        if value.shape != (len(self.names),):
            raise ValueError(f"expected ({len(self.names)},) probabilities, got {value.shape}")
        row.update(zip(self.names, map(float, value), strict=True))

    def get(self, row: Row) -> NDArray[np.float32]:
        """Read the value from ``row``."""
        values = [row[name] for name in self.names]
        unknown = [1.0 / len(values)] * len(values)
        return np.array(unknown if values[0] is None else values, dtype=np.float32)


class Columns(Generic[T]):
    """The columns of ``kind``, a dataclass.

    ``parts`` declares fields by name: with a text, the column they lie in; with a part, the columns
    and conversions. Fields of ``constants`` have no column and always that value; those of
    ``elsewhere`` are given to ``row`` and ``value`` by the caller. ``prefix`` stands before all
    other names of columns.
    """

    def __init__(
        self,
        kind: type[T],
        prefix: str = "",
        constants: Mapping[str, Any] = types.MappingProxyType({}),
        elsewhere: Sequence[str] = (),
        **parts: str | Part,
    ) -> None:
        assert is_dataclass(kind)
        self._kind: Callable[..., T] = kind
        self._constants = constants
        hints = get_type_hints(kind)
        self._parts: dict[str, Part] = {
            field.name: _part(prefix + field.name, hints[field.name], prefix, parts.get(field.name))
            for field in fields(kind)
            if field.name not in constants and field.name not in elsewhere
        }

    def row(self, value: T, **more: Any) -> Row:
        """Return the columns of ``value``, and ``more`` by name."""
        row: Row = {}
        self.put(row, value)
        return row | more

    def value(self, row: Row, **given: Any) -> T:
        """Return the value of ``row``, which may have other columns too; ``given`` are fields."""
        found = {name: part.get(row) for name, part in self._parts.items()}
        return self._kind(**found, **self._constants, **given)

    def put(self, row: Row, value: T | None) -> None:
        """Write ``value`` into ``row``: NULL in every column for None."""
        for name, part in self._parts.items():
            part.put(row, None if value is None else getattr(value, name))

    def get(self, row: Row) -> T | None:
        """Read the value from ``row``: None where its first column is NULL."""
        first = next(iter(self._parts.values()))
        return None if first.get(row) is None else self.value(row)


_CONVERSIONS: Mapping[Any, Column] = {
    str: Column(),
    int: Column(int),
    float: Column(float),
    bool: Column(int, bool),
    Fraction: Column(str, Fraction),
}


def _part(name: str, hint: Any, prefix: str, declared: str | Part | None) -> Part:
    """Return the columns of a field: as ``declared``, else as its type asks."""
    if isinstance(declared, Column):
        return replace(declared, name=declared.name or name)
    if declared is not None and not isinstance(declared, str):
        return declared
    if get_origin(hint) is types.UnionType:
        (hint,) = (kind for kind in get_args(hint) if kind is not types.NoneType)
    if isinstance(hint, type) and is_dataclass(hint):
        return Columns(hint, prefix)
    kind = str if get_origin(hint) is Literal else hint
    return replace(_CONVERSIONS[kind], name=declared or name)
