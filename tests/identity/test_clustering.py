"""Grouping of tracks: one linkage over all, under constraints, whatever the order."""

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import pdist

from analyzer.identity.clustering import FaceSet, group_tracks


def single(vector: np.ndarray) -> FaceSet:
    return FaceSet(vector[None], np.ones(1))


def people(count: int, each: int, spread: float, seed: int = 0) -> np.ndarray:
    """Return ``each`` vectors around each of ``count`` centres, person by person."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(rng.normal(size=(count, 16)), each, axis=0)
    return centres + rng.normal(size=centres.shape) * spread


def same(labels: np.ndarray) -> np.ndarray:
    return labels[:, None] == labels


@pytest.mark.parametrize("cut", [1.3, 1.8, 2.5, 4.0, 5.0])
def test_parts_are_linked_as_scipy_links_the_whole(cut: float) -> None:
    vectors = people(40, 4, 0.35)
    expected = fcluster(linkage(pdist(vectors), "average"), cut, "distance")
    found = group_tracks([single(v) for v in vectors], cut)
    assert (same(found) == same(expected)).all()
    assert 1 < found.max() + 1 < len(vectors)


def test_the_distance_of_two_tracks_is_the_weighted_mean_over_their_faces() -> None:
    # 0.75 × 1.0 + 0.25 × 3.0 = 1.5 from the single face.
    pair = FaceSet(np.array([[1.0, 0], [3.0, 0]]), np.array([3.0, 1.0]))
    tracks = [single(np.zeros(2)), pair]
    assert group_tracks(tracks, 1.51).tolist() == [0, 0]
    assert group_tracks(tracks, 1.49).tolist() == [0, 1]


def test_the_order_of_tracks_changes_no_group() -> None:
    vectors = people(30, 5, 0.4)
    order = np.random.default_rng(3).permutation(len(vectors))
    whole = same(group_tracks([single(v) for v in vectors], 2.4))
    shuffled = same(group_tracks([single(v) for v in vectors[order]], 2.4))
    assert (shuffled == whole[np.ix_(order, order)]).all()


def test_two_at_one_time_are_two_and_keep_their_groups_apart() -> None:
    line = [single(np.array([x, 0.0])) for x in (0.0, 0.1, 0.2)]
    assert len(set(group_tracks(line, 1.0))) == 1
    labels = group_tracks(line, 1.0, cannot=[(0, 2)])
    assert labels[0] != labels[2]
    assert labels[1] in (labels[0], labels[2])


def test_a_must_joins_what_is_far_and_beats_a_cannot() -> None:
    far = [single(np.array([x, 0.0])) for x in (0.0, 50.0, 0.1)]
    labels = group_tracks(far, 1.0, must=[(0, 1)], cannot=[(1, 0)])
    assert labels[0] == labels[1]
    # The group of the first two now lies 25 away on average, so the third is alone.
    assert labels[2] != labels[0]


def test_a_chain_of_near_pairs_is_not_one_person() -> None:
    chain = [single(np.array([x, 0.0])) for x in np.arange(0, 12, 0.9)]
    assert len(set(group_tracks(chain, 1.0))) > 3


def test_nobody_gives_no_groups() -> None:
    assert group_tracks([], 1.0).shape == (0,)
