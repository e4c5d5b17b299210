"""Pages of the recordings of a report: one after the other, or many side by side.

A recording is loaded whole, its page and parts are written, and its outline goes on to the pages
of the case, so that memory holds one recording per process whatever the case holds. Every
recording is rendered from the case alone, so that the number of processes changes no byte.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

from analyzer.config import ReportSettings
from analyzer.report import stills
from analyzer.report.expressions import strong_of
from analyzer.report.filter import ReportFilter, narrow
from analyzer.report.loader import CaseLoader
from analyzer.report.media import VideoMedia
from analyzer.report.model import CaseView, VideoView
from analyzer.report.pages import Context, render_video, script_json
from analyzer.report.pictures import PicturePlace, best_bodies_only, put_pictures
from analyzer.report.stills import EvidenceClip
from analyzer.report.video_page import parts, video_data
from analyzer.store.reader import CaseReader
from analyzer.store.report_queries import count_tracks

_FEW_TRACKS = 5_000
"""Below it processes of their own, which import for seconds, cost more than they save."""

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Rendering:
    """What the pages of all recordings of a report have in common.

    ``case`` is the case without its videos. ``draft`` is where pages go, ``place`` where pictures
    are; ``gallery`` are the addresses of its pictures. ``wish`` filters what is in a recording.
    ``media`` and ``notes`` are what there is to play, by video, and the clips cut by hand, by
    event. ``shown`` are the tracks that the report shows, None for all. ``made_at``, ``single``
    and ``most_explained`` are as in ``Context``.
    """

    case: CaseView
    draft: Path
    place: PicturePlace
    settings: ReportSettings
    wish: ReportFilter
    made_at: str
    gallery: Mapping[str, str]
    media: Mapping[str, VideoMedia] = field(default_factory=dict)
    notes: Mapping[str, Sequence[EvidenceClip]] = field(default_factory=dict)
    shown: frozenset[str] | None = None
    single: bool = False
    most_explained: int = 40


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """What the pages of the case need of a rendered recording: its outline, stills and clips."""

    video: VideoView
    stills: dict[str, str]
    clips: dict[str, list[tuple[str, str]]]


class Renderer:
    """Renders recordings of the case of ``loader``, one by one."""

    def __init__(self, loader: CaseLoader, rendering: Rendering) -> None:
        self._loader = loader
        self._rendering = rendering

    def render(self, sha256: str) -> Rendered:
        """Write the page of a recording, with its parts and pictures."""
        told = self._rendering
        media = told.media.get(sha256, VideoMedia(missing="none was made"))
        video = load(self._loader, sha256, told.wish, told.single)
        images = {
            **told.gallery,
            **put_pictures(video, self._loader.reader, told.place),
        }
        others = self._loader.elsewhere(video)
        if told.shown is not None:
            others = {key: other for key, other in others.items() if key in told.shown}
        for other in others.values():
            address = told.place.later(other.body)
            if other.body and address:
                images.setdefault(other.body, address)
        context = Context(
            case=replace(told.case, videos=(video,)),
            images=images,
            settings=told.settings,
            made_at=told.made_at,
            media={sha256: media},
            stills=stills.of_events(self._loader.reader, video, media, told.place.media),
            clips={}
            if told.place.hidden
            else stills.evidence_clips(video, told.notes, told.place.case, told.place.media),
            single=told.single,
            redacted=told.place.hidden,
            others=others,
            most_explained=told.most_explained,
        )
        text = render_video(context, video, video_data(context, video, media))
        write_text(told.draft / video.page, text)
        for key, values in parts(context, self._loader.reader, video, media):
            write_part(told.draft, key, values)
        outline = replace(video.outlined(), strong=strong_of(video, told.case.settings))
        return Rendered(outline, dict(context.stills), dict(context.clips))


def load(loader: CaseLoader, sha256: str, wish: ReportFilter, single: bool) -> VideoView:
    """Return a video of the case as ``wish``, which fits it, leaves it."""
    (video,) = narrow(replace(loader.head, videos=(loader.video(sha256),)), wish).videos
    return best_bodies_only(video) if single else video


def render_all(
    loader: CaseLoader, rendering: Rendering, videos: Sequence[str], workers: int
) -> Iterator[Rendered]:
    """Yield the recordings ``videos`` as they are rendered, in their order."""
    if workers < 2 or count_tracks(loader.reader) < _FEW_TRACKS:
        renderer = Renderer(loader, rendering)
        yield from map(renderer.render, videos)
        return
    # A process that begins anew: one that is copied may hold locks of threads that it has not.
    spawned = get_context("spawn")
    begin = (loader.reader.folder, rendering)
    with ProcessPoolExecutor(workers, spawned, _begin, begin) as pool:
        yield from in_order(pool, _render, videos, workers)


_renderer: list[Renderer] = []
"""The renderer of a process of its own."""


def _begin(folder: Path, rendering: Rendering) -> None:
    _renderer[:] = [Renderer(CaseLoader(CaseReader(folder)), rendering)]


def _render(sha256: str) -> Rendered:
    return _renderer[0].render(sha256)


def side_by_side(call: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """Yield ``call`` of each of ``items`` in their order, of several at a time in threads."""
    if workers < 2:
        yield from map(call, items)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from in_order(pool, call, items, workers)


def in_order(
    pool: Executor, call: Callable[[T], R], items: Iterable[T], workers: int
) -> Iterator[R]:
    """Yield results in the order of ``items``; no more of these are taken than are worked on."""
    waiting: deque[Future[R]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(call, item))
            if len(waiting) > workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def write_part(draft: Path, key: str, values: Any) -> None:
    """Write a part that pages load on demand; ``key`` is its address without ``.js``."""
    # script_json escapes every character that could end a script or a line.
    write_text(draft / f"{key}.js", f'Report.put("{key}",{script_json(values)});\n')


def write_text(path: Path, text: str) -> None:
    """Write ``text``, in a folder that is made where there is none."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
