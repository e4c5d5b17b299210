"""The committed demo material, as tests see it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.places import SAMPLES

TRUTH = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module", params=TRUTH["clips"], ids=lambda clip: clip["file"].split("_")[0])
def clip(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One clip's truth after the other; all tests of a module about one clip come together."""
    return dict(request.param)


@pytest.fixture
def samples() -> Path:
    """The folder of the demo material."""
    return SAMPLES


@pytest.fixture
def truth_clips() -> list[dict[str, Any]]:
    """The truth about all clips, in the order of truth.json."""
    return list(TRUTH["clips"])
