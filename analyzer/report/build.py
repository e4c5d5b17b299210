"""Report writer: pages, scripts, styles and pictures into a folder, all or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TypeVar

from plotly.offline import get_plotlyjs

from analyzer.config import ReportSettings
from analyzer.errors import UsageError
from analyzer.report import single_file, stills, summary_markdown
from analyzer.report.bundle import join_modules
from analyzer.report.case_page import REST, blocks, first_wall, foremost, render_case
from analyzer.report.expressions_page import PAGE, render_expressions
from analyzer.report.filter import ReportFilter, narrow
from analyzer.report.loader import CaseLoader
from analyzer.report.media import VideoMedia, cut_pieces
from analyzer.report.method import render_method
from analyzer.report.model import CaseView, VideoView
from analyzer.report.pages import Context
from analyzer.report.people import people
from analyzer.report.people_list import PART, people_values
from analyzer.report.person_page import by_person, render_person
from analyzer.report.pictures import MEDIA_NAME, MOST_COPIED, PicturePlace, put_gallery
from analyzer.report.print_page import render_print
from analyzer.report.rendering import (
    Rendered,
    Rendering,
    render_all,
    side_by_side,
    write_part,
    write_text,
)
from analyzer.report.summary import summary_of
from analyzer.report.tables import write_tables
from analyzer.store import report_queries as queries
from analyzer.store.errors import case_errors, output_errors
from analyzer.store.reader import CaseReader
from analyzer.video.source_file import Source

_MARK = "report.format"
_FORMAT = "analyzer-report 2\n"

OnStep = Callable[[str, str, int, int], None]
"""Told what is being done, on what, how many of it are done, and how many there are."""

_MOST_EXPLAINED, _MOST_EXPLAINED_IN_ALL = 40, 400
"""Tracks of a recording, and of a report, whose best face is explained, at most.

