"""Use case of `analyzer pack`: a whole case as one archive."""

from __future__ import annotations

from pathlib import Path

from analyzer.custody.pack import Packed, pack_case


def pack_into(case: Path, out: Path | None) -> Packed:
    """Pack ``case`` into ``out``, by default a file of its name in the current folder.

    Raises as ``pack_case``.
    """
    return pack_case(case, out or Path(f"{case.resolve().name}.zip"))
