"""Folders that the tests read from: the repository, its samples, and data that is not part of it.

The data (real footage, face pictures, models that may not be redistributed) lie beside a checkout
in ``../shared/data``, or where the environment variable ``ANALYZER_TEST_DATA`` says. Tests that
cannot prove their point without them carry ``@needs_data`` and are skipped where they are missing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzer.models.locations import environment_dir

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = ROOT / "samples"
FOOTAGE = SAMPLES / "footage"
GALLERY = SAMPLES / "gallery"
LOBBY = FOOTAGE / "lobby_cam1_20240312_081500.mp4"
CORRIDOR = FOOTAGE / "corridor_cam2_20240312_081630.mp4"
STORE = FOOTAGE / "store_cam3_20240312_224010.avi"
PORTRAITS = tuple(sorted(GALLERY.rglob("*.jpg")))

DATA = Path(os.environ.get("ANALYZER_TEST_DATA") or ROOT.parent / "shared" / "data")
needs_data = pytest.mark.data

_CENTERFACE = environment_dir() / "centerface.onnx"
needs_centerface = pytest.mark.skipif(
    not _CENTERFACE.is_file(), reason=f"set-up could not fetch {_CENTERFACE}; see Makefile"
)

READER = (environment_dir() / "ppocr_det.onnx", environment_dir() / "ppocr_rec.onnx")
needs_reader = pytest.mark.skipif(
    not all(path.is_file() for path in READER), reason=f"set-up could not fetch {READER[1]}"
)
