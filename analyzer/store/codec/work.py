"""Rows of the work itself: runs, cameras and the gallery."""

from __future__ import annotations

import json
from dataclasses import asdict

from analyzer.store.codec.values import Row, as_blob, as_json, storable_path, vector_of
from analyzer.store.records import ABOUT, RunRecord, StoredPicture, StoredRun
from analyzer.types import GalleryFace
from analyzer.video.cameras import Camera


def run_row(run: RunRecord) -> Row:
    """Return the row of ``runs`` of a run that has begun."""
    return {
        "id": run.id,
        "command": storable_path(run.command),
        "started_at": run.started_at,
        "ended_at": None,
        "status": "running",
        "settings": as_json(dict(run.settings)),
        "raw_hash": run.raw_hash,
        "models": as_json([dict(model) for model in run.models]),
        "versions": as_json(dict(run.versions)),
        "gallery_fingerprint": run.gallery_fingerprint,
        **{key: run.about.get(key) for key in ABOUT},
    }


def run_of(row: Row) -> StoredRun:
    """Return the run of a row of ``runs``."""
    return StoredRun(
        id=row["id"],
        command=row["command"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        status=row["status"],
        settings=json.loads(row["settings"]),
        raw_hash=row["raw_hash"],
        models=json.loads(row["models"]),
        versions=json.loads(row["versions"]),
        gallery_fingerprint=row["gallery_fingerprint"],
    )


def camera_row(camera: Camera) -> Row:
    """Return the row of ``cameras``."""
    return asdict(camera)


def camera_of(row: Row) -> Camera:
    """Return the camera of a row of ``cameras``."""
    return Camera(**row)


def gallery_row(face: GalleryFace, image: str | None) -> Row:
    """Return the row of ``gallery_faces``; ``image`` is the SHA-256 of the kept crop."""
    return {
        "person": face.person,
        "sha256": face.sha256,
        "path": storable_path(face.path),
        "status": face.status,
        "reason": face.reason,
        "image": image,
        "embedder": None if face.embedding is None else face.embedder,
        "embedding": as_blob(face.embedding),
    }


def gallery_face_of(row: Row, jpeg: bytes | None) -> GalleryFace:
    """Return the picture of a row of ``gallery_faces``; ``jpeg`` is the kept crop."""
    return GalleryFace(
        person=row["person"],
        path=row["path"],
        sha256=row["sha256"],
        status=row["status"],
        reason=row["reason"],
        jpeg=jpeg,
        embedder=row["embedder"],
        embedding=vector_of(row["embedding"]),
    )


def picture_of(row: Row) -> StoredPicture:
    """Return the picture of a row of ``gallery_faces`` as a report lists it."""
    names = ("person", "sha256", "path", "status", "reason", "image")
    return StoredPicture(**{name: row[name] for name in names})
