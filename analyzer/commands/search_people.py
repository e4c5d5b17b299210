"""Use case of `analyzer search` by look and by clothes: people with and without faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyzer.clothing.naming import TERMS
from analyzer.commands.photo import read_photo
from analyzer.commands.policy import require_allowed
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import UsageError
from analyzer.identity.look_links import LookScale, mean_look
from analyzer.identity.nearest import Probe
from analyzer.pipeline.look_people import scale_of
from analyzer.pipeline.people_in_picture import look_of_picture
from analyzer.pipeline.run_record import LastRun, last_run
from analyzer.report.people_search_page import write_people_page
from analyzer.report.search_result import PeopleResult
from analyzer.store.case import Case
from analyzer.store.people_search import (
    FoundBody,
    PeopleSearch,
    looks_of_track,
    picture_of,
)
from analyzer.store.reader import CaseReader
from analyzer.store.tracks import find_track
from analyzer.store.vectors import LOOKS, by_distance, pack_vectors, vectors_by_model
from analyzer.types import Description

Show = Callable[[PeopleResult], None]

_FIRST_LOOK = 8
"""Pictures per wanted track looked at first: a track has several, and filters drop some."""


@dataclass(frozen=True, slots=True)
class PeopleRequest:
    """What was asked: whom, like which picture or track if any, how many, where to write a page."""

    wish: Description
    body: Path | None
    track: str | None
    top: int
    page: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Sought:
    """The look that is searched for, what it is called, its picture, and the track it is of."""

    look: NDArray[np.float32]
    label: str
    sha256: str | None
    jpeg: bytes
    track: str | None = None


def search_people(folder: Path, request: PeopleRequest, show: Show) -> None:
    """Find the tracks that fit ``request``, the most similar first, and ``show`` them.

    What was searched for and what is shown is in the audit log before anything is shown. Raises
    UsageError where the case holds no looks or its policy forbids them, for a picture without
    exactly one person, and for an unknown track.
    """
    require_colours(request.wish)
    compared = request.body is not None or request.track is not None
    with Case.open(folder, create=False, check=False, brief=True) as case:
        require_allowed(folder, "looks" if compared else "clothing")
        if compared:
            pack_vectors(case, LOOKS)
        with case.reader() as reader:
            result, probe = (_alike if compared else _described)(reader, request)
            names = {found.body_id: found.picture for found in result.found if found.picture}
            pictures = {body: (folder / name).read_bytes() for body, name in names.items()}
        case.log("search", _told(request, result))
        if request.page is not None:
            write_people_page(request.page, result, probe, pictures)
        show(result)
        renew_manifest(case)


def require_colours(wish: Description) -> None:
    """Raise UsageError for a colour that is none of the basic colour terms."""
    for colour in (wish.upper, wish.lower):
        if colour is not None and colour not in TERMS:
            raise UsageError(
                f"{colour!r} is no colour that is told; give one of {', '.join(TERMS)}"
            )


def _described(reader: CaseReader, request: PeopleRequest) -> tuple[PeopleResult, bytes]:
    """Return the tracks that fit the description, the surest words first."""
    search = PeopleSearch(reader, request.wish)
    found: list[FoundBody] = []
    searched = 0
    for body in search.best_bodies():
        searched += 1
        one = search.found(body, len(found) + 1, None) if len(found) < request.top else None
        found += [] if one is None else [one]
    return _result(reader, request, None, searched, found), b""


def _alike(reader: CaseReader, request: PeopleRequest) -> tuple[PeopleResult, bytes]:
    """Return the tracks that fit the description, the most similar first."""
    last = last_run(reader)
    counts = vectors_by_model(reader, LOOKS)
    if not counts:
        raise UsageError(
            f"{reader.folder}: holds no looks that can be compared; run it with [looks] enabled, "
            "and see its policy"
        )
    model = list(counts)[-1]
    sought = _sought(reader, request, last, model)
    search = PeopleSearch(reader, request.wish)
    scale = scale_of(model, last.settings.appearance)
    found: list[FoundBody] = []
    seen = {sought.track}
    probe = Probe(sought.look[None], np.ones(1))
    for body, distance in by_distance(reader, LOOKS, model, probe, request.top * _FIRST_LOOK):
        similarity = 1.0 - distance**2 / 2  # of vectors of unit length
        one = search.found(body, len(found) + 1, similarity)
        if one is not None and one.track_id not in seen:
            seen.add(one.track_id)
            found.append(replace(one, probability=scale.probability(similarity)))
        if len(found) == request.top:
            break
    return _result(reader, request, scale, counts[model], found, sought, model), sought.jpeg


def _sought(reader: CaseReader, request: PeopleRequest, last: LastRun, model: str) -> _Sought:
    if request.track is not None:
        track = find_track(reader, request.track)
        ids, looks, qualities = looks_of_track(reader, track, model)
        if not ids:
            raise UsageError(
                f"{track}: has no look that can be compared; search with --body PICTURE, or "
                "another track"
            )
        return _Sought(mean_look(looks, qualities), track, None, picture_of(reader, ids), track)
    assert request.body is not None, "the command asks for one of the two"
    picture, digest = read_photo(request.body)
    look, jpeg = look_of_picture(request.body, picture, last.settings, model)
    return _Sought(look, str(request.body), digest, jpeg)


def _result(
    reader: CaseReader,
    request: PeopleRequest,
    scale: LookScale | None,
    searched: int,
    found: list[FoundBody],
    sought: _Sought | None = None,
    model: str | None = None,
) -> PeopleResult:
    return PeopleResult(
        case=str(reader.folder),
        probe=None if sought is None else sought.label,
        photo_sha256=None if sought is None else sought.sha256,
        look_model=model,
        threshold=None if scale is None else scale.threshold,
        wish=_words(request.wish),
        searched=searched,
        found=tuple(found),
    )


def _words(wish: Description) -> dict[str, Any]:
    """Return what was asked for, by name, as plain values."""
    values = {key: value for key, value in asdict(wish).items() if value}
    for key in ("start", "end"):
        if key in values:
            values[key] = values[key].isoformat()
    return values


def _told(request: PeopleRequest, result: PeopleResult) -> dict[str, Any]:
    """Return what the audit log keeps of the search."""
    return {
        "probe": result.probe,
        "photo_sha256": result.photo_sha256,
        "wish": result.wish,
        "top": request.top,
        "look_model": result.look_model,
        "searched": result.searched,
        "shown": [
            [f.track_id, None if f.similarity is None else round(f.similarity, 6)]
            for f in result.found
        ],
        "page": None if request.page is None else str(request.page),
    }
