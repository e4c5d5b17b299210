"""Report writer: pages, scripts, styles and pictures into a folder, all or nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

from plotly.offline import get_plotlyjs

from analyzer.config import ReportSettings
from analyzer.errors import UsageError
from analyzer.report import single_file, stills, summary_markdown
from analyzer.report.bundle import join_modules
from analyzer.report.case_page import blocks, render_case
from analyzer.report.expressions_page import PAGE, render_expressions
from analyzer.report.filter import ReportFilter, narrow
from analyzer.report.loader import load_case
from analyzer.report.media import VideoMedia, cut_pieces
from analyzer.report.method import render_method
from analyzer.report.model import VideoView
from analyzer.report.pages import Context, render_video, script_json
from analyzer.report.people import people
from analyzer.report.people_list import PART, people_values
from analyzer.report.person_page import render_person
from analyzer.report.pictures import best_bodies_only, copy_pictures
from analyzer.report.print_page import render_print
from analyzer.report.summary import summary_of
from analyzer.report.tables import write_tables
from analyzer.report.video_page import parts, video_data
from analyzer.store.errors import case_errors, output_errors
from analyzer.store.reader import CaseReader
from analyzer.video.source_file import Source

_MARK = "report.format"
_FORMAT = "analyzer-report 2\n"

OnStep = Callable[[str, str, int, int], None]
"""Told what is being done, on what, how many of it are done, and how many there are."""


def build_report(
    reader: CaseReader,
    out: Path | None = None,
    settings: ReportSettings | None = None,
    made_at: datetime | None = None,
    wish: ReportFilter | None = None,
    one_file: bool = False,
    sources: Mapping[str, Source] | None = None,
    on_step: OnStep | None = None,
    keep: bool = True,
) -> Path:
    """Write the report of the case of ``reader`` and return the address of its first page.

    ``out`` defaults to ``report`` inside the case. The pages are written into a folder beside it,
    which replaces it at the end, so that a crash leaves the old report. ``wish`` filters the
    report; ``one_file`` puts everything into one ``index.html``. ``sources`` are the recordings
    that this run has already hashed, by SHA-256; ``on_step`` is told of each step. Without ``keep``
    what is cut for the player is not kept in the case, into which another process writes. The same
    database and recordings give the same bytes except for ``made_at`` (now, in UTC, by default).

    Raises CaseError if the case cannot be read or written; UsageError if nothing in the case
    matches ``wish``, or ``out`` cannot be written or is not a report.
    """
    target = (out or reader.folder / "report").resolve()
    wish, settings = wish or ReportFilter(), settings or ReportSettings()
    on_step = on_step or (lambda _name, _item, _done, _total: None)
    with case_errors(target) if out is None else output_errors(target, "--out"):
        _refuse_foreign(target)
        whole = load_case(reader)
        wish = wish.as_filed(whole)
        case = narrow(whole, wish)
        if one_file:
            case = best_bodies_only(case)
        moment = (made_at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M:%S UTC")
        context = Context(case, {}, settings, moment, single=one_file)
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".tmp", dir=target.parent))
        try:
            media = draft / "media"
            context = _with_pictures(
                context, reader, media, wish, keep and out is None, sources or {}, on_step
            )
            write_assets(draft / "assets")
            _write_pages(context, reader, draft, on_step)
            write_tables(case, draft / "tables")
            (draft / _MARK).write_text(_FORMAT, encoding="utf-8")
            if one_file:
                single_file.fold(draft)
            draft.chmod(0o755)  # mkdtemp makes a private folder; a report is shared
            _swap(draft, target)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    return target / "index.html"


def _write_pages(context: Context, reader: CaseReader, draft: Path, on_step: OnStep) -> None:
    rows = people(context.case)
    found = blocks(context)
    summary = summary_of(context, rows) if context.case.files else ()
    _write(draft / "index.html", render_case(context, rows, found, summary))
    _write(draft / summary_markdown.NAME, summary_markdown.summary_markdown(context, summary))
    _write(draft / "method.html", render_method(context))
    _write(draft / PAGE, render_expressions(context))
    _write(draft / "print.html", render_print(context, rows, found, summary))
    write_part(draft, PART, people_values(context, rows))
    for row in rows:
        _write(draft / row.page, render_person(context, row, found))
    for video in _one_by_one(context.case.videos, "rendering", on_step):
        media = context.media.get(video.sha256, VideoMedia())
        _write(draft / video.page, render_video(context, video, video_data(context, video, media)))
        for key, values in parts(context, reader, video, media):
            write_part(draft, key, values)


def _one_by_one(videos: Sequence[VideoView], step: str, on_step: OnStep) -> Iterator[VideoView]:
    for done, video in enumerate(videos):
        on_step(step, video.name, done, len(videos))
        yield video


def write_part(draft: Path, key: str, values: Any) -> None:
    """Write values that a page loads when they are needed; ``key`` is their address."""
    # script_json escapes every character that could end a script or a line.
    _write(draft / f"{key}.js", f'Report.put("{key}",{script_json(values)});\n')


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")


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


def _with_pictures(
    context: Context,
    reader: CaseReader,
    folder: Path,
    wish: ReportFilter,
    keep: bool,
    sources: Mapping[str, Source],
    on_step: OnStep,
) -> Context:
    """Put every picture that the pages show into ``folder``; return the context with addresses.

    With ``keep`` the cut pieces are stored in the case: only its own report may write there.
    """
    folder.mkdir()
    case = context.case
    hidden = wish.person if wish.redact else None
    images = copy_pictures(case, reader, folder, hidden)
    media = {
        video.sha256: cut_pieces(
            reader, video, context.settings, folder, hidden, keep, sources.get(video.sha256)
        )
        for video in _one_by_one([v for v in case.videos if v.tracks], "cutting copies", on_step)
    }
    shown = {}
    for video in case.videos:
        if video.sha256 in media:
            shown.update(stills.of_events(reader, video, media[video.sha256], folder))
    clips = stills.evidence_clips(case, reader.folder, folder) if not hidden else {}
    return replace(context, images=images, media=media, stills=shown, clips=clips, redacted=hidden)
