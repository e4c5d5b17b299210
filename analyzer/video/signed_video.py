"""Signatures inside video streams: ONVIF Media Signing and Axis Signed Video, by their UUIDs.

Cameras that sign put the signatures into user data of the stream, under a UUID that the makers
publish. No library that we may use verifies them: that a recording is signed is said, with where
the makers' own tools are needed, and nothing is claimed about whether the signatures hold.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from pathlib import Path

import av

SCHEMES = {
    uuid.UUID("005bc93f-2d71-5e95-ada4-796f90877a6f").bytes: "ONVIF Media Signing",
    uuid.UUID("5369676e-6564-2056-6964-656f2e2e2e30").bytes: "Axis Signed Video",
}
"""UUID of the user data (SEI of H.264 and H.265, metadata of AV1) by scheme."""

FIRST_PACKETS = 500
"""Looked at without being asked: cameras sign every group of pictures, of 300 at most."""


@dataclass(frozen=True, slots=True)
class SignedVideo:
    """What was found: by which scheme, in how many packets."""

    scheme: str
    packets: int

    @property
    def words(self) -> str:
        """The finding in words."""
        return f"signed ({self.scheme}), not verified: use the maker's tool for that"


def find_signatures(path: Path, stream: int = 1, most: int | None = None) -> SignedVideo | None:
    """Return the signatures in a video stream, counted from 1, of the file at ``path``, or None.

    At most ``most`` packets are looked at, all where it is None. What cannot be demuxed has none.
    """
    found: dict[str, int] = {}
    try:
        with av.open(str(path), metadata_errors="ignore") as file:
            video = file.streams.video[stream - 1]
            for number, packet in enumerate(file.demux(video)):
                if most is not None and number >= most:
                    break
                data = bytes(packet)
                for mark, scheme in SCHEMES.items():
                    if mark in data:
                        found[scheme] = found.get(scheme, 0) + 1
    except (av.FFmpegError, OSError, IndexError, ValueError):
        pass  # what was found before the damage counts
    if not found:
        return None
    scheme = max(found, key=lambda name: found[name])
    return SignedVideo(scheme, found[scheme])
