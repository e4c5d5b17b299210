"""Pictures of faces and bodies that a report shows: copied beside its pages, or made mosaics."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np

from analyzer.bodies.crops import shrunk_by, surroundings
from analyzer.report import stills
from analyzer.report.loader import paths_of
from analyzer.report.model import BodyShot, CaseView, TrackView, VideoView
from analyzer.store.images import BODIES_NAME, FACES_NAME, KINDS, image_path, picture_name
from analyzer.store.reader import CaseReader
from analyzer.store.records import StoredPicture
from analyzer.types import Box

MEDIA_NAME = "media"

MOST_COPIED = 20_000
"""Largest number of pictures that the report inside a case holds copies of.

With more it refers to those of the case: a million files more took longer than all pages, and
twice the room. A report elsewhere always holds copies.
"""

# Enough digits for unique names in a case, short enough to read.
_NAME_DIGITS = 20
_HIDDEN = "hidden-"


@dataclass(frozen=True, slots=True)
class PicturePlace:
    """Where the pictures of a report are: ``media`` beside its pages, or the case at ``case``.

    ``refers`` says that pages show the pictures of the case where they are. ``hidden`` is the only
    person whose face is shown.
    """

    case: Path
    media: Path
    refers: bool = False
    hidden: str | None = None

    def get(self, sha256: str | None) -> str | None:
        """Return the address of the picture; None where it is missing. A mosaic goes first."""
        if not sha256:
            return None
        if self.refers:
            names = (picture_name(sha256, kind) for kind in KINDS)
            return next((f"../{name}" for name in names if (self.case / name).is_file()), None)
        names = (f"{mark}{sha256[:_NAME_DIGITS]}.jpg" for mark in (_HIDDEN, ""))
        return next((f"{MEDIA_NAME}/{n}" for n in names if (self.media / n).is_file()), None)

    def later(self, sha256: str | None) -> str | None:
        """Return the address that a picture of the body will have once its video is rendered."""
        if not sha256 or not image_path(self.case, sha256, BODIES_NAME).is_file():
            return None
        if self.refers:
            return f"../{picture_name(sha256, BODIES_NAME)}"
        return f"{MEDIA_NAME}/{sha256[:_NAME_DIGITS]}.jpg"


@dataclass(frozen=True, slots=True)
class _Shown:
    """A picture that a page shows: kind, SHA-256, and the name that it is shown under.

    ``body`` tells of whom and where in which video it is, where it may show others too.
    """

    kind: str
    sha256: str
    name: str | None
    body: tuple[VideoView, TrackView, BodyShot] | None = None


def best_bodies_only(video: VideoView) -> VideoView:
    """Return ``video`` with one picture of the body per track: a report of one file stays small."""

    def light(track: TrackView) -> TrackView:
        return replace(track, bodies=(track.best_body,) if track.best_body else ())

    return replace(video, tracks=tuple(map(light, video.tracks)))


def put_gallery(pictures: Sequence[StoredPicture], place: PicturePlace) -> dict[str, str]:
    """Put the pictures of the gallery where pages find them; return addresses by SHA-256."""
    return _put(_shown_of_gallery(pictures), place, None)


def put_pictures(video: VideoView, reader: CaseReader, place: PicturePlace) -> dict[str, str]:
    """Put every face and body of ``video`` where pages find them; return addresses by SHA-256.

    A picture that is missing from the case is left out, and the page says so. Where a person is the
    only one to be seen, the pictures of everybody else become mosaics, and so do the faces of
    others beside that person.
    """
    return _put(list(_shown(video)), place, reader)


def _put(shown: Sequence[_Shown], place: PicturePlace, reader: CaseReader | None) -> dict[str, str]:
    by_picture: dict[tuple[str, str], list[_Shown]] = {}
    for one in shown:
        by_picture.setdefault((one.kind, one.sha256), []).append(one)
    images: dict[str, str] = {}
    for kind, sha256 in sorted(by_picture):
        found, shows = image_path(place.case, sha256, kind), by_picture[kind, sha256]
        if not found.is_file():
            continue
        if place.refers:
            images[sha256] = f"../{picture_name(sha256, kind)}"
            continue
        name = name_of(sha256, found)
        if place.hidden is None:
            shutil.copyfile(found, place.media / name)
        elif {one.name for one in shows} == {place.hidden}:
            (place.media / name).write_bytes(_alone(found.read_bytes(), reader, shows[0]))
        else:
            name = f"{_HIDDEN}{name}"
            (place.media / name).write_bytes(stills.mosaic(found.read_bytes()))
        images[sha256] = f"{MEDIA_NAME}/{name}"
    return images


def stored_pictures(case: CaseView, folder: Path) -> dict[str, Path]:
    """Return the file in the case at ``folder`` of every picture that a page shows, by SHA-256."""
    shown = [*_shown_of_gallery(case.gallery), *chain(*map(_shown, case.videos))]
    found = {s.sha256: image_path(folder, s.sha256, s.kind) for s in shown}
    return {sha256: path for sha256, path in found.items() if path.is_file()}


def name_of(sha256: str, path: Path) -> str:
    """Return the name of a picture beside the pages."""
    return f"{sha256[:_NAME_DIGITS]}{path.suffix}"


def _alone(jpeg: bytes, reader: CaseReader | None, shown: _Shown) -> bytes:
    """Return the picture without the faces of others beside a body, as far as they were found.

    All of it is hidden where it cannot be told what it shows: its box is outside the recording.
    """
    if shown.body is None or reader is None:
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


def _shown_of_gallery(pictures: Iterable[StoredPicture]) -> list[_Shown]:
    return [_Shown(FACES_NAME, p.image, p.person) for p in pictures if p.image]


def _shown(video: VideoView) -> Iterator[_Shown]:
    for track in video.tracks:
        for face in (*track.faces, track.best_face):
            if face is not None and face.image:
                yield _Shown(FACES_NAME, face.image, track.who)
        for body in (*track.bodies, track.best_body):
            if body is not None and body.image:
                yield _Shown(BODIES_NAME, body.image, track.who, (video, track, body))
