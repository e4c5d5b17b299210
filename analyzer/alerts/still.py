"""Still picture of an incident: cut from its recording, with boxes, faces hidden where asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import cv2
import numpy as np

from analyzer.errors import AnalyzerError
from analyzer.report.loader import paths_of
from analyzer.report.media import OpenedSources
from analyzer.store import report_queries as queries
from analyzer.store.alert_records import Incident
from analyzer.store.audit import purged_videos
from analyzer.store.policy import forbidden, rules_in
from analyzer.store.reader import CaseReader
from analyzer.types import VideoInfo
from analyzer.video.annotate import painter

_WIDTH: Final = 960
"""Largest width in px: read on a phone, and small enough for every service."""

_QUALITY: Final = [cv2.IMWRITE_JPEG_QUALITY, 80]
_AROUND_S: Final = 1.0
_DERIVED: Final = "DERIVED by analyzer, not the recording"


@dataclass(frozen=True, slots=True)
class _Source:
    sha256: str
    paths: tuple[str, ...]
    facts: VideoInfo


def still_of(
    reader: CaseReader, incident: Incident, wish: str, sources: OpenedSources
) -> tuple[bytes | None, str]:
    """Return the picture of ``incident`` at its peak as a JPEG, and a line on it.

    ``wish`` is plain, redacted or none; ``sources`` are the recordings opened so far. Where the
    policy of the case forbids pictures of faces, all that were found are hidden; a video whose
    faces were purged gives no picture. None, and why, where there is none.
    """
    if wish == "none":
        return None, ""
    if incident.video_sha256 in purged_videos(reader.db):
        return None, "Still: none, faces in this recording were removed for good"
    redact = wish == "redacted" or "crops" in forbidden(rules_in(reader))
    try:
        jpeg = _cut(reader, incident, redact, sources)
    except (AnalyzerError, OSError, cv2.error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return None, f"Still: none, {why}"
    hidden = "; faces that were found are hidden" if redact else ""
    return jpeg, f"Still: cut from the recording, boxes drawn{hidden}"


def _cut(reader: CaseReader, incident: Incident, redact: bool, sources: OpenedSources) -> bytes:
    from analyzer.video.clip import still

    source = _source(reader, incident)
    t = incident.t_peak
    own = set() if redact else set(incident.tracks)
    paths = paths_of(reader, source.sha256, t - _AROUND_S, t + _AROUND_S, own)
    when = f"{incident.camera} {_wall_time(incident)}"
    paint = painter(paths, draw=True, redact=redact, clock_of=lambda _: _ascii(when), foot=_DERIVED)
    png, _ = still(sources.find(source), t, paint)
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    if picture.shape[1] > _WIDTH:
        height = round(picture.shape[0] * _WIDTH / picture.shape[1])
        picture = cv2.resize(picture, (_WIDTH, height), interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", picture, _QUALITY)[1].tobytes()


def _source(reader: CaseReader, incident: Incident) -> _Source:
    sha256 = incident.video_sha256
    facts = next((info for info, *_ in queries.videos(reader) if info.sha256 == sha256), None)
    if facts is None:
        raise AnalyzerError("its recording is not in the case any more")
    paths: Sequence[str] = reader.known_videos().get(sha256, ())
    return _Source(sha256, tuple(paths), facts)


def _wall_time(incident: Incident) -> str:
    """Return the wall clock at the peak; empty where no clock tells it."""
    if incident.wall_start is None:
        return ""
    passed = timedelta(seconds=incident.t_peak - incident.t_start)
    moment = datetime.fromisoformat(incident.wall_start) + passed
    return moment.isoformat(" ", "milliseconds")


def _ascii(text: str) -> str:
    """Return ``text`` as it can be drawn: the letters of pictures know no others."""
    return text.encode("ascii", "replace").decode()
