"""Preparation of samples/sources and samples/gallery from the pictures named in README.md.

Run once: ``python samples/make_sources.py SDIST_DIR SKIMAGE_DATA_DIR``. The results are committed,
so nobody needs the originals to compose the clips again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click
import cv2

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Cut:
    """A rectangle (x0, y0, x1, y1) of ``picture``, resized by ``scale``, stored as ``target``."""

    picture: str
    corners: tuple[int, int, int, int]
    scale: float
    target: str


# The scales leave faces some 110 px wide in the sources, a little more than any clip shows, and
# 130 px in the gallery, enough for every face detector.
SDIST_CUTS = (
    Cut("obama3.jpg", (200, 170, 1260, 2200), 0.4, "sources/barack_obama_blue_room.jpg"),
    Cut("biden.jpg", (30, 60, 970, 2204), 0.4, "sources/joe_biden_blue_room.jpg"),
    Cut("obama.jpg", (250, 0, 760, 640), 0.55, "gallery/Barack Obama/portrait_2012.jpg"),
)
SKIMAGE_CUTS = (
    Cut("astronaut.png", (110, 0, 335, 250), 1.3, "gallery/Eileen Collins/portrait_nasa.jpg"),
)


def cut(folder: Path, order: Cut) -> None:
    """Write one cut below samples/, without the original's metadata."""
    picture = cv2.imread(str(folder / order.picture))
    if picture is None:
        raise click.ClickException(f"{folder / order.picture}: cannot be read as a picture")
    x0, y0, x1, y1 = order.corners
    way = cv2.INTER_AREA if order.scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(
        picture[y0:y1, x0:x1], None, fx=order.scale, fy=order.scale, interpolation=way
    )
    target = HERE / order.target
    target.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(target), small, [cv2.IMWRITE_JPEG_QUALITY, 88])


@click.command()
@click.argument("sdist", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("skimage_data", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(sdist: Path, skimage_data: Path) -> None:
    """Cut the pictures of SDIST/tests/test_images and SKIMAGE_DATA."""
    for order in SDIST_CUTS:
        cut(sdist / "tests" / "test_images", order)
    for order in SKIMAGE_CUTS:
        cut(skimage_data, order)


if __name__ == "__main__":
    main()
