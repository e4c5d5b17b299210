"""A small case as a run leaves it: every row sealed and logged, a source, a report, a manifest."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import pytest

from analyzer.commands.publish import publish
from analyzer.config import ReportSettings, Settings
from analyzer.pipeline.run_record import RecordedRun
from analyzer.store.case import Case
from analyzer.types import GalleryFace
from tests.store.cases import DERIVED_HASH, RAW_HASH, SHA, derived, segment, video

RECORDED = b"as the recorder wrote it"


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case, made once, and beside it its source."""
    folder = tmp_path_factory.mktemp("sealed")
    source = folder / "camera 3.mp4"
    source.write_bytes(RECORDED)
    return make_sealed(folder / "case", source)


@pytest.fixture
def source(template: Path) -> Path:
    """What was analysed, as far as the case knows; as it was, whatever a test before did."""
    path = template.parent / "camera 3.mp4"
    path.write_bytes(RECORDED)
    return path


@pytest.fixture
def sealed(template: Path, source: Path, tmp_path: Path) -> Path:
    """The folder of a copy of the case, which a test may change."""
    return shutil.copytree(template, tmp_path / "case")


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
