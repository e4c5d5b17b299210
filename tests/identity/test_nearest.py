"""The fast search gives what brute force gives, to the last digit."""

import numpy as np
import pytest

from analyzer.identity.nearest import Probe, nearest


def embeddings(count: int, dim: int = 128) -> np.ndarray:
    vectors = np.random.default_rng(0).normal(0, 0.09, (count, dim)).astype(np.float32)
    vectors[count // 2] = vectors[7]
    vectors[-1] = vectors[7]
    return vectors


@pytest.mark.parametrize("faces", [1, 4])
@pytest.mark.parametrize("count", [1, 20, 9000])
@pytest.mark.parametrize("block", [61, 5000])
def test_equal_to_brute_force(faces: int, count: int, block: int) -> None:
    stored = embeddings(8000)
    probe = Probe(stored[7 : 7 + faces] + np.float32(1e-4), np.arange(1.0, faces + 1))
    blocks = [(start, stored[start : start + block]) for start in range(0, 8000, block)]

    hits = nearest(probe, blocks, count)

    weights = np.arange(1.0, faces + 1) / np.arange(1.0, faces + 1).sum()
    mine = (stored[7 : 7 + faces] + np.float32(1e-4)).astype(np.float64)
    length, mean = np.linalg.norm(mine, axis=1).mean(), weights @ mine
    lost = np.linalg.norm(mean) / length
    squares = ((stored - mean / np.sqrt(lost)) ** 2).sum(axis=1) + length**2 * (1 - lost)
    every = np.sqrt(np.maximum(squares, 0))
    order = np.argsort(every, kind="stable")[:count]
    assert [hit.key + hit.row for hit in hits] == order.tolist()
    assert np.allclose([hit.distance for hit in hits], every[order], rtol=1e-12)


def test_equal_distances_keep_the_order_of_the_blocks() -> None:
    stored = np.zeros((5, 3), np.float32)
    blocks = [("b", stored[:2]), ("a", stored[2:])]
    hits = nearest(Probe(np.ones((1, 3)), np.ones(1)), blocks, 4)
    assert [(hit.key, hit.row) for hit in hits] == [("b", 0), ("b", 1), ("a", 0), ("a", 1)]


def test_no_stored_faces_give_no_hits() -> None:
    assert nearest(Probe(np.ones((1, 3)), np.ones(1)), [], 5) == []
