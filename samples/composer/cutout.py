"""Cut-outs of people from photographs: a hand-drawn outline, refined by GrabCut."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Points = tuple[tuple[int, int], ...]

# How far (px) the outline was drawn beside the true edge at worst; GrabCut decides inside the band.
OUTLINE_SLACK = 5


@dataclass(frozen=True, slots=True)
class Photo:
    """A photograph and what was measured in it by hand, all in its pixels.

    ``face`` is x, y, w, h from hairline to chin; ``neck`` the point about which the head turns;
    ``hem`` the row below which legs are drawn; ``px_per_metre`` from the height of the person, a
    head being one part in 7.3 of it.
    """

    name: str
    file: str
    outline: Points
    face: tuple[int, int, int, int]
    neck: tuple[int, int]
    crown: int
    hem: int
    px_per_metre: float
    height: float


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """A person without background: ``bgr`` (H, W, 3) and ``alpha`` (H, W), float32 in 0..1."""

    photo: Photo
    bgr: Array
    alpha: Array


def cut_out(photo: Photo, folder: Path) -> Cutout:
    """Return the person of ``photo``; the same pixels on every call.

    Raises FileNotFoundError for a picture that is not in ``folder`` or cannot be read.
    """
    picture = cv2.imread(str(folder / photo.file))
    if picture is None:
        raise FileNotFoundError(f"{folder / photo.file}: cannot be read as a picture")
    mask = _refine(picture, photo.outline)
    # One pixel inwards: the outermost ring still holds the bright curtains of the photograph.
    mask = cv2.erode(mask, np.ones((3, 3), np.uint8))
    alpha = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.3)
    return Cutout(photo, picture.astype(np.float32) / 255, np.asarray(alpha, np.float32))


def _refine(picture: NDArray[np.uint8], outline: Points) -> NDArray[np.uint8]:
    """Return 1 for the person, 0 for the rest, uint8 (H, W)."""
    drawn = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(drawn, [np.array(outline, np.int32)], 1)
    slack = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * OUTLINE_SLACK + 1,) * 2)
    trimap = np.full(drawn.shape, cv2.GC_PR_FGD, np.uint8)
    trimap[drawn == 0] = cv2.GC_PR_BGD
    trimap[cv2.erode(drawn, slack, borderValue=1) == 1] = cv2.GC_FGD
    trimap[cv2.dilate(drawn, slack) == 0] = cv2.GC_BGD
    cv2.setRNGSeed(0)
    cv2.grabCut(
        picture, trimap, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK
    )
    person = np.isin(trimap, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.uint8)
    smooth = cv2.medianBlur(person * 255, 7)
    return (smooth > 127).astype(np.uint8)


BARACK_OBAMA = Photo(
    name="Barack Obama",
    file="barack_obama_blue_room.jpg",
    outline=(
        (226, 20), (195, 38), (167, 68), (163, 96), (154, 108), (155, 125), (169, 141), (177, 150),
        (182, 165), (177, 182), (171, 199), (139, 222), (53, 244), (38, 275), (30, 301), (20, 350),
        (13, 398), (20, 450), (30, 489), (75, 498), (68, 534), (54, 586), (21, 763), (64, 771),
        (150, 778), (290, 778), (361, 771), (388, 763), (376, 586), (365, 526), (357, 485),
        (391, 459), (410, 406), (387, 323), (376, 252), (353, 241), (271, 210), (259, 195),
        (262, 173), (270, 154), (284, 150), (289, 117), (286, 75), (274, 41), (252, 26),
    ),
    face=(176, 35, 106, 141),
    neck=(222, 190),
    crown=20,
    hem=772,
    px_per_metre=652,
    height=1.87,
)  # fmt: skip

JOE_BIDEN = Photo(
    name="Joe Biden",
    file="joe_biden_blue_room.jpg",
    outline=(
        (210, 14), (180, 25), (159, 45), (147, 70), (142, 100), (144, 125), (155, 147), (159, 169),
        (147, 184), (117, 214), (57, 226), (14, 256), (3, 323), (5, 398), (20, 474), (31, 496),
        (20, 586), (3, 677), (1, 766), (80, 774), (300, 786), (371, 778), (366, 707), (350, 594),
        (328, 519), (320, 470), (366, 462), (372, 440), (373, 325), (362, 298), (350, 283),
        (318, 263), (283, 246), (262, 226), (244, 211), (249, 188), (268, 162),
        (279, 124), (289, 75), (279, 41), (245, 20),
    ),
    face=(160, 28, 112, 152),
    neck=(215, 200),
    crown=14,
    hem=772,
    px_per_metre=720,
    height=1.83,
)  # fmt: skip
