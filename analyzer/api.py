"""Public Python API: run an analysis, open a case, read its tables and face pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.config import Settings
from analyzer.store.reader import CaseReader

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from analyzer.commands.summary import RunSummary
    from analyzer.pipeline.progress import ProgressListener

StrPath = str | PathLike[str]


def run(
    inputs: StrPath | Iterable[StrPath],
    case: StrPath,
    *,
    gallery: StrPath | None = None,
    settings: Settings | None = None,
    cameras: StrPath | None = None,
    workers: int | None = None,
    executor: str = "local",
    fresh: bool = False,
    retry: bool = False,
    progress: ProgressListener | None = None,
) -> RunSummary:
    """Analyse recordings into a case and render its report, as `analyzer run` does.

    ``inputs`` are files, folders and patterns; ``case`` is the folder of the case, which is made
    when it does not exist. ``workers`` None is one process per core; ``fresh`` analyses everything
    again, ``retry`` the parts that could not be analysed before. Recordings that were analysed
    before with the same settings and models are not analysed again.

    A recording that cannot be analysed does not raise: its entry in ``videos`` of the summary has
    the status ``failed`` and the reason. Raises UsageError, ConfigError, GalleryError, ModelError
    or CaseError before anything is analysed. Worker processes import the caller's main module, so
    a script calls this under ``if __name__ == "__main__":``.
    """
    from analyzer.commands.run import RunRequest, run_batch
    from analyzer.pipeline.progress import SilentListener

    paths = [inputs] if isinstance(inputs, str | PathLike) else list(inputs)
    names = tuple(fspath(path) for path in paths)
    request = RunRequest(
        inputs=names,
        case=Path(case),
        gallery=None if gallery is None else Path(gallery),
        settings=settings or Settings(),
        workers=workers,
        fresh=fresh,
        command=f"analyzer.run({', '.join(names)})",
        executor=executor,
        retry=retry,
        cameras=None if cameras is None else Path(cameras),
    )
    return run_batch(request, progress or SilentListener())


def open_case(path: StrPath) -> Case:
    """Open the case in the folder ``path`` for reading.

    Nothing is changed, and a run may write the case meanwhile. Raises CaseError for a folder that
    is not a case, a case made by an older or a newer version, and a damaged database.
    """
    return Case(CaseReader(Path(path)))


@dataclass(frozen=True, slots=True)
class FacePicture:
    """One stored face picture of a track.

    ``t`` is in seconds since the first picture of the video, ``quality`` in [0, 1], ``eye_px`` the
    distance between the eyes in pixels of the recording, ``jpeg`` the encoded crop.
    """

    pts: int
    t: float
    quality: float
    eye_px: float
    jpeg: bytes

    def bgr(self) -> NDArray[np.uint8]:
        """Return the crop as uint8 BGR (H, W, 3)."""
        return _decoded(self.jpeg)


@dataclass(frozen=True, slots=True)
class BodyPicture:
    """One stored picture of the whole person of a track.

    ``t`` is in seconds since the first picture of the video, ``quality`` in [0, 1], ``height_px``
    the height of the person in pixels of the recording, ``reasons`` say what is wrong with the
    picture, empty when nothing is; ``jpeg`` is the encoded crop.
    """

    pts: int
    t: float
    quality: float
    height_px: float
    reasons: tuple[str, ...]
    jpeg: bytes

    def bgr(self) -> NDArray[np.uint8]:
        """Return the crop as uint8 BGR (H, W, 3)."""
        return _decoded(self.jpeg)


def _decoded(jpeg: bytes) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture, dtype=np.uint8)


class Case:
    """A case open for reading; a context manager, made by ``open_case``.

    Tables are pandas DataFrames whose columns docs/schema.md describes. Every call reads the
    database anew, so that rows which a run writes meanwhile are seen.
    """

    def __init__(self, reader: CaseReader) -> None:
        self._reader = reader

    @property
    def path(self) -> Path:
        """The folder of the case."""
        return self._reader.folder

    def videos(self) -> pd.DataFrame:
        """Return one row per recording: ``path`` and what probing told of it."""
        return self._with_path(self._reader.frame("videos"), "sha256", "path")

    def tracks(self) -> pd.DataFrame:
        """Return one row per person followed through one recording."""
        return self._with_path(self._reader.frame("tracks"), "video_sha256", "video_path")

    def emotions(self) -> pd.DataFrame:
        """Return the view ``emotion_timeline``: seven probabilities per track and moment.

        Where ``assessed`` is 0 they are 1/7 each and ``reason`` says why there is no answer.
        """
        return self._reader.frame("emotion_timeline")

    def actions(self) -> pd.DataFrame:
        """Return the view ``action_timeline``: eight probabilities per track and window."""
        return self._reader.frame("action_timeline")

    def appearances(self) -> pd.DataFrame:
        """Return the view ``appearances``: who was in view in which video, from when to when.

        A name is a candidate until ``status`` is *confirmed*.
        """
        return self._reader.frame("appearances")

    def events(self) -> pd.DataFrame:
        """Return one row per event: a rule that held over a stretch of time."""
        return self._with_path(self._reader.frame("events"), "video_sha256", "video_path")

    def faces(self, track: str) -> list[FacePicture]:
        """Return the stored face pictures of ``track``, best quality first.

        ``track`` is T3 where only one video has such a track, VIDEO:T3, or a ``track_id`` of the
        tables. Empty where the case keeps no pictures. Raises UsageError for no or several tracks
        of that name.
        """
        from analyzer.store.tracks import find_track

        return [
            FacePicture(
                face.moment.pts, face.moment.t, face.quality.score, face.quality.eye_px, face.jpeg
            )
            for face in self._reader.faces(find_track(self._reader, track))
            if face.jpeg
        ]

    def bodies(self, track: str) -> list[BodyPicture]:
        """Return the stored pictures of the whole person of ``track``, best quality first.

        ``track`` is named as for ``faces``. Empty where the case keeps no pictures of bodies.
        """
        from analyzer.store.tracks import find_track

        return [
            BodyPicture(
                b.moment.pts,
                b.moment.t,
                b.quality.score,
                b.quality.height_px,
                b.quality.reasons,
                b.jpeg,
            )
            for b in self._reader.bodies(find_track(self._reader, track))
            if b.jpeg
        ]

    def _with_path(self, table: pd.DataFrame, sha256: str, name: str) -> pd.DataFrame:
        """Return ``table`` with the first path that each recording was given as, in front."""
        first = {key: paths[0] for key, paths in self._reader.known_videos().items() if paths}
        table.insert(0, name, table[sha256].map(first))
        return table

    def close(self) -> None:
        """Close the database."""
        self._reader.close()

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
