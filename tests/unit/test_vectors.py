"""The vector store against a dictionary, across reopening, compaction and what a kill can leave behind."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import vectors as module
from indexer.passages import text_hash
from indexer.vector_files import BLOCK, KEY_BYTES, PARTS_TOGETHER, Packed, VectorsDamagedError, cosines, pack, unpack
from indexer.vectors import VectorStore

WIDTH = 24


def name(number: int) -> str:
    return text_hash(f"text {number}")


def vector(number: int, width: int = WIDTH) -> np.ndarray:
    drawn = np.random.default_rng(number).standard_normal(width).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def put(store: VectorStore, numbers: list[int]) -> int:
    rows = np.stack([vector(n) for n in numbers]) if numbers else np.zeros((0, WIDTH), np.float32)
    return store.append([name(n) for n in numbers], rows, [parts(n) for n in numbers])


def parts(number: int) -> Packed:
    """From none to three parts for each text."""
    made = [vector(1000 + number + at) for at in range(number % 4)]
    return pack(np.stack(made) if made else np.zeros((0, WIDTH), np.float32))


def both(number: int) -> bytes:
    return vector(number).tobytes() + parts(number).tobytes()


def held(directory: Path) -> dict[str, bytes]:
    snapshot = VectorStore.open(directory, WIDTH)
    rows = snapshot.vectors(np.arange(snapshot.rows))
    packed, counts = snapshot.packed_parts(np.arange(snapshot.rows))
    pieces = np.split(packed, np.cumsum(counts)[:-1]) if snapshot.rows else []
    whole = zip(snapshot.hashes(), rows, pieces, strict=True)
    return {key: row.tobytes() + piece.tobytes() for key, row, piece in whole}


numbers = st.lists(st.integers(0, 120), max_size=12)
appends, compactions = st.tuples(st.just("append"), numbers), st.tuples(st.just("compact"), numbers)
steps = st.lists(st.one_of(appends, compactions, st.tuples(st.just("open"))), max_size=12)


@settings(max_examples=60, deadline=None)
@given(steps)
def test_it_holds_what_a_dictionary_would(plan: list[tuple[str, list[int]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        store, model = VectorStore(directory, WIDTH), {}
        for step in plan:
            if step[0] == "append":
                fresh = dict.fromkeys(n for n in step[1] if name(n) not in model)
                assert put(store, step[1]) == len(fresh)
                model.update({name(n): both(n) for n in fresh})
            elif step[0] == "compact":
                live = {name(n) for n in step[1]}
                store.compact(live)
                model = {key: value for key, value in model.items() if key in live}
            else:
                store.close()
                store = VectorStore(directory, WIDTH)
            assert held(directory) == model
            asked = [name(n) for n in range(130)]
            rows = store.snapshot.row_of(asked)
            assert {key for key, row in zip(asked, rows, strict=True) if row >= 0} == set(model)
            for key, row in zip(asked, rows, strict=True):
                one = np.array([row])
                assert row < 0 or model[key] == (
                    store.snapshot.vectors(one).tobytes() + store.snapshot.packed_parts(one)[0].tobytes()
                )
        store.close()


def test_a_reader_sees_what_was_added_and_keeps_its_own_view(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [1, 2])
        reader = VectorStore.open(tmp_path, WIDTH)
        put(store, [3])
        assert reader.rows == 2
        assert reader.stale()
        newer = reader.refreshed()
        assert newer.row_of([name(1), name(3), name(9)]).tolist() == [0, 2, -1]
        assert newer.refreshed() is newer
        store.compact([name(3)])
        assert reader.vectors(np.array([0])).tobytes() == vector(1).tobytes()
        assert newer.refreshed().row_of([name(1), name(3)]).tolist() == [-1, 0]


def test_hashes_may_come_as_a_table_of_bytes(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [4, 5, 6])
        table = np.frombuffer(bytes.fromhex(name(6) + name(7) + name(4)), np.uint8).reshape(-1, 32)
        assert store.snapshot.row_of(table).tolist() == [2, -1, 0]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 3 * BLOCK), st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_the_order_of_arrival(count: int, random: object) -> None:
    width = 384
    drawn = np.stack([vector(n, width) for n in range(count)])
    order = list(range(count))
    random.shuffle(order)  # type: ignore[attr-defined]
    query = vector(-1 % 1000, width)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        with VectorStore(Path(one), width) as store:
            store.append([name(n) for n in range(count)], drawn)
            first = store.snapshot.scores(query)
        with VectorStore(Path(two), width) as store:
            half = count // 2
            for part in (order[:half], order[half:]):
                store.append([name(n) for n in part], drawn[part])
            second = store.snapshot.scores(query)
            rows = store.snapshot.row_of([name(n) for n in range(count)])
    assert np.array_equal(first, second[rows])
    exact = drawn.astype(np.float64) @ query.astype(np.float64)
    assert np.abs(first - exact).max() < 1e-6


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 5 * BLOCK), st.integers(1, 5))
def test_several_queries_at_once_score_as_each_by_itself(count: int, asked: int) -> None:
    width = 384
    queries = np.stack([vector(2000 + n, width) for n in range(asked)])
    with tempfile.TemporaryDirectory() as folder, VectorStore(Path(folder), width) as store:
        assert store.snapshot.best_scores(queries).shape == (0,)
        store.append([name(n) for n in range(count)], np.stack([vector(n, width) for n in range(count)]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "TOGETHER", 2 * BLOCK)
            best = store.snapshot.best_scores(queries)
        assert np.array_equal(best, np.max([store.snapshot.scores(query) for query in queries], axis=0))


def test_what_a_kill_left_behind_the_counted_rows_is_cut_off(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [1, 2, 3])
    head = json.loads((tmp_path / "head.json").read_text())
    rows = tmp_path / f"vectors-{head['file']}.f32"
    keys = tmp_path / f"vectors-{head['file']}.keys"
    others = [path for kind in ("ends", "parts") for path in tmp_path.glob(f"*.{kind}")]
    assert len(others) == 2
    for path, torn in ((rows, b"\x01" * 1001), (keys, b"\x02" * 45), *((path, b"\x03" * 77) for path in others)):
        with path.open("ab") as file:
            file.write(torn)
    (tmp_path / "vectors-7.f32").write_bytes(b"half a compaction")
    (tmp_path / "head.json.new").write_text("{")
    with VectorStore(tmp_path, WIDTH) as store:
        assert put(store, [4]) == 1
    assert held(tmp_path) == {name(n): both(n) for n in (1, 2, 3, 4)}
    assert rows.stat().st_size == BLOCK * WIDTH * 4
    assert keys.stat().st_size == 4 * KEY_BYTES
    assert not (tmp_path / "vectors-7.f32").exists()


def test_rows_that_were_counted_but_not_confirmed_are_overwritten(tmp_path: Path) -> None:
    """A kill between the data and the head leaves the same bytes as an append that never happened."""
    store = VectorStore(tmp_path, WIDTH)
    put(store, [1])
    before = (tmp_path / "head.json").read_bytes()
    put(store, [2, 3])
    store.close()
    (tmp_path / "head.json").write_bytes(before)
    with VectorStore(tmp_path, WIDTH) as again:
        assert again.snapshot.row_of([name(2)]).tolist() == [-1]
        put(again, [5])
    assert held(tmp_path) == {name(n): both(n) for n in (1, 5)}


@pytest.mark.parametrize("kind", ["f32", "keys", "ends", "parts"])
def test_files_that_are_too_short_are_named_as_damaged(tmp_path: Path, kind: str) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [1, 2])
    torn = next(tmp_path.glob(f"*.{kind}"))
    torn.write_bytes(torn.read_bytes()[:7])
    with pytest.raises(VectorsDamagedError):
        VectorStore(tmp_path, WIDTH)
    with pytest.raises(VectorsDamagedError):
        VectorStore.open(tmp_path, WIDTH)


def test_a_head_that_makes_no_sense_costs_the_vectors_and_nothing_else(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [1, 2])
    (tmp_path / "head.json").write_bytes(b"\x00\x00")
    assert VectorStore.open(tmp_path, WIDTH).rows == 0
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [3])
    assert set(held(tmp_path)) == {name(3)}


def test_another_width_starts_afresh_beside_the_files_that_readers_map(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [1])
        reader = store.snapshot
    with VectorStore(tmp_path, 8) as store:
        store.append([name(1)], np.ones((1, 8), np.float32))
    assert reader.vectors(np.array([0])).tobytes() == vector(1).tobytes()
    assert VectorStore.open(tmp_path, 8).rows == 1


def test_the_parts_of_a_text_come_back_in_their_order(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, [4, 5, 6, 7])
        rows = store.snapshot.row_of([name(7), name(4), name(6)])
        found, counts = store.snapshot.parts(rows)
        assert counts.tolist() == [3, 0, 2]
        whole = np.concatenate([[vector(1007 + at) for at in range(3)], [vector(1006 + at) for at in range(2)]])
        assert np.abs(found - whole).max() < 0.005
        store.append([name(20)], vector(20)[None, :])
        assert store.snapshot.parts(store.snapshot.row_of([name(20)]))[1].tolist() == [0]


def test_what_cannot_be_a_vector_is_refused(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        with pytest.raises(ValueError, match="finite"):
            store.append([name(1)], np.full((1, WIDTH), np.nan, np.float32))
        with pytest.raises(ValueError, match="do not go with"):
            store.append([name(1)], np.zeros((1, WIDTH + 1), np.float32))
        with pytest.raises(ValueError, match="dimensions"):
            store.snapshot.scores(np.zeros(WIDTH + 1, np.float32))
        put(store, [1])
        with pytest.raises(ValueError, match="hexadecimal"):
            store.snapshot.row_of(["short"])
        assert store.snapshot.rows == 1


def test_it_is_wasteful_only_when_large_and_a_quarter_dead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "COMPACT_FROM_ROWS", 8)
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, list(range(7)))
        assert not store.wasteful(0)
        put(store, [7])
        assert not store.wasteful(6)
        assert store.wasteful(5)


def test_one_save_writes_a_few_blocks_and_not_the_whole(tmp_path: Path) -> None:
    with VectorStore(tmp_path, WIDTH) as store:
        put(store, list(range(500)))
        path = next(tmp_path.glob("*.f32"))
        before = path.read_bytes()
        inode = path.stat().st_ino
        put(store, [1000])
        assert path.stat().st_ino == inode
        assert path.read_bytes()[: 500 * WIDTH * 4] == before[: 500 * WIDTH * 4]


@pytest.mark.parametrize("count", [0, 1, PARTS_TOGETHER, PARTS_TOGETHER + 1, 3 * PARTS_TOGETHER + 7])
def test_cosines_of_parts_are_those_of_the_vectors_that_they_hold(count: int) -> None:
    rng = np.random.default_rng(count)
    parts = pack(rng.standard_normal((count, WIDTH)).astype(np.float32))
    question = rng.standard_normal(WIDTH).astype(np.float32)
    np.testing.assert_allclose(cosines(parts, question), unpack(parts) @ question, rtol=1e-4, atol=1e-4)
