"""The follower: an index that equals a fresh one whatever happened on the way, and no text encoded twice."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import Changes, Document, IndexBusy
from indexer import manifest as disk
from indexer.encoder import HashEncoder
from indexer.follower import Indexer
from indexer.keyword_reader import KeywordReader
from tests.integration import follower_world as world
from tests.integration.follower_world import Counting, History, Other, contents, fresh, settings_for, write_past
from tests.needs import ROOT


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    from indexer import generation, vectors

    for name, value in (("DOCUMENTS", 7), ("ENCODE", 3), ("APPEND", 6), ("CHUNK", 12)):
        monkeypatch.setattr(generation, name, value)
    monkeypatch.setattr(vectors, "COMPACT_FROM_ROWS", 8)


@pytest.fixture
def history() -> History:
    made = History()
    write_past(made, 40, 1)
    return made


def kept_index(directory: Path, history: History) -> None:
    """An index that has caught up with that history."""
    directory.mkdir(exist_ok=True)
    with Indexer(settings_for(directory), history, HashEncoder()) as indexer:
        indexer.catch_up()


def outdate(directory: Path) -> None:
    """Let the index say that it was cut by an older version."""
    found = disk.current(directory / "index")
    assert found is not None
    path = found.path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "cutter": 0}))


# -- kills -------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("outdated", [False, True], ids=["carried on", "of an older cutter"])
def test_killed_at_any_touch_of_the_disk_it_ends_like_a_fresh_build(tmp_path: Path, outdated: bool) -> None:
    base = tmp_path / "base"
    history = History()
    write_past(history, 30, 1)
    kept_index(base, history)
    write_past(history, 30, 2)
    history.save(base / "history.json")
    if outdated:
        outdate(base)
    (tmp_path / "fresh").mkdir()
    expected = world.plain(fresh(tmp_path / "fresh", history))
    (tmp_path / "expected.json").write_text(json.dumps(expected))
    # Every ninth touch, from another start each time, so that many runs go over all of them.
    points = range(random.randint(1, 9), 450, 9)
    command = [sys.executable, "-m", "tests.integration.follower_world", str(tmp_path), *map(str, points)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    assert all(result["same"] for result in results), results[-1]
    assert len(results) == len(points)
    assert sum(result["killed"] for result in results) >= 20, "the points lie beyond the work"


@pytest.mark.slow
def test_killed_at_random_times_it_ends_like_a_fresh_build(tmp_path: Path) -> None:
    history = History()
    write_past(history, 200, 5)
    place, rng = tmp_path / "place", random.Random()
    place.mkdir()
    killed = 0
    for _ in range(8):
        write_past(history, 20, rng.randint(10, 10**6))
        history.save(place / "history.json")
        code = "import sys, pathlib; from tests.integration.follower_world import work; work(pathlib.Path(sys.argv[1]))"
        process = subprocess.Popen([sys.executable, "-c", code, str(place)], cwd=ROOT)
        try:
            process.wait(rng.uniform(0.2, 1.2))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
    world.work_again(place)
    (tmp_path / "fresh").mkdir()
    assert contents(settings_for(place)) == fresh(tmp_path / "fresh", history)
    assert killed, "the work was done before the first kill"


# -- following ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_following_in_pieces_equals_a_fresh_build(tmp_path: Path, seed: int) -> None:
    history, place = History(), tmp_path / "place"
    with Indexer(settings_for(place), history, HashEncoder()) as indexer:
        for part in range(5):
            write_past(history, random.Random(seed * 10 + part).randint(1, 30), seed * 10 + part)
            assert indexer.catch_up()
    assert contents(settings_for(place)) == fresh(tmp_path / "fresh", history)


def test_an_empty_source_is_followed(tmp_path: Path) -> None:
    with Indexer(settings_for(tmp_path), History(), HashEncoder()) as indexer:
        assert indexer.catch_up()
        status = indexer.status()
    assert (status.keyword.behind, status.semantic.behind, status.entries) == (0, 0, 0)


def test_a_cursor_from_another_past_brings_everything_and_removes_the_rest(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path / "place", history)
    restored = History()
    write_past(restored, 10, 77)
    kept_index(tmp_path / "place", restored)
    assert contents(settings_for(tmp_path / "place")) == fresh(tmp_path / "fresh", restored)


def test_a_save_is_one_commit(tmp_path: Path, history: History) -> None:
    with Indexer(settings_for(tmp_path), history, HashEncoder()) as indexer:
        indexer.catch_up()
        before = indexer._main.keyword.snapshot().generation
        history.put(Document("new", "A new entry", "with a body"))
        indexer.catch_up()
        assert indexer._main.keyword.snapshot().generation == before + 1


def test_work_can_be_cut_into_budgets(tmp_path: Path, history: History) -> None:
    with Indexer(settings_for(tmp_path), history, HashEncoder()) as indexer:
        assert not indexer.catch_up(budget=0)
        while not indexer.catch_up(budget=0):
            pass
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_an_error_of_the_source_passes_through_and_is_made_up_for(tmp_path: Path, history: History) -> None:
    class Breaking(History):
        broken = True

        def changes(self, since: str) -> Changes:
            found = super().changes(since)

            def upserts() -> Iterator[Document]:
                for number, document in enumerate(found.upserts):
                    if self.broken and number == 17:
                        raise OSError("the repository is away")
                    yield document

            return Changes(found.cursor, upserts(), found.deletes, found.complete)

    source = Breaking(history.log)
    with Indexer(settings_for(tmp_path), source, HashEncoder()) as indexer:
        with pytest.raises(OSError, match="away"):
            indexer.catch_up()
        source.broken = False
        indexer.catch_up()
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


# -- vectors -----------------------------------------------------------------------------------------------------------


def wholes(asked: list[str]) -> list[str]:
    """Of what was encoded the passages; their titles and sentences, each one line, come again with a changed one."""
    return [text for text in asked if "\n" in text]


def test_no_passage_is_ever_encoded_twice(tmp_path: Path, history: History) -> None:
    encoder, place = Counting(), tmp_path / "place"
    for part in range(4):
        with Indexer(settings_for(place), history, encoder) as indexer:
            indexer.catch_up()
            write_past(history, 15, part + 50)
            indexer.catch_up()
            indexer.rebuild()
    assert len(wholes(encoder.asked)) == len(set(wholes(encoder.asked)))
    assert contents(settings_for(place)) == fresh(tmp_path / "fresh", history)


def test_not_even_when_the_cutter_changed_and_the_model_came_late(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path, history)
    outdate(tmp_path)
    encoder = Counting()
    with Indexer(settings_for(tmp_path), history) as indexer:
        indexer.catch_up()
        indexer.use(encoder)
        indexer.catch_up()
    assert encoder.asked == []
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_words_do_not_wait_for_the_model(tmp_path: Path, history: History) -> None:
    with Indexer(settings_for(tmp_path), history) as indexer:
        indexer.catch_up()
        status = indexer.status()
        assert status.keyword.behind == 0
        assert not status.semantic.ready
        assert status.semantic.behind == status.entries == len(history.now())
        indexer.use(HashEncoder())
        indexer.catch_up()
        assert indexer.status().semantic.behind == 0
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_what_was_just_saved_goes_before_an_import(tmp_path: Path, history: History) -> None:
    encoder = Counting()
    with Indexer(settings_for(tmp_path), history, encoder) as indexer:
        indexer.catch_up(budget=0)
        while not encoder.asked:
            indexer.step()
        at = len(encoder.asked)
        history.put(Document("urgent", "Urgent", "found at once"))
        indexer.step()
        indexer.step()
        assert any("found at once" in text for text in encoder.asked[at : at + 3])


def test_what_was_encoded_before_an_error_is_kept(tmp_path: Path, history: History) -> None:
    first, second = Counting(fails_after=10), Counting()
    with Indexer(settings_for(tmp_path), history, first) as indexer:
        with pytest.raises(RuntimeError, match="memory"):
            indexer.catch_up()
        first.fails_after = None
        indexer.catch_up()
    with Indexer(settings_for(tmp_path), history, second) as indexer:
        indexer.catch_up()
    assert second.asked == []
    assert len(wholes(first.asked)) == len(set(wholes(first.asked)))
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_vectors_of_deleted_texts_do_not_pile_up(tmp_path: Path) -> None:
    history = History()
    with Indexer(settings_for(tmp_path), history, HashEncoder()) as indexer:
        for number in range(60):
            history.put(Document("one", f"Title {number}", f"text number {number}"))
            history.put(Document(f"other{number % 3}", "Other", f"other text {number % 5}"))
            indexer.catch_up()
        assert world.vector_count(settings_for(tmp_path)) <= 12
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_damaged_vectors_are_encoded_again(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path, history)
    for path in (tmp_path / "index").rglob("*.f32"):
        path.write_bytes(b"")
    kept_index(tmp_path, history)
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_the_floor_is_measured_when_the_vectors_are_there_and_as_the_collection_grows(tmp_path: Path) -> None:
    history, seen = History(), []
    with Indexer(settings_for(tmp_path), history, HashEncoder()) as indexer:
        for count in (90, 20, 20, 60, 0):
            for _ in range(count):
                number = len(history.log)
                history.put(Document(f"e{number}", f"Title {number}", world.sentence(random.Random(number), 40)))
            indexer.catch_up()
            found = disk.current(tmp_path / "index")
            assert found is not None
            seen.append((found.manifest.floor_entries, found.manifest.floor))
        assert [entries for entries, _ in seen] == [0, 110, 110, 190, 190]
        assert [floor is None for _, floor in seen] == [True, False, False, False, False]
        for number in range(100):
            history.drop(f"e{number}")
        indexer.catch_up()
    found = disk.current(tmp_path / "index")
    assert found is not None
    assert (found.manifest.floor_entries, found.manifest.floor) == (0, None)


def test_the_floor_is_the_same_for_the_same_content(tmp_path: Path) -> None:
    one, other = History(), History()
    documents = [Document(f"e{n}", f"Title {n}", world.sentence(random.Random(n), 40)) for n in range(120)]
    for document in documents:
        one.put(document)
    for document in reversed(documents):
        other.put(document)
    floors = []
    for name, history in (("one", one), ("other", other)):
        with Indexer(settings_for(tmp_path / name), history, HashEncoder()) as indexer:
            indexer.catch_up()
            indexer.rebuild()
        found = disk.current(tmp_path / name / "index")
        assert found is not None
        floors.append(found.manifest.floor)
    assert floors[0] == floors[1]
    assert floors[0] is not None


# -- generations -------------------------------------------------------------------------------------------------------


def test_another_model_changes_the_vectors_and_leaves_the_words(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path, history)
    before = disk.current(tmp_path / "index")
    encoder = Other()
    with Indexer(settings_for(tmp_path), history, encoder) as indexer:
        indexer.catch_up()
        assert indexer.status().model == "other"
    after = disk.current(tmp_path / "index")
    assert before is not None
    assert after is not None
    assert after.path == before.path
    assert len(set(encoder.asked)) == len(encoder.asked) > 0
    with Indexer(settings_for(tmp_path), history, encoder):
        assert not before.vectors_path.exists()


def test_the_old_index_serves_until_the_new_one_is_whole(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path, history)
    outdate(tmp_path)
    old = disk.current(tmp_path / "index")
    assert old is not None
    reader = KeywordReader(old.keyword_path)
    held = reader.snapshot()
    with Indexer(settings_for(tmp_path), history, HashEncoder()) as indexer:
        steps = 0
        while (serving := disk.current(tmp_path / "index")) == old:
            assert indexer.step()
            steps += 1
        assert steps > 3
        assert serving is not None
        assert KeywordReader(serving.keyword_path).snapshot().counts() == held.counts()
        assert old.path.exists(), "a reader may just have looked it up"
        indexer.catch_up()
    with Indexer(settings_for(tmp_path), history, HashEncoder()):
        assert not old.path.exists()


def test_a_save_during_a_rebuild_is_found_in_both(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path, history)
    old = disk.current(tmp_path / "index")
    assert old is not None
    with Indexer(settings_for(tmp_path), history, HashEncoder()) as indexer:
        indexer.begin_rebuild()
        indexer.step()
        history.put(Document("during", "During", "written meanwhile"))
        indexer.step()
        assert disk.current(tmp_path / "index") == old
        assert "during" in KeywordReader(old.keyword_path).snapshot().entry_of
        indexer.catch_up()
        assert disk.current(tmp_path / "index") != old
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_lost_words_are_built_again_from_the_source(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path, history)
    found = disk.current(tmp_path / "index")
    assert found is not None
    for path in found.keyword_path.glob("*.seg"):
        path.unlink()
    encoder = Counting()
    with Indexer(settings_for(tmp_path), history, encoder) as indexer:
        indexer.catch_up()
    assert encoder.asked == []
    assert contents(settings_for(tmp_path)) == fresh(tmp_path / "fresh", history)


def test_one_indexer_at_a_time(tmp_path: Path, history: History) -> None:
    with Indexer(settings_for(tmp_path), history), pytest.raises(IndexBusy):
        Indexer(settings_for(tmp_path), history)
    Indexer(settings_for(tmp_path), history).close()


def test_everything_may_be_deleted_and_comes_back(tmp_path: Path, history: History) -> None:
    kept_index(tmp_path / "place", history)
    shutil.rmtree(tmp_path / "place" / "index")
    started = time.monotonic()
    kept_index(tmp_path / "place", history)
    assert time.monotonic() - started < 20
    assert contents(settings_for(tmp_path / "place")) == fresh(tmp_path / "fresh", history)
