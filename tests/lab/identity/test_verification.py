"""Error rates of pairs against brute force, and intervals over people."""

import numpy as np
import pytest

from analyzer.lab.identity import verification as v


@pytest.fixture(scope="module")
def crowd():
    """Forty people with one to five pictures each: (N, 8) embeddings and their persons."""
    rng = np.random.default_rng(3)
    persons = np.repeat(np.arange(40), rng.integers(1, 6, 40))
    centres = rng.normal(size=(40, 8))
    return centres[persons] + rng.normal(scale=0.4, size=(len(persons), 8)), persons


def brute(crowd):
    """Return distances of all pairs of two people, and of all pairs of one person."""
    embeddings, persons = crowd
    left, right = np.triu_indices(len(persons), 1)
    apart = np.linalg.norm(embeddings[left] - embeddings[right], axis=1)
    one = persons[left] == persons[right]
    return np.sort(apart[~one]), apart[one]


def test_rates_agree_with_counting_every_pair(crowd):
    apart, _ = brute(crowd)
    others = v.strangers(*crowd, share=0.5)
    assert others.total == len(apart)
    assert others.nearest.distances == pytest.approx(apart[: len(others.nearest)])
    for rate in (0.01, 0.05, 0.2):
        place = others.distance(rate)
        assert others.rate(place) == (apart <= place).mean() <= rate
        assert others.rate(place + 2e-6) > rate - 1 / len(apart)


def test_equal_error_is_where_both_errors_meet(crowd):
    apart, genuine = brute(crowd)
    place = v.equal_error(genuine, v.strangers(*crowd))
    assert (genuine > place).mean() == pytest.approx((apart <= place).mean(), abs=0.02)


def test_drawing_everybody_once_changes_nothing(crowd):
    others = v.strangers(*crowd)
    once = np.ones(40, int)
    assert others.rate(1.0, once) == pytest.approx(others.rate(1.0))
    assert others.distance(0.02, once) == pytest.approx(others.distance(0.02))


def test_a_pair_counts_with_its_people():
    pairs = v.Scored(np.array([0.1, 0.2, 0.3]), np.array([0, 0, 1]), np.array([0, 1, 2]))
    assert list(pairs.weights(np.array([2, 3, 0]))) == [2, 6, 0]


def test_intervals_over_people_are_wider_than_over_their_pairs():
    # One person with forty pairs, all right, and forty with one pair each, half of them right.
    people = np.concatenate([np.zeros(40, int), np.arange(1, 41)])
    right = np.concatenate([np.ones(40, bool), np.arange(40) % 2 == 0])
    scored = v.Scored(np.zeros(80), people, people)
    low, high = v.bootstrap(lambda drawn: v.share(right, scored.weights(drawn)), 41)
    assert high - low > 2 * 1.96 * np.sqrt(0.75 * 0.25 / 80)
