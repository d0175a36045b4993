"""The relatedness floor: above chance, below a restatement, the same for the same content."""

from __future__ import annotations

import numpy as np

from indexer import floor


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def world(seed: int, count: int) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(count, 64)))


def test_nothing_to_measure_is_no_floor() -> None:
    assert floor.measure(world(1, 8), []) is None
    assert floor.measure(world(1, 8), [np.empty((0, 64), np.float32)]) is None


def test_chance_stays_below_and_a_restatement_above() -> None:
    probes, passages = world(1, len(floor.PROBES)), world(2, 500)
    measured = floor.measure(probes, [passages])
    assert measured is not None
    strangers = (world(3, 200) @ passages.T).max(axis=1)
    restated = unit(passages[:200] + 0.5 * world(4, 200))
    assert (strangers < measured).mean() > 0.95
    assert ((restated @ passages.T).max(axis=1) > measured).mean() > 0.95


def test_blocks_and_order_do_not_matter() -> None:
    probes, passages = world(1, 48), world(2, 500)
    whole = floor.measure(probes, [passages])
    assert floor.measure(probes, [passages[300:], passages[:0], passages[:300]]) == whole


def test_a_collection_about_a_few_probes_subjects_does_not_lift_it() -> None:
    probes, passages = world(1, 48), world(2, 500)
    plain = floor.measure(probes, [passages])
    about = floor.measure(probes, [passages, probes[:6]])
    assert plain is not None
    assert about is not None
    assert abs(about - plain) < 0.1


def test_probes_differ() -> None:
    assert len(set(floor.PROBES)) == len(floor.PROBES) >= 40
