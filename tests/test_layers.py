"""The rooms of ARCHITECTURE.md import in one direction; the contracts stand in pyproject.toml."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.places import ROOT


@pytest.mark.slow
def test_every_contract_on_imports_is_kept():
    # In a process of its own: import-linter keeps the standard output that it found when imported.
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout
