"""Use case of `analyzer search --region`: when something changed in a part of the picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.commands.clips import ClipRequest, make_clip
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import AnalyzerError, UsageError, VideoError
from analyzer.report.loader import load_case
from analyzer.report.media import OpenedSources
from analyzer.report.model import CaseView
from analyzer.report.region_page import write_region_page
from analyzer.store.case import Case
from analyzer.store.motion_search import Change, changes_in, coverage_of, searched_videos
from analyzer.store.reader import CaseReader
from analyzer.store.videos import find_videos
from analyzer.types import Box, Description, Moment
from analyzer.video.annotate import Painter

Show = Callable[["RegionResult"], None]

_STILL_WIDTH = 480
_COLOUR = (0, 220, 255)
_QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 80]
_AROUND_S = 2.0
"""What a clip shows before and after, as for tracks and events."""


@dataclass(frozen=True, slots=True)
class RegionRequest:
    """What was asked: ``region`` in pixels of the picture as displayed, and where and when.

    ``video`` names recordings as ``find_videos``; ``least`` is the share of the region that must
    change; the ``top`` largest changes are shown. ``page`` is where to write a page, ``clips``
    whether to cut clips into the case.
    """

    region: Box
    wish: Description
    video: str | None = None
    least: float = 0.005
    top: int = 20
    page: Path | None = None
    clips: bool = False


@dataclass(frozen=True, slots=True)
class RegionResult:
    """The largest changes by video and time, of ``found`` in all; ``clips`` by place in the list.

    ``notes`` say in words what could not be searched.
    """

    case: str
    region: tuple[float, float, float, float]
    videos: int
    found: int
    changes: tuple[Change, ...]
    clips: dict[int, str]
    notes: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        values = asdict(self)
        clips = values.pop("clips")
        for number, change in enumerate(values["changes"]):
            change["clip"] = clips.get(number)
        return values


def region_of(text: str) -> Box:
    """Return the region that x,y,w,h say; UsageError for anything else."""
    try:
        x, y, w, h = (float(part) for part in text.split(","))
    except ValueError as error:
        raise UsageError(
            f"{text!r}: give a region as x,y,w,h in pixels, e.g. 40,0,120,90"
        ) from error
    if not (w > 0 and h > 0 and np.isfinite([x, y, w, h]).all()):
        raise UsageError(f"{text!r}: width and height of a region must be above 0")
    return Box(x, y, w, h)


def search_region(folder: Path, request: RegionRequest, show: Show) -> None:
    """Find when something changed in the region, write what was asked for, and ``show`` it.

    What was searched for is in the audit log. Raises UsageError for a region outside the picture,
    and for a recording that is not in the case.
    """
    with CaseReader(folder) as reader:
        videos = _videos(reader, request)
        found = list(changes_in(reader, request.region, request.wish, videos, request.least))
        notes = _notes(reader, videos)
    largest = sorted(found, key=lambda change: -change.share)[: request.top]
    changes = tuple(change for change in found if change in largest)
    cutter = _Cutter(folder)
    clips = cutter.clips(changes, notes) if request.clips else {}
    sides = (request.region.x, request.region.y, request.region.w, request.region.h)
    result = RegionResult(str(folder), sides, len(videos), len(found), changes, clips, tuple(notes))
    if request.page is not None:
        write_region_page(request.page, result, cutter.stills(request.region, changes))
    with Case.open(folder, create=False, check=False, brief=True) as case:
        case.log("search", _told(request, result))
        renew_manifest(case)
    show(result)


def _videos(reader: CaseReader, request: RegionRequest) -> list[str]:
    videos = searched_videos(reader, request.wish)
    if request.video is None:
        return videos
    named = find_videos(reader.known_videos(), request.video)
    return [video for video in videos if video in named]


def _notes(reader: CaseReader, videos: list[str]) -> list[str]:
    if not videos:
        return ["no analysed recording is of this camera; see `analyzer cameras`"]
    coverage = coverage_of(reader, videos)
    notes = []
    if coverage.unmeasured:
        notes.append(
            f"{len(coverage.unmeasured)} of {coverage.videos} recordings hold no motion: a version "
            "before analysed them, or [motion] was off; `analyzer run --fresh` measures it"
        )
    if coverage.keyframes_only_s:
        notes.append(
            f"{coverage.keyframes_only_s:.0f} s were looked at by keyframes only (--triage), where "
            "motion shows at keyframes alone"
        )
    return notes


class _Cutter:
    """Cuts clips and stills; the case is loaded once, and every recording is hashed once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sources = OpenedSources()

    @cached_property
    def _case(self) -> CaseView:
        with CaseReader(self._folder) as reader:
            return load_case(reader)

    def clips(self, changes: tuple[Change, ...], notes: list[str]) -> dict[int, str]:
        """Cut a clip of every change, and return their paths by place in the list.

        Those that cannot be cut, such as of recordings that are not at hand, are told in ``notes``.
        """
        clips = {}
        for number, change in enumerate(changes):
            since, until = max(0.0, change.t_start - _AROUND_S), change.t_end + _AROUND_S
            wish = ClipRequest(self._folder, video=change.video_sha256, since=since, until=until)
            try:
                clips[number] = str(make_clip(wish, self._sources, self._case).path)
            except AnalyzerError as error:
                notes.append(f"change {number + 1} has no clip: {error}")
        return clips

    def stills(self, region: Box, changes: tuple[Change, ...]) -> Mapping[int, bytes]:
        """Return a small JPEG of every change with the region drawn, by place in the list.

        Where a recording is not at hand there is none.
        """
        from analyzer.video.clip import still

        stills = {}
        for number, change in enumerate(changes):
            view = self._case.video(change.video_sha256)
            try:
                if view is not None:
                    info = self._sources.find(view)
                    stills[number] = _small(still(info, change.t_peak, _outlined(region))[0])
            except VideoError:
                continue
        return stills


def _outlined(region: Box) -> Painter:
    def paint(picture: NDArray[np.uint8], moment: Moment) -> NDArray[np.uint8]:
        height, width = picture.shape[:2]
        first = round(min(region.x, width)), round(min(region.y, height))
        last = round(min(region.x2, width)), round(min(region.y2, height))
        thick = max(2, picture.shape[1] // 320)
        return np.asarray(cv2.rectangle(picture, first, last, _COLOUR, thick), np.uint8)

    return paint


def _small(png: bytes) -> bytes:
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None, "it was encoded a moment ago"
    height = max(1, round(picture.shape[0] * _STILL_WIDTH / picture.shape[1]))
    small = cv2.resize(picture, (_STILL_WIDTH, height), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, _QUALITY)[1].tobytes()


def _told(request: RegionRequest, result: RegionResult) -> dict[str, Any]:
    """Return what the audit log keeps of the search."""
    wish = {key: str(value) for key, value in asdict(request.wish).items() if value}
    return {
        "region": result.region,
        "video": request.video,
        "wish": wish,
        "least": request.least,
        "found": result.found,
        "shown": [[c.video_sha256, round(c.t_start, 3)] for c in result.changes],
        "page": None if request.page is None else str(request.page),
    }
