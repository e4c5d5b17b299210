"""Labelled pairs of face pictures, in the format of Labeled Faces in the Wild."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import AnalyzerError
from analyzer.lab.labels_table import read_rows

_PICTURES = (".jpg", ".jpeg", ".png")


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pictures and pairs of them.

    ``persons`` (N,) numbers the person of each of the N ``pictures``; ``left`` and ``right`` (P,)
    are indices of pictures; ``same`` (P,) is whether a pair shows one person.
    """

    pictures: tuple[Path, ...]
    persons: NDArray[np.int64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    same: NDArray[np.bool_]


def read_pairs(folder: Path, table: Path) -> Pairs:
    """Return the pairs of ``table``, a CSV with the columns a, b and same (1 or 0).

    a and b are file names, found anywhere below ``folder``; the folder a picture lies in is its
    person. Raises AnalyzerError for a file that is missing, another table, or an unknown picture.
    """
    rows = read_rows(table, ("a", "b", "same"))
    if not folder.is_dir():
        raise AnalyzerError(f"{folder}: no such folder; check --data")
    known = {p.name: p for p in sorted(folder.rglob("*")) if p.suffix.lower() in _PICTURES}
    names = sorted({Path(row[side]).name for row in rows for side in ("a", "b")})
    missing = [name for name in names if name not in known]
    if missing:
        raise AnalyzerError(
            f"{folder}: {len(missing)} of {len(names)} pictures of {table.name} are not there, "
            f"e.g. {missing[0]}; check --data"
        )
    index = {name: number for number, name in enumerate(names)}
    pictures = tuple(known[name] for name in names)
    return Pairs(
        pictures=pictures,
        persons=np.unique([str(p.parent) for p in pictures], return_inverse=True)[1],
        left=np.array([index[Path(row["a"]).name] for row in rows]),
        right=np.array([index[Path(row["b"]).name] for row in rows]),
        same=np.array([row["same"].strip() == "1" for row in rows]),
    )
