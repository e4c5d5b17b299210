"""Index of a gallery: what was measured of each picture, and what was decided about it.

``gallery.json`` lies in the gallery folder (``NAME.gallery.json`` beside a csv). It is written by
`analyzer gallery` only; a run reads it and writes nothing into a gallery. A picture is identified
by its SHA-256, so a changed file is measured again.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from analyzer.errors import GalleryError
from analyzer.file_names import composed
from analyzer.types import Box, FaceQuality

FORMAT = "analyzer-gallery 1"

By = Literal["check", "examiner"]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Measurements of one picture; ``reason`` is why its face cannot be used, or None.

    ``box`` is in pixels of the picture; ``embedding`` is float32 (D,).
    """

    reason: str | None
    box: Box | None = None
    quality: FaceQuality | None = None
    embedding: NDArray[np.float32] | None = None


@dataclass(frozen=True, slots=True)
class PictureDecision:
    """Decision whether a picture of a person is used, with its reason and its author."""

    used: bool
    by: By
    reason: str | None = None


@dataclass(slots=True)
class Index:
    """``readings`` by (SHA-256, instruments) and ``decisions`` by (person, composed, SHA-256)."""

    readings: dict[tuple[str, str], Reading] = field(default_factory=dict)
    decisions: dict[tuple[str, str], PictureDecision] = field(default_factory=dict)


def index_path(source: Path) -> Path:
    """Return the path of the index of the gallery at ``source``."""
    return source / "gallery.json" if source.is_dir() else source.with_suffix(".gallery.json")


def load_index(source: Path) -> Index:
    """Return the index of the gallery at ``source``, empty where there is none.

    Raises GalleryError if it cannot be read: without it, wrong pictures that were set aside would
    be used again.
    """
    path = index_path(source)
    try:
        if not path.exists():
            return Index()
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["format"] != FORMAT:
            raise ValueError(f"expected {FORMAT}, got {values['format']}")
        return Index(
            {(row["sha256"], row["by"]): _reading(row) for row in values["readings"]},
            {
                (composed(row["person"]), row["sha256"]): PictureDecision(
                    row["used"], row["by"], row["reason"]
                )
                for row in values["decisions"]
            },
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GalleryError(
            f"{path}: not a gallery index ({error}); put it right, or move it away to lose what "
            "was set aside"
        ) from error


def save_index(source: Path, index: Index) -> None:
    """Write the index of the gallery at ``source`` atomically.

    Raises GalleryError if the folder cannot be written.
    """
    path = index_path(source)
    values = {
        "format": FORMAT,
        "decisions": [
            {"person": person, "sha256": sha256, **dataclasses.asdict(decision)}
            for (person, sha256), decision in sorted(index.decisions.items())
        ],
        "readings": [
            {"sha256": sha256, "by": by, **_plain(reading)}
            for (sha256, by), reading in sorted(index.readings.items())
        ],
    }
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        raise GalleryError(
            f"{path}: cannot be written ({error.strerror}); copy the gallery to a folder of yours"
        ) from error


def _plain(reading: Reading) -> dict[str, Any]:
    vector = reading.embedding
    return {
        "reason": reading.reason,
        "box": reading.box and dataclasses.asdict(reading.box),
        "quality": reading.quality and dataclasses.asdict(reading.quality),
        "embedding": None
        if vector is None
        else base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode("ascii"),
    }


def _reading(row: dict[str, Any]) -> Reading:
    quality, vector = row["quality"], row["embedding"]
    if quality is not None:
        quality = FaceQuality(**{**quality, "reasons": tuple(quality["reasons"])})
    if vector is not None:
        vector = np.frombuffer(base64.b64decode(vector), "<f4").astype(np.float32)
    return Reading(row["reason"], row["box"] and Box(**row["box"]), quality, vector)
