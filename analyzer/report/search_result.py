"""Search result, as it is shown and recorded."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from analyzer.store.people_search import FoundBody


@dataclass(frozen=True, slots=True)
class FoundFace:
    """One stored face; ``wall_time`` is that of the best clock, None if the clock is unknown.

    ``probability`` is that of one person at this distance, at equal priors; ``image`` is empty if
    the picture was not kept.
    """

    rank: int
    distance: float
    probability: float
    face_id: str
    track_id: str | None
    person: str | None
    status: str | None
    video_path: str | None
    video_sha256: str
    pts: int
    t: float
    wall_time: str | None
    quality: float
    eye_px: float
    image: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The nearest faces of a case; ``searched`` faces were compared, ``not_searched`` could not be.

    ``probe`` is the path of the photograph or the id of the track; ``by_chance`` is the
    expected number of ``searched`` faces within ``threshold`` if all were of other people.
    ``report_threshold`` is that of candidates in the report, None without a gallery.
    """

    case: str
    probe: str
    photo_sha256: str | None
    embedder: str
    threshold: float
    searched: int
    by_chance: float
    not_searched: int
    found: tuple[FoundFace, ...]
    report_threshold: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        values = asdict(self)
        values["found"] = [
            {**row, "within_threshold": row["distance"] <= self.threshold}
            for row in values["found"]
        ]
        return values


@dataclass(frozen=True, slots=True)
class PeopleResult:
    """The tracks that a search by look or clothes found; ``searched`` pictures were looked at.

    ``probe`` is the path of a picture or the id of a track, None where only a description was
    given; ``wish`` holds that description by name. From ``threshold`` on a similarity makes a link.
    """

    case: str
    probe: str | None
    photo_sha256: str | None
    look_model: str | None
    threshold: float | None
    wish: dict[str, Any]
    searched: int
    found: tuple[FoundBody, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return asdict(self)
