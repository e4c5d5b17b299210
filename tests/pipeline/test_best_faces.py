"""Which faces of a tracklet are kept, and which of them are compared."""

import numpy as np
import pytest

from analyzer.config import EmbeddingSettings
from analyzer.faces.embedders import make_face_embedder
from analyzer.pipeline.best_faces import MOST_STRETCHES, BestFaces
from analyzer.types import Box, Detection, FaceQuality, Frame, Moment

POINTS = np.array([[24, 26], [40, 26], [32, 34], [26, 42], [38, 42]], np.float32)
FACE = Detection(Box(16, 14, 32, 38), 0.99, "face", POINTS)
FLOORS = EmbeddingSettings()


def quality(score, eye_px=16.0):
    return FaceQuality(eye_px, 60, 0.5, 0, 0, 0, score)


def collected(moments):
    """Return what is held of a tracklet with a face of some quality at each (t, quality)."""
    best = BestFaces(keep=5)
    for t, seen in moments:
        planes = np.full((96, 64), 128, np.uint8)
        best.consider(Frame(Moment(round(t * 1000), t), planes, 64, 64), FACE, seen)
    return best


@pytest.fixture(scope="module")
def embedder():
    return make_face_embedder(EmbeddingSettings(), lambda name: None)


def test_the_best_and_one_of_every_stretch_of_time_are_compared(embedder):
    good = [(0.5 * i, quality(0.9)) for i in range(8)]
    later = [(4 + 0.5 * i, quality(0.3)) for i in range(200)]
    faces = collected(good + later).samples(embedder, FLOORS)
    compared = [face.moment.t for face in faces if face.embedding is not None]
    assert sum(t < 4 for t in compared) >= FLOORS.faces
    assert len(faces) <= 5 + MOST_STRETCHES
    gaps = np.diff([*compared, 104])
    assert gaps.max() < 104 / 2, "somebody who takes over for half of the time is seen"
    assert sum(t > 4 for t in compared) >= 3


def test_a_face_below_the_floor_is_kept_shown_and_not_compared(embedder):
    (small,) = collected([(0.0, quality(0.3, eye_px=9))]).samples(embedder, FLOORS)
    assert small.embedding is None
    assert small.quality.reasons == ("9 px between the eyes",)
    assert small.jpeg


def test_neighbouring_pictures_count_once():
    faces = collected([(0.1 * i, quality(0.5 + 0.01 * i)) for i in range(4)]).samples(None, FLOORS)
    assert [face.quality.score for face in faces] == [0.53]
