"""A small case as a run leaves it: every row sealed and logged, a source, a report, a manifest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from analyzer.commands.publish import publish
from analyzer.config import ReportSettings, Settings
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store.case import Case
from analyzer.types import GalleryFace
from tests.store.cases import DERIVED_HASH, RAW_HASH, SHA, derived, segment, video


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """What was analysed, as far as the case knows."""
    path = tmp_path / "evidence" / "camera 3.mp4"
    path.parent.mkdir()
    path.write_bytes(b"as the recorder wrote it")
    return path


@pytest.fixture
def sealed(tmp_path: Path, source: Path) -> Path:
    """The folder of the case."""
    return make_sealed(tmp_path / "case", source)


def make_sealed(folder: Path, source: Path) -> Path:
    """Make the case at ``folder``, as if ``source`` had been analysed into it."""
    with Case.open(folder, create=True) as case:
        with RecordedRun(case, "analyzer run", Settings(), [], RAW_HASH) as run:
            writer = run.writer
            ann = GalleryFace(
                "=Ann", "ann.jpg", "9" * 64, "used", None, b"\xff\xd8ann", "dlib",
                np.arange(128, dtype=np.float32),
            )  # fmt: skip
            writer.write_gallery("ann", [ann])
            writer.record_video(video(), None, None)
            for index in (0, 1):
                writer.write_segment(segment(index), RAW_HASH, "dlib")
            writer.write_derived(SHA, derived(), DERIVED_HASH)
            sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
            writer.record_file(str(source), sha256, "done", None, sha256)
        publish(case, ReportSettings())
    return folder
