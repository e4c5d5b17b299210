"""Rows of the work itself: runs and the gallery."""

from __future__ import annotations

import json

from analyzer.file_names import escaped
from analyzer.store.codec.columns import Column, Columns
from analyzer.store.codec.raw import VECTOR
from analyzer.store.codec.values import Row, as_json
from analyzer.store.records import ABOUT, RunRecord, StoredPicture
from analyzer.types import GalleryFace
from analyzer.video.cameras import Camera

_JSON = Column(as_json, json.loads)
_PATH = Column(escaped)

RUN = Columns(
    RunRecord, elsewhere=("about",), command=_PATH, settings=_JSON, models=_JSON, versions=_JSON
)
GALLERY_FACE = Columns(GalleryFace, elsewhere=("jpeg",), embedding=VECTOR)
PICTURE = Columns(StoredPicture)
"""Columns of ``gallery_faces`` that a report lists."""


def run_row(run: RunRecord) -> Row:
    """Return the row of ``runs``."""
    return RUN.row(run, **{key: run.about.get(key) for key in ABOUT})


def gallery_row(face: GalleryFace, image: str | None) -> Row:
    """Return the row of ``gallery_faces``; ``image`` is the SHA-256 of the kept crop."""
    embedder = None if face.embedding is None else face.embedder
    return GALLERY_FACE.row(face, image=image, embedder=embedder)


def camera_of_row(row: Row) -> Camera:
    """Return the camera of a row of ``cameras``; what earlier versions did not know is NULL."""
    return Camera(**{name: value for name, value in row.items() if value is not None})
