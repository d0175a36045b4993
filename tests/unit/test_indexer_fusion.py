"""Fusion against a slow version that says what it means."""

from __future__ import annotations

import statistics

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer import fusion

scores = st.lists(st.floats(0, 40), min_size=1, max_size=40)


def slowly(words: list[float], meaning: list[float]) -> list[float]:
    """The blend by the definition, for fewer entries than `DEPTH`: all compete that there are."""

    def scaled(values: list[float]) -> list[float]:
        mean, spread = statistics.fmean(values), statistics.pstdev(values)
        return [(v - mean) / spread if spread > 1e-9 else 0.0 for v in values]

    pairs = zip(scaled(words), scaled(meaning), strict=True)
    return [fusion.WORDS * one + (1 - fusion.WORDS) * other for one, other in pairs]


def blended(words: np.ndarray, meaning: np.ndarray, allowed: np.ndarray) -> np.ndarray:
    among = fusion.candidates(words, meaning, words > 0, allowed)
    return fusion.blend(words, meaning, fusion.scale(words, among), fusion.scale(meaning, among))


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(-100, 100)), min_size=1, max_size=40))
def test_the_blend_is_what_it_says(pairs: list[tuple[int, int]]) -> None:
    words, meaning = [w / 10 for w, _ in pairs], [m / 100 for _, m in pairs]
    fast = blended(np.array(words), np.array(meaning), np.ones(len(pairs), bool))
    np.testing.assert_allclose(fast, slowly(words, meaning), atol=1e-6)


@given(scores, st.integers(1, 10))
def test_order_is_best_first_with_ties_by_id(values: list[float], count: int) -> None:
    ids = [f"{(n * 7) % 41:02}" for n in range(len(values))]
    allowed = np.array([n % 3 != 1 for n in range(len(values))])
    expected = sorted((n for n in range(len(values)) if allowed[n]), key=lambda n: (-values[n], ids[n]))
    assert fusion.order(np.array(values), ids, allowed, count) == expected[:count]


def test_a_ranking_that_says_nothing_leaves_the_other_alone() -> None:
    meaning = np.array([0.1, 0.5, 0.3])
    fused = blended(np.zeros(3), meaning, np.ones(3, bool))
    assert list(np.argsort(-fused)) == [1, 2, 0]


def test_what_may_not_be_seen_does_not_move_the_scale() -> None:
    words, meaning = np.array([3.0, 1.0, 900.0]), np.array([0.2, 0.4, 0.99])
    with_hidden = blended(words, meaning, np.array([True, True, False]))[:2]
    without = blended(words[:2], meaning[:2], np.ones(2, bool))
    np.testing.assert_allclose(with_hidden, without)


def test_only_the_best_of_either_ranking_compete() -> None:
    many = 10 * fusion.DEPTH
    words, meaning = np.arange(many, dtype=float), np.arange(many, dtype=float)[::-1] / many
    among = fusion.candidates(words, meaning, words > 0, np.ones(many, bool))
    assert among.sum() == 2 * fusion.DEPTH
    assert among[: fusion.DEPTH].all()
    assert among[-fusion.DEPTH :].all()


def test_words_are_believed_where_meaning_points_too_or_where_most_of_them_stand() -> None:
    agreed, against = 0.2, -0.7
    assert fusion.trust(0.1, 0.3, 8, agreed) == 0  # a few words, met by chance
    assert fusion.trust(0.4, 0.4, 8, agreed) == 1  # held by an entry that is close
    assert fusion.trust(0.4, 0.4, 8, against) == 0  # by one, while the other close ones hold fewer than any others
    assert 0 < fusion.trust(0.4, 0.4, 8, -0.2) < 1
    assert fusion.trust(0.1, 0.5, 8, agreed) == 0  # by an entry that is not close: half of the words may be chance
    assert fusion.trust(0.1, 0.6, 8, agreed) > fusion.trust(0.1, 0.6, 8, against) > 0
    assert fusion.trust(0.0, 0.7, 8, against) == 1  # an identifier, a name: nearly all of the words
    assert 0 < fusion.trust(0.3, 0.3, 4, agreed) < 1
    assert fusion.trust(0.15, 0.15, 40, agreed) == 1  # six words of a long question
