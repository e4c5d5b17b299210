"""Ids of rows, derived from what they name: two runs over the same input give the same ids."""

from __future__ import annotations

_DIGITS = 16
"""Digits of the video's SHA-256 in an id: 64 bits, no collision in any archive that exists."""


def short_id(video: str, digits: int = _DIGITS) -> str:
    """Return a video's id cut to ``digits`` of its SHA-256, fit for names of files and addresses.

    The number of a further video stream of the file stays, as ``-2``.
    """
    sha256, _, stream = video.partition("#")
    return f"{sha256[:digits]}-{stream}" if stream else sha256[:digits]


def segment_id(video_sha256: str, index: int) -> str:
    """Return the id of segment ``index`` of a video."""
    return f"{short_id(video_sha256)}:{index}"


def tracklet_id(video_sha256: str, index: int, number: int) -> str:
    """Return the id of tracklet ``number`` in segment ``index`` of a video."""
    return f"{segment_id(video_sha256, index)}:{number}"


def face_id(tracklet: str, pts: int) -> str:
    """Return the id of the face of ``tracklet`` (an id) kept at ``pts``."""
    return f"{tracklet}:{pts}"


def body_id(tracklet: str, pts: int) -> str:
    """Return the id of the picture of the body of ``tracklet`` (an id) kept at ``pts``."""
    return f"{tracklet}:b{pts}"


def track_id(video_sha256: str, number: int) -> str:
    """Return the id of track ``number`` of a video."""
    return f"{short_id(video_sha256)}:T{number}"


def event_id(video_sha256: str, number: int) -> str:
    """Return the id of event ``number``, from 1 in order of time."""
    return f"{short_id(video_sha256)}:E{number}"
