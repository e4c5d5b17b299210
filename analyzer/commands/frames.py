"""Use case of `analyzer verify --frames`: every picture of every recording hashed and compared."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from analyzer.custody.frame_findings import Stretch, findings, first_difference
from analyzer.custody.manifest import renew_manifest
from analyzer.errors import CaseError, VideoError
from analyzer.hashing import sha256_file
from analyzer.store.case import Case
from analyzer.store.errors import case_errors
from analyzer.store.ids import short_id
from analyzer.store.places import Places
from analyzer.store.reader import CaseReader
from analyzer.types import wall_text
from analyzer.video.frame_hashes import FrameHash, read_frame_hashes, write_frame_hashes
from analyzer.video.picture_series import series_of
from analyzer.video.probe import probe
from analyzer.video.signed_video import find_signatures
from analyzer.video.source_file import Place, place_of

FOLDER = "frames"


@dataclass(frozen=True, slots=True)
class FrameCheck:
    """The pictures of one recording: how many, and what was found about them.

    ``state`` is "hashed" where they were for the first time, "equal" and "different" where they
    were compared with those hashed before, "not checked" with the ``reason``. ``text`` is the file
    of hashes inside the case. ``wall`` has the wall clock at the start of each stretch, by place in
    the list, where a clock tells it.
    """

    path: str
    video_sha256: str
    state: str
    frames: int = 0
    reason: str | None = None
    text: str | None = None
    signed: str | None = None
    stretches: tuple[Stretch, ...] = ()
    wall: tuple[str | None, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing differs."""
        return self.state != "different"

    def as_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {"ok": self.ok, **asdict(self)}


def check_frames(
    folder: Path, tell: Callable[[FrameCheck], None] = lambda one: None
) -> tuple[FrameCheck, ...]:
    """Hash every picture of the recordings of the case at ``folder``; ``tell`` gets each result.

    Hashes are kept as text in the case, and compared where they are there already. Recordings
    whose files are not at hand, or changed, are left to the other checks. Raises CaseError where
    hashes cannot be kept.
    """
    checks = []
    with CaseReader(folder) as reader:
        sources = list(_sources(reader))
        places = Places(reader)
        clocks = {video: places.of(video).clock for video, _, _ in sources}
    for video, name, place in sources:
        found = _checked(folder, video, name, place)
        clock = clocks[video]
        walls = tuple(wall_text(clock, one.t_start) for one in found.stretches)
        checks.append(replace(found, wall=walls))
        tell(checks[-1])
    return tuple(checks)


def _sources(reader: CaseReader) -> Iterator[tuple[str, str, Place]]:
    """Yield the id of every analysed recording with the first of its paths."""
    seen = set()
    for file in reader.inputs():
        if file.sha256 is not None and file.status == "done" and file.sha256 not in seen:
            seen.add(file.sha256)
            yield file.sha256, file.path, place_of(file.path, file.sha256)


def _checked(folder: Path, video: str, name: str, place: Place) -> FrameCheck:
    if series_of(place.file) is not None:
        return FrameCheck(name, video, "not checked", reason="its pictures are files of their own")
    try:
        info = probe(place.file, stream=place.stream)
        if info.sha256 != video:
            return FrameCheck(name, video, "not checked", reason="the file has changed")
        with tempfile.TemporaryDirectory(prefix="analyzer-frames-") as scratch:
            text = Path(scratch) / "frames"
            write_frame_hashes(info, text)
            state, reason, frames = _compared(folder, video, text)
    except (VideoError, OSError) as error:
        return FrameCheck(name, video, "not checked", reason=str(error))
    signed = find_signatures(place.file, place.stream)
    return FrameCheck(
        name, video, state, len(frames), reason, _name(video),
        None if signed is None else signed.words, tuple(findings(frames)),
    )  # fmt: skip


def _name(video: str) -> str:
    return f"{FOLDER}/{short_id(video)}.framehash"


def _compared(folder: Path, video: str, text: Path) -> tuple[str, str | None, list[FrameHash]]:
    """Compare the hashes in ``text`` with those in the case, or keep them where there are none."""
    now = read_frame_hashes(text.read_text(encoding="ascii").splitlines())
    kept = folder / _name(video)
    with case_errors(folder):
        if not kept.exists():
            _keep(folder, video, text, len(now))
            return "hashed", None, now
        try:
            before = read_frame_hashes(kept.read_text(encoding="ascii").splitlines())
        except ValueError as error:
            raise CaseError(f"{kept}: not hashes of pictures ({error}); restore it") from error
    difference = first_difference(before, now)
    return ("equal" if difference is None else "different"), difference, now


def _keep(folder: Path, video: str, text: Path, frames: int) -> None:
    """Put the hashes into the case, its audit log and its manifest."""
    with Case.open(folder, create=False, check=False, brief=True) as case:
        kept = folder / _name(video)
        kept.parent.mkdir(exist_ok=True)
        unfinished = kept.with_suffix(".tmp")
        unfinished.write_bytes(text.read_bytes())
        unfinished.replace(kept)
        detail = {"video": video, "frames": frames, "file": _name(video)}
        case.log("frames hashed", detail | {"sha256": sha256_file(kept)})
        renew_manifest(case, [_name(video)])
