"""Still and animated pictures, read by their content: pixels as shown, and what EXIF tells."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL.Image import Image

BGR = NDArray[np.uint8]

_ORIENTATION, _EXIF, _DATE = 0x0112, 0x8769, 0x0132
_TAKEN, _TAKEN_ZONE, _TAKEN_FRACTION = 0x9003, 0x9011, 0x9291
_DATE_FORM = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_ZONE_FORM = re.compile(r"[+-]\d\d:\d\d")
_TURNS = {3: 180, 4: 180, 5: 270, 6: 270, 7: 90, 8: 90}
"""Degrees counter-clockwise by which a picture of that orientation is turned to be shown."""

_ANIMATED = frozenset({"WEBP", "GIF", "PNG", "AVIF"})
"""Formats of Pillow whose pictures have durations; those of others are pages, or shots of one."""

_KNOWN_LATE = frozenset({"WEBP", "AVIF"})
"""Formats of which Pillow knows how long a picture stands when it has decoded it."""

_ONE_SHOT = frozenset({"MPO"})
"""Formats that may hold further pictures of the same shot: a depth map, the other eye."""

_PROPERTIES = 1 << 17
"""Bytes of a HEIC in which its properties lie."""

_HIGH_BITS = 255.0 / 65535.0
_PAGE_MS = 1000.0
"""How long a picture of a file of several pages stands: a scan stores no time."""


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What the header of a picture file tells.

    ``width`` × ``height`` are as shown, ``stored`` as stored. ``rotation`` in degrees
    counter-clockwise. ``taken`` is the time at which it was taken, ISO 8601, with a zone only where
    one is stored. ``durations_ms`` holds a duration for each picture of an animation or page;
    ``animated`` tells that they are stored.
    """

    format: str
    mode: str
    width: int
    height: int
    stored: tuple[int, int]
    rotation: int
    taken: str | None
    durations_ms: tuple[float, ...]
    animated: bool


def decode_picture(data: bytes) -> BGR | None:
    """Return the picture as uint8 BGR (H, W, 3), turned as EXIF says; None if it is none.

    OpenCV reads the usual formats, Pillow and libheif what it does not (HEIC, AVIF, JPEG 2000). Of
    an animation it is the first picture.
    """
    if not data:
        return None
    if data[4:8] != b"ftyp":
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if picture is not None:
            return np.asarray(picture, dtype=np.uint8)
    return _decode_by_pillow(data)


def picture_facts(path: Path) -> PictureFacts | None:
    """Return what the header of the picture at ``path`` tells; None if it is none.

    Pixels are decoded of animations alone. Raises OSError when the file cannot be read.
    """
    with path.open("rb") as file:
        try:
            with _opened(file) as image:
                return _facts(image)
        except _NOT_A_PICTURE:
            return None


def frames_of(path: Path) -> Iterator[BGR]:
    """Yield every picture of an animation or of a file of several pages, as shown.

    Raises OSError when the file cannot be read; what does not decode ends the iteration.
    """
    with path.open("rb") as file, _opened(file) as image:
        for number in range(int(getattr(image, "n_frames", 1))):
            try:
                image.seek(number)
                picture = _as_bgr(image)
            except _NOT_A_PICTURE:
                return
            yield picture


def _opened(file: Any) -> Image:
    from pi_heif import register_heif_opener
    from PIL import Image

    register_heif_opener()
    # A warning tells of a large picture; limits are checked by who asks.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        image = Image.open(file)
    if image.format == "HEIF":
        _take_orientation(image, file)
    return image


def _take_orientation(image: Image, file: Any) -> None:
    """Let EXIF turn a HEIC that stores no turn of its own.

    libheif applies the latter, and takes the former for told twice, as a phone does.
    """
    orientation = image.info.get("original_orientation") or 1
    if orientation != 1:
        file.seek(0)
        properties = file.read(_PROPERTIES)
        if b"irot" not in properties and b"imir" not in properties:
            image.getexif()[_ORIENTATION] = orientation


def _facts(image: Image) -> PictureFacts:
    exif = image.getexif()
    orientation = int(exif.get(_ORIENTATION, 1) or 1)
    rotation = _TURNS.get(orientation, 0)
    # Pillow gives the size of a TIFF as shown, that of others as stored.
    given, other = image.size, image.size[::-1] if orientation >= 5 else image.size
    shown, stored = (given, other) if image.format == "TIFF" else (other, given)
    return PictureFacts(
        format=str(image.format),
        mode=image.mode,
        width=shown[0],
        height=shown[1],
        stored=stored,
        rotation=rotation,
        taken=_time_of(exif),
        durations_ms=_durations(image),
        animated=bool(getattr(image, "is_animated", False)) and image.format in _ANIMATED,
    )


def _time_of(exif: Any) -> str | None:
    """Return the time at which a picture was taken, with fraction and zone where stored."""
    own = exif.get_ifd(_EXIF)
    found = _DATE_FORM.match(str(own.get(_TAKEN) or exif.get(_DATE) or ""))
    if found is None:
        return None
    text = "{}-{}-{}T{}:{}:{}".format(*found.groups())
    fraction = str(own.get(_TAKEN_FRACTION) or "").strip("\0 ")
    if fraction.isdigit():
        text += f".{fraction[:6]:0<6}"
    zone = _ZONE_FORM.match(str(own.get(_TAKEN_ZONE) or ""))
    return text + (zone[0] if zone else "")


def _durations(image: Image) -> tuple[float, ...]:
    count = int(getattr(image, "n_frames", 1))
    if count == 1 or image.format in _ONE_SHOT:
        return (0.0,)
    durations = []
    for number in range(count):
        image.seek(number)
        if image.format in _KNOWN_LATE:
            image.load()
        durations.append(float(image.info.get("duration") or _PAGE_MS))
    image.seek(0)
    return tuple(durations)


def _decode_by_pillow(data: bytes) -> BGR | None:
    try:
        with _opened(io.BytesIO(data)) as image:
            return _as_bgr(image)
    except _NOT_A_PICTURE:
        return None


def _as_bgr(image: Image) -> BGR:
    from PIL import ImageOps

    shown = ImageOps.exif_transpose(image)
    if shown.mode.startswith("I"):
        grey = np.asarray(shown, dtype=np.float64) * _HIGH_BITS
        return np.repeat(np.clip(grey, 0, 255).astype(np.uint8)[:, :, None], 3, axis=2)
    return np.ascontiguousarray(np.asarray(shown.convert("RGB"))[:, :, ::-1])


# What Pillow and its plugins raise for files that are damaged, too large or no pictures at all.
_NOT_A_PICTURE = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, MemoryError, KeyError)
