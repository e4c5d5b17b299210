"""Embeddings tell people apart on real pictures, the same every time."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.config import EmbeddingSettings
from analyzer.errors import ConfigError, ModelError
from analyzer.faces.calibration import calibration_of
from analyzer.faces.embedders import FaceEmbedder, make_face_embedder
from tests.faces.pictures import best_face, find_faces, frame
from tests.places import CORRIDOR, DATA, LOBBY, needs_data

FILES = {"mobilefacenet": DATA / "models" / "MobileFaceNet_Facegate.onnx"}


def nothing_installed(name: str) -> Path | None:
    return None


@pytest.fixture(
    scope="module",
    params=["face_recognition", pytest.param("mobilefacenet", marks=needs_data)],
)
def embedder(request: pytest.FixtureRequest) -> FaceEmbedder:
    return make_face_embedder(EmbeddingSettings(backend=request.param), FILES.get)


def embedding(embedder: FaceEmbedder, key: str) -> np.ndarray:
    picture, face = best_face(key)
    return embedder.embed(picture, face.box, face.landmarks)


def test_a_vector_that_is_the_same_every_time(embedder: FaceEmbedder) -> None:
    first, second = (embedding(embedder, "Joe Biden") for _ in range(2))
    assert first.shape == (embedder.dim,) and first.dtype == np.float32
    assert np.array_equal(first, second)


def test_a_mirrored_picture_gives_the_same_vector(embedder: FaceEmbedder) -> None:
    picture, face = best_face("Joe Biden")
    assert face.landmarks is not None
    width = picture.shape[1]
    points = face.landmarks[[1, 0, 2, 4, 3]] * np.array([-1, 1], np.float32)
    points += np.array([width - 1, 0], np.float32)
    mirrored = np.ascontiguousarray(picture[:, ::-1])
    box = replace(face.box, x=width - face.box.x2)
    vectors = (
        embedder.embed(picture, face.box, face.landmarks),
        embedder.embed(mirrored, box, points),
    )
    assert np.linalg.norm(vectors[0] - vectors[1]) < 0.15


@needs_data
def test_tells_people_apart(embedder: FaceEmbedder) -> None:
    with (DATA / "identity" / "pairs.csv").open() as file:
        rows = list(csv.DictReader(file))
    right = 0
    chosen = rows[::40]
    for row in chosen:
        a, b = (embedding(embedder, row[side]) for side in "ab")
        close = calibration_of(embedder.name).probability(float(np.linalg.norm(a - b))) > 0.5
        right += close == (row["same"] == "1")
    assert right >= len(chosen) - 1


def test_the_enrolled_are_near_and_strangers_far(embedder: FaceEmbedder) -> None:
    obama, collins = embedding(embedder, "Barack Obama"), embedding(embedder, "Eileen Collins")
    threshold = calibration_of(embedder.name).threshold
    for clip, t, enrolled in ((LOBBY, 10.0, True), (CORRIDOR, 3.0, False)):
        picture = frame(clip, t)
        face = find_faces().detect(picture)[0]
        vector = embedder.embed(picture, face.box, face.landmarks)
        assert (float(np.linalg.norm(vector - obama)) <= threshold) == enrolled
        assert float(np.linalg.norm(vector - collins)) > threshold


def test_a_face_without_landmarks_is_embedded_too() -> None:
    embedder = make_face_embedder(EmbeddingSettings(), nothing_installed)
    picture, face = best_face("Joe Biden")
    ours, predicted = (embedder.embed(picture, face.box, p) for p in (face.landmarks, None))
    assert np.linalg.norm(ours - predicted) < 0.3


@pytest.mark.parametrize("name", ["face_recognition", "mobilefacenet"])
def test_probability_falls_with_distance(name: str) -> None:
    calibration = calibration_of(name)
    values = [calibration.probability(d) for d in np.linspace(0, 2, 41)]
    assert values == sorted(values, reverse=True)
    assert values[0] > 0.999 and values[-1] < 0.001
    assert calibration.probability(calibration.even) == pytest.approx(0.5)
    assert calibration.threshold < calibration.verification


def test_what_is_missing_is_named() -> None:
    with pytest.raises(ModelError, match="analyzer models pull mobilefacenet"):
        make_face_embedder(EmbeddingSettings(backend="mobilefacenet"), nothing_installed)
    with pytest.raises(ConfigError, match="use one of auto"):
        make_face_embedder(EmbeddingSettings(backend="magic"), nothing_installed)
    with pytest.raises(ConfigError, match="no such embedder"):
        calibration_of("magic")
