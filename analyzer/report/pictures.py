"""Pictures of faces and bodies that a report shows: copied beside its pages, or made mosaics."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from analyzer.bodies.crops import shrunk_by, surroundings
from analyzer.report import stills
from analyzer.report.loader import paths_of
from analyzer.report.model import BodyShot, CaseView, TrackView, VideoView
from analyzer.store.images import BODIES_NAME, FACES_NAME, image_path
from analyzer.store.reader import CaseReader
from analyzer.types import Box

# Enough digits for unique names in a case, short enough to read.
_NAME_DIGITS = 20


@dataclass(frozen=True, slots=True)
class _Shown:
    """A picture that a page shows: kind, SHA-256, and the name that it is shown under.

    ``body`` tells of whom and where in which video it is, where it may show others too.
    """

    kind: str
    sha256: str
    name: str | None
    body: tuple[VideoView, TrackView, BodyShot] | None = None


def best_bodies_only(case: CaseView) -> CaseView:
    """Return ``case`` with one picture of the body per track: a report of one file stays small."""

    def light(track: TrackView) -> TrackView:
        return replace(track, bodies=(track.best_body,) if track.best_body else ())

    videos = (replace(v, tracks=tuple(map(light, v.tracks))) for v in case.videos)
    return replace(case, videos=tuple(videos))


def copy_pictures(
    case: CaseView, reader: CaseReader, folder: Path, hidden: str | None
) -> dict[str, str]:
    """Copy every face and body that a page shows and return its address by SHA-256.

    A picture that is missing from the case is left out, and the page says so. With ``hidden``, the
    name of a person, the pictures of everybody else become mosaics, and so do the faces of others
    beside that person.
    """
    names: dict[tuple[str, str], list[_Shown]] = {}
    for shown in _shown(case):
        names.setdefault((shown.kind, shown.sha256), []).append(shown)
    images: dict[str, str] = {}
    for kind, sha256 in sorted(names):
        found, shows = image_path(reader.folder, sha256, kind), names[kind, sha256]
        if not found.is_file():
            continue
        name = name_of(sha256, found)
        if hidden is None:
            shutil.copyfile(found, folder / name)
        elif {shown.name for shown in shows} == {hidden}:
            (folder / name).write_bytes(_alone(found.read_bytes(), reader, shows[0]))
        else:
            name = f"hidden-{name}"
            (folder / name).write_bytes(stills.mosaic(found.read_bytes()))
        images[sha256] = f"media/{name}"
    return images


def stored_pictures(case: CaseView, folder: Path) -> dict[str, Path]:
    """Return the file in the case at ``folder`` of every picture that a page shows, by SHA-256."""
    found = {s.sha256: image_path(folder, s.sha256, s.kind) for s in _shown(case)}
    return {sha256: path for sha256, path in found.items() if path.is_file()}


def name_of(sha256: str, path: Path) -> str:
    """Return the name of a picture beside the pages."""
    return f"{sha256[:_NAME_DIGITS]}{path.suffix}"


def _alone(jpeg: bytes, reader: CaseReader, shown: _Shown) -> bytes:
    """Return the picture without the faces of others beside a body, as far as they were found.

    All of it is hidden where it cannot be told what it shows: its box is outside the recording.
    """
    if shown.body is None:
        return jpeg
    video, track, shot = shown.body
    width, height = video.facts.width, video.facts.height
    try:
        left, top, right, bottom = surroundings(Box(*shot.box), width, height)
    except ValueError:
        return stills.mosaic(jpeg)
    corner = np.array([left, top, 0, 0], np.float64)
    paths = [
        replace(path, face=path.face - corner, body=path.body - corner)
        for path in paths_of(reader, video.sha256, shot.t, shot.t, {track.name})
    ]
    scale = shrunk_by(right - left, bottom - top)
    return stills.without_others(jpeg, scale, paths, shot.t)


def _shown(case: CaseView) -> Iterator[_Shown]:
    for video in case.videos:
        for track in video.tracks:
            for face in (*track.faces, track.best_face):
                if face is not None and face.image:
                    yield _Shown(FACES_NAME, face.image, track.who)
            for body in (*track.bodies, track.best_body):
                if body is not None and body.image:
                    yield _Shown(BODIES_NAME, body.image, track.who, (video, track, body))
    for picture in case.gallery:
        if picture.image:
            yield _Shown(FACES_NAME, picture.image, picture.person)
