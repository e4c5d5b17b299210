"""Known persons: a folder or a picture a person; every picture hashed and embedded once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.errors import GalleryError
from analyzer.faces.chips import face_jpeg
from analyzer.faces.detect import FaceDetector
from analyzer.faces.embed import FaceEmbedder
from analyzer.types import GalleryFace

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff"})

SECOND_FACE_RATIO = 0.4
"""A further face whose height is this share of the largest's makes a picture ambiguous; smaller
ones are people in the background of a portrait, or a badge taken for a face."""


def load_gallery(
    folder: Path, detector: FaceDetector, embedder: FaceEmbedder
) -> tuple[GalleryFace, ...]:
    """Read every picture below ``folder``, find its one face and embed it.

    A picture that cannot be read, or shows no face or several, is set aside with the reason and
    never stops the rest. Raises GalleryError when the folder is missing or holds no picture.
    """
    if not folder.is_dir():
        raise GalleryError(
            f"{folder}: no such gallery folder; give a folder with a folder a person"
        )
    faces = tuple(
        _read_face(person, path, detector, embedder) for person, path in _pictures(folder)
    )
    if not faces:
        raise GalleryError(
            f"{folder}: no picture in this gallery; put {', '.join(sorted(PICTURE_SUFFIXES))} "
            "files into a folder a person"
        )
    return faces


def fingerprint(faces: Iterable[GalleryFace]) -> str:
    """Return a SHA-256 that changes with any name, picture, status or embedder, not with paths."""
    lines = sorted(f"{f.person}\0{f.sha256}\0{f.status}\0{f.embedder}" for f in faces)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _pictures(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield (person, picture) in a stable order: sub-folders are persons, loose pictures too."""
    for entry in sorted(folder.iterdir(), key=lambda path: path.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            for path in sorted(entry.rglob("*")):
                if path.is_file() and path.suffix.lower() in PICTURE_SUFFIXES:
                    yield entry.name, path
        elif entry.suffix.lower() in PICTURE_SUFFIXES:
            yield entry.stem, entry


def _read_face(
    person: str, path: Path, detector: FaceDetector, embedder: FaceEmbedder
) -> GalleryFace:
    """Return the picture with its embedding, or set aside with the reason."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return _aside(person, path, "", f"cannot be read ({error.strerror})")
    digest = hashlib.sha256(data).hexdigest()
    picture = decode_picture(data)
    if picture is None:
        return _aside(person, path, digest, "not a picture that can be decoded")
    found = sorted(detector.detect(picture), key=lambda face: -face.box.area)
    if not found:
        return _aside(person, path, digest, "no face found; use a sharper or larger portrait")
    likely = [face for face in found if face.box.h > SECOND_FACE_RATIO * found[0].box.h]
    if len(likely) > 1:
        return _aside(person, path, digest, f"shows {len(likely)} faces; crop it to the person")
    face = found[0]
    embedding = embedder.embed(picture, face.box, face.landmarks)
    jpeg = face_jpeg(picture, face.box)
    return GalleryFace(person, str(path), digest, "used", None, jpeg, embedder.name, embedding)


def decode_picture(data: bytes) -> NDArray[np.uint8] | None:
    """Return the picture as uint8 BGR (H, W, 3), turned as its EXIF says, or None."""
    if not data:
        return None
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else np.asarray(picture, dtype=np.uint8)


def _aside(person: str, path: Path, digest: str, reason: str) -> GalleryFace:
    return GalleryFace(person, str(path), digest, "set aside", reason)
