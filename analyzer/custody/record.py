"""Audit entries for what is done with a case after its runs: exports, reports, searches."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analyzer.custody.manifest import renew_manifest
from analyzer.errors import CaseError
from analyzer.store.case import Case


def record(folder: Path, action: str, detail: Mapping[str, Any]) -> str | None:
    """Log ``action`` in the case at ``folder``; return why it could not be, in words.

    A case on a read-only medium can still be read and shown: that this is not in its log is for
    the caller to say. Close every reader of this process first.
    """
    try:
        with Case.open(folder, create=False, check=False, brief=True) as case:
            case.log(action, detail)
            renew_manifest(case)
    except CaseError as error:
        return f"not in the audit log: {error}"
    return None