An explanation takes 0.4 s, so that a report of hundreds of recordings has none.
"""

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Task:
    """What a report is built from: arguments of ``build_report``, ``inside`` the case."""

    loader: CaseLoader
    settings: ReportSettings
    wish: ReportFilter
    made_at: str
    one_file: bool
    inside: bool
    keep: bool
    sources: Mapping[str, Source]
    on_step: OnStep
    workers: int


def build_report(
    reader: CaseReader,
    out: Path | None = None,
    settings: ReportSettings | None = None,
    made_at: datetime | None = None,
    wish: ReportFilter | None = None,
    one_file: bool = False,
    sources: Mapping[str, Source] | None = None,
    on_step: OnStep | None = None,
    workers: int = 1,
    keep: bool = True,
) -> Path:
    """Write the report of the case of ``reader`` and return the address of its first page.

    ``out`` defaults to ``report`` inside the case. The pages are written into a folder beside it,
    which replaces it at the end, so that a crash leaves the old report. ``wish`` filters the
    report; ``one_file`` puts everything into one ``index.html``. ``sources`` are the recordings
    that this run has already hashed, by SHA-256; ``on_step`` is told of each step. Up to
    ``workers`` recordings are worked on side by side. Without ``keep`` what is cut for the player
    is not kept in the case, into which another process writes. The same database and recordings
    give the same bytes except for ``made_at`` (now, in UTC, by default).

    Raises CaseError if the case cannot be read or written; UsageError if nothing in the case
    matches ``wish``, or ``out`` cannot be written or is not a report.
    """
    target = (out or reader.folder / "report").resolve()
    with case_errors(target) if out is None else output_errors(target, "--out"):
        _refuse_foreign(target)
        task = _Task(
            CaseLoader(reader),
            settings or ReportSettings(),
            wish or ReportFilter(),
            (made_at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M:%S UTC"),
            one_file,
            out is None,
            keep and out is None,
            sources or {},
            on_step or (lambda _name, _item, _done, _total: None),
            workers,
        )
        task, case = _wished(task)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".tmp", dir=target.parent))
        try:
            context = _write_videos(task, case, draft)
            write_assets(draft / "assets")
            _write_pages(context, draft)
            write_tables(context.case, draft / "tables")
            (draft / _MARK).write_text(_FORMAT, encoding="utf-8")
            if one_file:
                single_file.fold(draft)
            draft.chmod(0o755)  # mkdtemp makes a private folder; a report is shared
            _swap(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target / "index.html"


def _wished(task: _Task) -> tuple[_Task, CaseView]:
    """Return the task with names as filed, and the case with outlines of what is asked for.

    Where all is asked for, nothing is loaded yet: the case has no videos.
    """
    loader = task.loader
    if task.wish.is_empty:
        return task, loader.head
    outlines = tuple(loader.video(sha256).outlined() for sha256 in loader.videos)
    whole = replace(loader.head, videos=outlines)
    wish = task.wish.as_filed(whole)
    return replace(task, wish=wish), narrow(whole, wish)


def _write_videos(task: _Task, case: CaseView, draft: Path) -> Context:
    """Write the pages of the recordings with all pictures; return what the other pages need."""
    loader, wish = task.loader, task.wish
    all_of_it = wish.is_empty
    videos = loader.videos if all_of_it else [video.sha256 for video in case.videos]
    place = PicturePlace(
        loader.reader.folder,
        draft / MEDIA_NAME,
        task.inside and queries.count_pictures(loader.reader) > MOST_COPIED,
        wish.person if wish.redact else None,
    )
    place.media.mkdir()
    rendering = Rendering(
        replace(case, videos=()),
        draft,
        place,
        task.settings,
        replace(wish, videos=(), cameras=()),
        task.made_at,
        put_gallery(case.gallery, place),
        _cut_copies(task, videos, place),
        stills.clip_notes(loader.reader.folder),
        None if all_of_it else frozenset(t.id for v in case.videos for t in v.tracks),
        task.one_file,
        min(_MOST_EXPLAINED, _MOST_EXPLAINED_IN_ALL // max(1, len(videos))),
    )
    rendered = list(
        _told(task, "rendering", videos, render_all(loader, rendering, videos, task.workers))
    )
    return _context(rendering, loader, rendered)


def _context(rendering: Rendering, loader: CaseLoader, rendered: Sequence[Rendered]) -> Context:
    return Context(
        case=replace(rendering.case, videos=tuple(one.video for one in rendered)),
        images=rendering.place,
        settings=rendering.settings,
        made_at=rendering.made_at,
        media=rendering.media,
        stills={key: still for one in rendered for key, still in one.stills.items()},
        clips={key: clips for one in rendered for key, clips in one.clips.items()},
        single=rendering.single,
        redacted=rendering.place.hidden,
        detailed=loader.detailed,
    )


def _cut_copies(task: _Task, videos: Sequence[str], place: PicturePlace) -> dict[str, VideoMedia]:
    """Cut what the player shows of ``videos`` that is not kept yet, and put it into the report.

    The pieces are kept in the case where only its own report writes.
    """
    loader, settings = task.loader, task.settings
    if not settings.player:
        why = VideoMedia(missing="the settings ask for none (report.player)")
        return dict.fromkeys(videos, why)

    def cut(video: VideoView) -> VideoMedia:
        return cut_pieces(
            loader.reader, video, settings, place.media, place.hidden, task.keep,
            task.sources.get(video.sha256),
        )  # fmt: skip

    wish = replace(task.wish, videos=(), cameras=())
    followed = [sha256 for sha256 in videos if sha256 in loader.followed]
    sketches = (
        narrow(replace(loader.head, videos=(loader.sketch(sha256),)), wish).videos[0]
        for sha256 in followed
    )
    # What hides faces reads the case, which only this thread may.
    workers = task.workers if place.hidden is None else 1
    cuts = side_by_side(cut, sketches, workers)
    return dict(zip(followed, _told(task, "cutting copies", followed, cuts), strict=True))


def _told(task: _Task, step: str, videos: Sequence[str], done: Iterable[T]) -> Iterator[T]:
    """Yield what is ``done`` of ``videos``, and tell of each that it is being worked on."""
    results = iter(done)
    for number, sha256 in enumerate(videos):
        task.on_step(step, task.loader.name(sha256), number, len(videos))
        yield next(results)


def _write_pages(context: Context, draft: Path) -> None:
    """Write the pages of the case, for which all recordings were rendered."""
    rows = people(context.case)
    found = blocks(context, rows)
    summary = summary_of(context, rows) if context.case.files else ()
    write_text(draft / "index.html", render_case(context, rows, found, summary))
    write_text(draft / summary_markdown.NAME, summary_markdown.summary_markdown(context, summary))
    write_text(draft / "method.html", render_method(context))
    write_text(draft / PAGE, render_expressions(context))
    write_part(draft, REST, first_wall(context)[1])
    write_text(draft / "print.html", render_print(context, rows, foremost(found, rows), summary))
    write_part(draft, PART, people_values(context, rows))
    lanes = by_person(found)
    for row in rows:
        if row.page:
            write_text(draft / row.page, render_person(context, row, lanes.get(row.name, ())))


def _refuse_foreign(target: Path) -> None:
    """Raise UsageError for what is not a report: a wrong ``--out`` must not delete it."""
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() and not (target / _MARK).is_file():
        raise UsageError(f"{target}: exists and is not a report; give another folder with --out")


def _swap(draft: Path, target: Path) -> None:
    former = draft.with_suffix(".former")
    if target.exists():
        target.rename(former)
    draft.rename(target)
    shutil.rmtree(former, ignore_errors=True)


def write_assets(folder: Path) -> None:
    """Write the style, the scripts and the charts' library of a report into ``folder``."""
    folder.mkdir(exist_ok=True)
    styles = resources.files("analyzer.report").joinpath("assets/report.css")
    (folder / "report.css").write_bytes(styles.read_bytes())
    (folder / "theme.js").write_text(join_modules("theme.js"), encoding="utf-8")
    (folder / "report.js").write_text(join_modules("main.js"), encoding="utf-8")
    (folder / "plotly.js").write_text(get_plotlyjs(), encoding="utf-8")
