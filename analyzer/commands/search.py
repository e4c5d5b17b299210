"""Use case of `analyzer search`: the nearest stored faces, recorded before they are shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analyzer.commands.photo import read_photo
from analyzer.commands.policy import require_allowed
from analyzer.commands.search_people import require_colours
from analyzer.config import IdentitySettings, Settings
from analyzer.custody.manifest import renew_manifest
from analyzer.detection.registry import make_face_detector
from analyzer.errors import UsageError
from analyzer.faces.calibration import Calibration, calibration_of
from analyzer.faces.crops import face_jpeg
from analyzer.faces.embedders import make_face_embedder
from analyzer.gallery.measure import SECOND_FACE_RATIO
from analyzer.identity.nearest import Probe
from analyzer.identity.operating_point import operating_point_for
from analyzer.models.registry import load_registry
from analyzer.pipeline.run_record import LastRun, last_run
from analyzer.report.search_page import write_search_page
from analyzer.report.search_result import FoundFace, SearchResult
from analyzer.store.case import Case
from analyzer.store.people_search import PeopleSearch, best_picture
from analyzer.store.reader import CaseReader
from analyzer.store.report_queries import pictures_of_gallery
from analyzer.store.tracks import find_track
from analyzer.store.vectors import (
    FACES,
    by_distance,
    face_found,
    face_left_out,
    faces_of_track,
    pack_vectors,
    vectors_by_model,
)
from analyzer.types import ANYBODY, Description, used_clock, wall_text

Show = Callable[[SearchResult], None]


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What was asked: a photograph or a track, how many faces to show, where to write a page.

    Only faces of tracks that fit ``wish`` are shown.
    """

    photo: Path | None
    track: str | None
    top: int
    page: Path | None = None
    wish: Description = ANYBODY


@dataclass(frozen=True, slots=True, eq=False)
class _Sought:
    """What is searched for: the probe, what it is called, and the faces that are the probe."""

    probe: Probe
    label: str
    photo_sha256: str | None
    jpeg: bytes
    own: frozenset[str] = field(default_factory=frozenset)


def search_case(folder: Path, request: SearchRequest, show: Show) -> None:
    """Find the stored faces nearest to what ``request`` asks for, and ``show`` them.

    What was searched for and what is shown is in the audit log before anything is shown. Raises
    UsageError where the case holds no embedded faces or its policy forbids comparing, for a
    photograph without exactly one face, and for an unknown track; ModelError where the models that
    the case was analysed with are not installed.
    """
    require_colours(request.wish)
    with Case.open(folder, create=False, check=False, brief=True) as case:
        for stage in ("identify", "embeddings"):
            require_allowed(folder, stage)
        pack_vectors(case, FACES)
        with case.reader() as reader:
            last = last_run(reader)
            embedder, searched, others = _embedded(reader, last)
            sought = _sought(reader, request, last, embedder)
            hits = _nearest(reader, sought, embedder, request)
            calibration = calibration_of(embedder)
            identity = last.settings.identity
            threshold = identity.threshold or calibration.threshold_for(identity.false_match_rate)
            found = tuple(
                _found(reader, rank, face_id, distance, calibration.probability(distance))
                for rank, (face_id, distance) in enumerate(hits, start=1)
            )
            result = SearchResult(
                case=str(folder),
                probe=sought.label,
                photo_sha256=sought.photo_sha256,
                embedder=embedder,
                threshold=threshold,
                searched=searched,
                by_chance=searched * calibration.false_match_rate(threshold),
                not_searched=others,
                found=found,
                report_threshold=_report_threshold(reader, identity, calibration),
            )
            pictures = {f.face_id: reader.picture(f.image) for f in found if f.image}
            bodies = {f.track_id: best_picture(reader, f.track_id) for f in found if f.track_id}
        _record(case, request, result)
        if request.page is not None:
            write_search_page(request.page, result, sought.jpeg, pictures, bodies)
        show(result)
        renew_manifest(case)


def _report_threshold(
    reader: CaseReader, identity: IdentitySettings, calibration: Calibration
) -> float | None:
    """Return the threshold of candidates; None where no gallery was compared."""
    pictures = sum(picture.status == "used" for picture in pictures_of_gallery(reader))
    return operating_point_for(identity, calibration, pictures).threshold if pictures else None


