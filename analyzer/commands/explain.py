"""Use case of `analyzer explain`: what in a face the answer about its expression rests on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.commands.policy import require_allowed
from analyzer.config import settings_from
from analyzer.custody.record import record
from analyzer.emotions.classifier import EmotionClassifier
from analyzer.emotions.explanation import Explanation, explain
from analyzer.emotions.saliency_picture import saliency_picture
from analyzer.errors import UsageError
from analyzer.faces.alignment import FER_CHIP, align_face
from analyzer.faces.crops import grey_crop, landmarks_in_crop
from analyzer.file_names import escaped
from analyzer.models import registry
from analyzer.store.errors import output_errors
from analyzer.store.reader import CaseReader
from analyzer.store.tracks import find_track
from analyzer.types import EMOTIONS, FaceSample


@dataclass(frozen=True, slots=True)
class ExplainRequest:
    """What `analyzer explain` was asked.

    ``track`` as for ``find_track``; the face nearest to ``at`` seconds, or the best; ``expression``
    None for the most probable one; ``out`` where the picture goes.
    """

    case: Path
    track: str
    at: float | None = None
    expression: str | None = None
    out: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ExplainedFace:
    """The explanation of the face of ``track_id`` at ``t``, and where its picture lies.

    ``reason`` says why the run told no expression of such a face, None where it did; ``same_model``
    is False where the case was analysed with another network than explains now; ``note`` tells that
    the log could not be written.
    """

    track_id: str
    t: float
    told: Explanation
    model: str
    same_model: bool
    reason: str | None
    picture: Path
    note: str | None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        shares = np.round(self.told.probabilities, 4).tolist()
        return {
            "track_id": self.track_id,
            "t": round(self.t, 3),
            "expression": self.told.label,
            "probabilities": dict(zip(EMOTIONS, shares, strict=True)),
            "saliency": np.round(self.told.saliency, 4).tolist(),
            "model": self.model,
            "same_model": self.same_model,
            "not_assessed": self.reason,
            "picture": str(self.picture),
            "note": self.note,
        }


def explain_face(request: ExplainRequest) -> ExplainedFace:
    """Explain the answer for one stored face and write the picture; the case's log tells of it.

    Raises UsageError where there is no such track, expression or stored face, and where expressions
    are forbidden.
    """
    if request.expression not in (None, *EMOTIONS):
        raise UsageError(f"{request.expression!r} is none of {', '.join(EMOTIONS)}; correct it")
    require_allowed(request.case, "emotion")
    with CaseReader(request.case) as reader:
        track_id = find_track(reader, request.track)
        face = _face(reader.faces(track_id), request)
        chip = _chip(reader, face, track_id)
        name, recorded = _model(reader)
    classifier = EmotionClassifier.load(registry.trained("emotion", name))
    told = explain(classifier, chip, request.expression)
    reason = classifier.floors.reason(
        np.inf, face.quality.eye_px, face.quality.yaw, face.quality.pitch
    )
    picture = request.out or Path(f"{track_id.rpartition(':')[2]}-{face.moment.t:.3f}s.png")
    _write(picture, saliency_picture(chip, told))
    detail = {
        "track": track_id,
        "pts": face.moment.pts,
        "product": escaped(str(picture.absolute())),
    }
    note = record(request.case, "expression explained", detail)
    same = recorded in ("", classifier.about["files"]["network"]["sha256"])
    return ExplainedFace(
        track_id, face.moment.t, told, classifier.name, same, reason, picture, note
    )


def _face(faces: list[FaceSample], request: ExplainRequest) -> FaceSample:
    """Return the stored face that is asked for."""
    kept = [face for face in faces if face.jpeg]
    if not kept:
        raise UsageError(
            f"{request.track}: no picture of a face is stored (none was seen well enough, or crops "
            "are forbidden or were removed); another track may have one"
        )
    if request.at is None:
        return kept[0]
    at = request.at
    return min(kept, key=lambda face: abs(face.moment.t - at))


def _chip(reader: CaseReader, face: FaceSample, track_id: str) -> NDArray[np.uint8]:
    """Return the grey chip of a stored face, cut as in a run."""
    (track,) = reader.rows("tracks", "id = ?", [track_id])
    crop = grey_crop(face.jpeg)
    if crop is None:
        raise UsageError(f"a picture of {track_id} cannot be read; run analyzer verify")
    size = reader.size(track["video_sha256"])
    points = landmarks_in_crop(face.landmarks, face.box, size, crop.shape[1])
    return align_face(crop, points, FER_CHIP)


def _model(reader: CaseReader) -> tuple[str, str]:
    """Return the name of the model of the last run, and the SHA-256 of its network, or ""."""
    run = reader.runs()[-1]
    name = settings_from(run.settings, f"{reader.folder}: the last run").emotions.model
    hashes = (r.get("sha256") for r in run.models if str(r.get("part")) == "emotions")
    return name, str(next(hashes, None) or "")


def _write(path: Path, picture: NDArray[np.uint8]) -> None:
    _, data = cv2.imencode(".png", picture)
    with output_errors(path, "--out"):
        path.write_bytes(data.tobytes())
