"""Still pictures of the report: one for every event, evidence clips, mosaics of faces."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import av
import cv2
import numpy as np

from analyzer.report.camera_words import regions_of
from analyzer.report.loader import load_boxes
from analyzer.report.media import Piece, VideoMedia
from analyzer.report.model import EventView, VideoView
from analyzer.store.ids import short_id
from analyzer.store.reader import CaseReader
from analyzer.types import Moment
from analyzer.video import annotate
from analyzer.video.annotate import TrackPath

CLIPS_NAME = "clips"
_NEAR_S = 0.5
"""Tolerance in seconds: a still shows the first picture at or after its moment."""

_WIDTH = 320
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 78]


def of_events(
    reader: CaseReader, video: VideoView, media: VideoMedia, folder: Path
) -> dict[str, str]:
    """Write a still of every event inside a cut piece; return its address by event id."""
    found = {}
    by_piece: dict[Piece, list[EventView]] = {}
    for event in video.events:
        piece = next((p for p in media.pieces if p.start <= event.t_peak <= p.end + 0.2), None)
        if piece is not None:
            by_piece.setdefault(piece, []).append(event)
    for piece, events in by_piece.items():
        boxes = load_boxes(reader, video.sha256, piece.start - 1, piece.end + 1)
        ordered = sorted(events, key=lambda event: event.t_peak)
        pictures = _pictures_at(folder / piece.file, [e.t_peak - piece.start for e in ordered])
        for event, picture in zip(ordered, pictures, strict=True):
            name = f"{short_id(video.sha256, 12)}-{event.name}.jpg"
            scale = picture.shape[1] / video.facts.width
            paths = [
                replace(own, face=own.face * scale, body=own.body * scale)
                for own in map(boxes.get, event.tracks)
                if own is not None
            ]
            size = (video.facts.width, video.facts.height)
            annotate.left_out(picture, regions_of(video), size)
            annotate.boxes(picture, paths, Moment(0, event.t_peak))
            (folder / name).write_bytes(_jpeg(picture))
            found[event.id] = f"media/{name}"
    return found


def _pictures_at(path: Path, times: list[float]) -> list[np.ndarray]:
    """Return the pictures of a clip at ascending ``times``, decoded in one pass."""
    pictures: list[np.ndarray] = []
    with av.open(str(path)) as clip:
        last = None
        for frame in clip.decode(video=0):
            last = frame
            while len(pictures) < len(times) and (frame.time or 0.0) >= times[len(pictures)] - 0.05:
                pictures.append(_small(frame))
            if len(pictures) == len(times):
                break
        while len(pictures) < len(times) and last is not None:
            pictures.append(_small(last))
    return pictures


def _small(frame: av.VideoFrame) -> np.ndarray:
    height = max(2, round(frame.height * _WIDTH / frame.width))
    picture = frame.to_ndarray(format="bgr24")
    return np.ascontiguousarray(cv2.resize(picture, (_WIDTH, height), interpolation=cv2.INTER_AREA))


def mosaic(jpeg: bytes) -> bytes:
    """Return a face picture as a mosaic."""
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        picture = np.full((64, 64, 3), 128, np.uint8)
    return _jpeg(annotate.hide_all(np.ascontiguousarray(picture, dtype=np.uint8)))


def without_others(jpeg: bytes, scale: float, paths: Sequence[TrackPath], t: float) -> bytes:
    """Return a picture with a mosaic over every face that ``paths`` found but the subject's.

    ``paths`` are in pixels of the recording from the corner of the picture on, ``scale`` is how
    much the picture was shrunk, and ``t`` its second.
    """
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    shrunk = [replace(p, face=p.face * scale, body=p.body * scale) for p in paths]
    return _jpeg(annotate.hide_others(np.ascontiguousarray(picture, np.uint8), shrunk, t))


def _jpeg(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture, _QUALITY)[1].tobytes()


@dataclass(frozen=True, slots=True)
class EvidenceClip:
    """A product of ``analyzer clip``: file name, words, source and the seconds that it shows."""

    name: str
    words: str
    source_sha256: str
    t_start: float
    t_end: float


def clip_notes(case_folder: Path) -> dict[str, list[EvidenceClip]]:
    """Return the clips of events in the case at ``case_folder``, by event id."""
    found: dict[str, list[EvidenceClip]] = {}
    for note in sorted((case_folder / CLIPS_NAME).glob("*.json")):
        try:
            about = json.loads(note.read_text(encoding="utf-8"))
            product = case_folder / CLIPS_NAME / Path(about["product"]).name
            event, span = about["event"], (about["t_start"] - _NEAR_S, about["t_end"] + _NEAR_S)
            source = about.get("source_sha256", "")
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if event and product.is_file():
            words = "still" if product.suffix == ".png" else "clip"
            words = f"redacted {words}" if about.get("redacted") else words
            found.setdefault(event, []).append(EvidenceClip(product.name, words, source, *span))
    return found


def evidence_clips(
    video: VideoView,
    notes: Mapping[str, Sequence[EvidenceClip]],
    case_folder: Path,
    folder: Path,
) -> dict[str, list[tuple[str, str]]]:
    """Copy the clips of the events of ``video``; return (address, text) by event id.

    Clips are left out if they no longer show their event (rules may have changed since), or if the
    pictures of the video may not be shown.
    """
    found: dict[str, list[tuple[str, str]]] = {}
    for event in (*video.events, *video.below) if video.no_pictures is None else ():
        for clip in notes.get(event.id, ()):
            if clip.source_sha256 == video.sha256 and clip.t_start <= event.t_peak <= clip.t_end:
                shutil.copyfile(case_folder / CLIPS_NAME / clip.name, folder / clip.name)
                found.setdefault(event.id, []).append((f"media/{clip.name}", clip.words))
    return found
