"""Writes the report folder: pages, scripts, styles and the pictures they show, all or nothing."""

from __future__ import annotations

import shutil
import tempfile
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from plotly.offline import get_plotlyjs

from analyzer.config import ReportSettings
from analyzer.errors import CaseError
from analyzer.report.data import load_case
from analyzer.report.model import CaseView
from analyzer.report.pages import Context, render_case, render_video
from analyzer.store.images import image_path

# Enough of the hash that two pictures of one case never share a name, short enough to read.
_NAME_DIGITS = 20

_MARK = "report.format"
_FORMAT = "analyzer-report 1\n"


def build_report(
    case_folder: Path,
    out: Path | None = None,
    settings: ReportSettings | None = None,
    made_at: datetime | None = None,
) -> Path:
    """Write the report of the case in ``case_folder`` and return the address of its first page.

    ``out`` defaults to ``report`` inside the case. The pages are written into a folder beside it
    that takes its place at the end, so that a crash leaves the former report. The same database
    gives the same bytes except for ``made_at`` (now, in UTC, by default).

    Raises CaseError when the case cannot be read, or ``out`` is a folder that is not a report.
    """
    target = (out or case_folder / "report").resolve()
    _refuse_foreign(target)
    case = load_case(case_folder)
    moment = (made_at or datetime.now(UTC)).strftime("%Y-%m-%d %H:%M:%S UTC")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", suffix=".tmp", dir=target.parent))
    try:
        images = _copy_pictures(case, case_folder, draft / "media")
        context = Context(case, images, settings or ReportSettings(), moment)
        _write_assets(draft / "assets")
        (draft / _MARK).write_text(_FORMAT, encoding="utf-8")
        (draft / "index.html").write_text(render_case(context), encoding="utf-8")
        for video in case.videos:
            (draft / video.page).write_text(render_video(context, video), encoding="utf-8")
        draft.chmod(0o755)  # mkdtemp makes a private folder; a report is handed on
        _swap(draft, target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target / "index.html"


def _refuse_foreign(target: Path) -> None:
    """Never replace a folder that we did not write: a slip in ``--out`` must not cost a folder."""
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() and not (target / _MARK).is_file():
        raise CaseError(f"{target}: exists and is not a report; give another folder with --out")


def _swap(draft: Path, target: Path) -> None:
    former = draft.with_suffix(".former")
    if target.exists():
        target.rename(former)
    draft.rename(target)
    shutil.rmtree(former, ignore_errors=True)


def _write_assets(folder: Path) -> None:
    folder.mkdir()
    for asset in sorted(resources.files("analyzer.report").joinpath("assets").iterdir(), key=str):
        if asset.is_file():
            (folder / asset.name).write_bytes(asset.read_bytes())
    (folder / "plotly.js").write_text(get_plotlyjs(), encoding="utf-8")


def _copy_pictures(case: CaseView, case_folder: Path, folder: Path) -> dict[str, str]:
    """Copy every crop a page shows and return its address by sha256.

    A crop that is missing from the case is left out; the page then says so in its place.
    """
    folder.mkdir()
    images: dict[str, str] = {}
    for sha256 in sorted(_shown(case)):
        found = image_path(case_folder, sha256)
        if found.is_file():
            name = f"{sha256[:_NAME_DIGITS]}{found.suffix}"
            shutil.copyfile(found, folder / name)
            images[sha256] = f"media/{name}"
    return images


def _shown(case: CaseView) -> set[str]:
    shots = {
        shot.image
        for video in case.videos
        for track in video.tracks
        for shot in (*track.faces, track.best_face)
        if shot is not None
    }
    gallery = {picture.image for picture in case.gallery if picture.image}
    return shots | gallery
