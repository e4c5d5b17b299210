"""Pictures of faces and bodies that a report shows: copied beside its pages, or made mosaics."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from analyzer.report import stills
from analyzer.report.model import CaseView
from analyzer.store.images import BODIES_NAME, FACES_NAME, image_path

# Enough digits for unique names in a case, short enough to read.
_NAME_DIGITS = 20

_Shown = tuple[str, str, str | None]
"""Kind and SHA-256 of a picture, and the name that it is shown under."""


def copy_pictures(
    case: CaseView, case_folder: Path, folder: Path, hidden: str | None
) -> dict[str, str]:
    """Copy every face and body that a page shows and return its address by SHA-256.

    A picture that is missing from the case is left out, and the page says so. With ``hidden``, the
    name of a person, the pictures of everybody else become mosaics.
    """
    names: dict[tuple[str, str], set[str | None]] = {}
    for kind, sha256, name in _shown(case):
        names.setdefault((kind, sha256), set()).add(name)
    images: dict[str, str] = {}
    for kind, sha256 in sorted(names):
        found = image_path(case_folder, sha256, kind)
        if not found.is_file():
            continue
        if hidden is None or names[kind, sha256] == {hidden}:
            name = f"{sha256[:_NAME_DIGITS]}{found.suffix}"
            shutil.copyfile(found, folder / name)
        else:
            name = f"hidden-{sha256[:_NAME_DIGITS]}{found.suffix}"
            (folder / name).write_bytes(stills.mosaic(found.read_bytes()))
        images[sha256] = f"media/{name}"
    return images


def _shown(case: CaseView) -> Iterator[_Shown]:
    for video in case.videos:
        for track in video.tracks:
            faces, bodies = (*track.faces, track.best_face), (*track.bodies, track.best_body)
            for kind, shots in ((FACES_NAME, faces), (BODIES_NAME, bodies)):
                yield from ((kind, s.image, track.who) for s in shots if s is not None and s.image)
    for picture in case.gallery:
        if picture.image:
            yield FACES_NAME, picture.image, picture.person