def _embedded(reader: CaseReader, last: LastRun) -> tuple[str, int, int]:
    """Return the embedder to search with, how many faces it embedded, and how many others did."""
    counts = vectors_by_model(reader, FACES)
    if not counts:
        raise UsageError(
            f"{reader.folder}: holds no faces that can be compared; run it without --no-identify, "
            "and see its policy"
        )
    embedder = list(counts)[-1]
    if last.embedder is not None and last.embedder in counts:
        embedder = last.embedder
    return embedder, counts[embedder], sum(counts.values()) - counts[embedder]


def _sought(reader: CaseReader, request: SearchRequest, last: LastRun, embedder: str) -> _Sought:
    if request.track is not None:
        return _of_track(reader, request.track, embedder)
    assert request.photo is not None, "the command line asks for one of the two"
    return _of_photo(request.photo, last, embedder)


def _of_track(reader: CaseReader, text: str, embedder: str) -> _Sought:
    track = find_track(reader, text)
    faces = faces_of_track(reader, track, embedder)
    if not faces:
        raise UsageError(
            f"{track}: has no face that can be compared; search with a photograph, or another track"
        )
    probe = Probe(np.stack([f.embedding for f in faces]), np.array([f.quality for f in faces]))
    jpeg = reader.picture(faces[0].image) if faces[0].image else b""
    return _Sought(probe, track, None, jpeg, frozenset(face.id for face in faces))


def _of_photo(photo: Path, last: LastRun, embedder: str) -> _Sought:
    picture, digest = read_photo(photo)
    vector, jpeg = _embed(photo, picture, last, embedder)
    return _Sought(Probe(vector[None], np.ones(1)), str(photo), digest, jpeg)


def _embed(
    photo: Path, picture: NDArray[np.uint8], last: LastRun, embedder: str
) -> tuple[NDArray[np.float32], bytes]:
    """Return the embedding of the one face in ``picture``, through the case's own models."""
    settings = _as_measured(last, embedder)
    installed = load_registry().installed
    faces = make_face_detector(settings.faces, installed).detect(picture)
    faces = sorted(faces, key=lambda face: -face.box.area)
    if not faces:
        raise UsageError(f"{photo}: no face found; use a sharper or larger picture of the face")
    likely = [face for face in faces if face.box.h > SECOND_FACE_RATIO * faces[0].box.h]
    if len(likely) > 1:
        raise UsageError(f"{photo}: shows {len(likely)} faces; crop it to the person")
    face = faces[0]
    model = make_face_embedder(settings.embedding, installed)
    return model.embed(picture, face.box, face.landmarks), face_jpeg(picture, face.box)


def _as_measured(last: LastRun, embedder: str) -> Settings:
    """Return the settings with the backends by name that the case was analysed with."""
    settings = last.settings.with_values("embedding", backend=embedder)
    for model in last.models:
        if model["part"] == "faces":
            settings = settings.with_values("faces", backend=model["backend"])
    return settings


def _nearest(
    reader: CaseReader, sought: _Sought, embedder: str, request: SearchRequest
) -> list[tuple[str, float]]:
    """Return (face, distance), nearest first, of whoever fits, without those searched for."""
    people = PeopleSearch(reader, request.wish)
    first = request.top + len(sought.own)
    found = (
        (face, distance)
        for face, distance in by_distance(reader, FACES, embedder, sought.probe, first)
        if face not in sought.own
        and not face_left_out(reader, face)
        and (request.wish.anybody or people.fits(face_found(reader, face)["track_id"]))
    )
    return list(islice(found, request.top))


def _found(
    reader: CaseReader, rank: int, face_id: str, distance: float, probability: float
) -> FoundFace:
    row = face_found(reader, face_id)
    clock = used_clock(reader.clocks(row["video_sha256"]))
    return FoundFace(
        rank=rank,
        distance=distance,
        probability=probability,
        wall_time=wall_text(clock, row["t"]),
        **row,
    )


def _record(case: Case, request: SearchRequest, result: SearchResult) -> None:
    detail = {
        "probe": result.probe,
        "photo_sha256": result.photo_sha256,
        "top": request.top,
        "embedder": result.embedder,
        "searched": result.searched,
        "shown": [[found.face_id, round(found.distance, 6)] for found in result.found],
        "page": None if request.page is None else str(request.page),
    }
    case.log("search", detail)
