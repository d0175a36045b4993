"""A source with a past, and what an index holds, for tests of the follower. Also the process that they kill.

`python -m tests.integration.follower_world DIRECTORY POINT` runs the indexer on the source kept in DIRECTORY and
kills itself (SIGKILL) at the POINT-th time it touches the index's files, or runs to the end when there are fewer.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from indexer import Changes, Document, IndexSettings
from indexer import manifest as disk
from indexer.encoder import Floats, HashEncoder
from indexer.follower import Indexer
from indexer.keyword_reader import KeywordReader
from indexer.vectors import VectorStore

WORDS = ["valve", "tank", "leak", "budget", "review", "launch", "pump", "sensor", "schedule", "crew", "frost", "relay"]


class History:
    """A source kept as a list of changes; the cursor is how many there have been."""

    def __init__(self, changes: list[tuple[str, Document | None]] | None = None) -> None:
        self.log = changes or []

    def put(self, document: Document) -> None:
        """Add or change an entry."""
        self.log.append((document.id, document))

    def drop(self, name: str) -> None:
        """Delete an entry."""
        self.log.append((name, None))

    def tip(self) -> str:
        """How many changes there have been, as a cursor."""
        return str(len(self.log)) if self.log else ""

    def now(self) -> dict[str, Document]:
        """The entries that there are."""
        state: dict[str, Document | None] = dict(self.log)
        return {name: document for name, document in state.items() if document is not None}

    def changes(self, since: str) -> Changes:
        """As `Source.changes`; a cursor from another history is unknown."""
        if not since.isdigit() or int(since) > len(self.log):
            return Changes(self.tip(), iter(list(self.now().values())), complete=True)
        touched = {name for name, _ in self.log[int(since) :]}
        state = self.now()
        upserts: Iterator[Document] = (state[name] for name in sorted(touched & state.keys()))
        return Changes(self.tip(), upserts, tuple(sorted(touched - state.keys())))

    def save(self, path: Path) -> None:
        """Write it for another process."""
        path.write_text(json.dumps([(name, asdict(d) if d else None) for name, d in self.log]))

    @classmethod
    def load(cls, path: Path) -> History:
        """Read what `save` wrote."""
        made: list[tuple[str, Document | None]] = []
        for name, raw in json.loads(path.read_text()):
            values = {key: tuple(v) if isinstance(v, list) else v for key, v in (raw or {}).items()}
            made.append((name, Document(**values) if raw else None))
        return cls(made)


def write_past(history: History, count: int, seed: int) -> None:
    """Add so many random changes: new entries, new texts, new titles, deletions."""
    rng = random.Random(seed)
    for number in range(count):
        known = sorted(history.now())
        what = rng.random()
        if known and what < 0.15:
            history.drop(rng.choice(known))
            continue
        name = rng.choice(known) if known and what < 0.4 else f"e{seed}-{number}"
        sections = [f"## Part {n}\n\n{sentence(rng, 60)}" for n in range(rng.randint(0, 3))]
        history.put(Document(name, sentence(rng, 4), "\n\n".join(sections), kind="lesson", tags=(rng.choice(WORDS),)))


def sentence(rng: random.Random, words: int) -> str:
    """That many words of a small vocabulary, so that texts share them."""
    return " ".join(rng.choice(WORDS) + rng.choice(["", "s", str(rng.randint(0, 30))]) for _ in range(words)) + "."


def settings_for(directory: Path, **values: object) -> IndexSettings:
    """An index in that folder, with the small encoder."""
    return IndexSettings(directory / "index", model="hash", **values)  # type: ignore[arg-type]


def contents(settings: IndexSettings) -> dict[str, object]:
    """All that a searcher can see: entries with their fields, passages with their vectors, and scores."""
    found = disk.current(settings.directory)
    assert found is not None
    words = KeywordReader(found.keyword_path).snapshot()
    vectors = VectorStore.open(found.vectors_path, found.manifest.dimension)
    table, entries = words.hashes(), {}
    for name, entry in sorted(words.entry_of.items()):
        documents = range(int(words.starts[entry]) + 1, int(words.starts[entry + 1]))
        rows = vectors.row_of(table[list(documents)])
        assert (rows >= 0).all(), "a live passage has no vector"
        parts = [
            (words.part(d), vectors.vectors(rows[[n]]).tobytes(), vectors.packed_parts(rows[[n]])[0].tobytes())
            for n, d in enumerate(documents)
        ]
        assert all(len(sentences) for _, _, sentences in parts), "a live passage has no vectors of its parts"
        entries[name] = (words.heads[entry], parts)
    return {"cursor": words.cursor, "entries": entries, "scores": scores(words)}


def scores(words: object) -> dict[str, dict[str, float]]:
    """BM25 of every word in every entry, rounded to what the order of additions may change."""
    everyone = words.audience(None)  # type: ignore[attr-defined]
    found: dict[str, dict[str, float]] = {}
    for word in WORDS:
        each = words.bm25([(words.term(word, everyone), 1.0)], everyone)  # type: ignore[attr-defined]
        found[word] = {name: round(float(each[entry]), 9) for name, entry in words.entry_of.items()}  # type: ignore[attr-defined]
    return found


def fresh(directory: Path, history: History) -> dict[str, object]:
    """What an index built from nothing holds."""
    settings = settings_for(directory)
    with Indexer(settings, history, HashEncoder()) as indexer:
        indexer.catch_up()
    return contents(settings)


def make_small_steps() -> None:
    """Small batches, so that a little history goes through every kind of step."""
    from indexer import generation, vectors

    generation.DOCUMENTS, generation.ENCODE, generation.APPEND, generation.CHUNK = 7, 3, 6, 12
    vectors.COMPACT_FROM_ROWS = 8


def work(directory: Path) -> None:
    """What the killed process does: catch up, then build anew."""
    make_small_steps()
    history = History.load(directory / "history.json")
    with Indexer(settings_for(directory), history, HashEncoder()) as indexer:
        indexer.catch_up()
        indexer.rebuild()


TOUCHING = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.truncate", "shutil.rmtree"}


class Touches:
    """Counts how often this process touches files below a folder, and kills it at a chosen time."""

    def __init__(self, folder: Path, kill_at: int = sys.maxsize) -> None:
        self.count = 0
        self._folder = str(folder)
        self._kill_at = kill_at

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        """An audit hook: called before what it tells of is done."""
        writes = event == "open" and isinstance(arguments[1], str) and not arguments[1].startswith("r")
        if (writes or event in TOUCHING) and str(arguments[0]).startswith(self._folder):
            self.hit()

    def hit(self) -> None:
        """One more."""
        self.count += 1
        if self.count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        """Begin to count; every flush counts too, before it is done."""
        sys.addaudithook(self.note)
        for name in ("fsync", "fdatasync"):
            setattr(os, name, self._counted(getattr(os, name)))

    def _counted(self, real: object) -> object:
        def flush(descriptor: int) -> None:
            self.hit()
            real(descriptor)  # type: ignore[operator]

        return flush


def main(directory: Path, points: list[int]) -> None:
    """For each point: fork, work until killed there, look whether the files were mended by starting again."""
    base = directory / "base"
    expected = json.loads((directory / "expected.json").read_text())
    for point in points:
        place = directory / f"killed-{point}"
        _copy(base, place)
        child = os.fork()
        if child == 0:
            try:
                touches = Touches(place / "index", point)
                touches.watch()
                work(place)
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        work_again(place)
        same = json.loads(json.dumps(plain(contents(settings_for(place))))) == expected
        print(json.dumps({"point": point, "killed": killed, "same": same}), flush=True)
        if not same:
            return
        _remove(place)


def work_again(place: Path) -> None:
    """Start again and catch up, as the supervisor would have it."""
    history = History.load(place / "history.json")
    with Indexer(settings_for(place), history, HashEncoder()) as indexer:
        indexer.catch_up()
    # What a reader may still have looked up goes with the next start at the latest.
    Indexer(settings_for(place), history).close()
    left = [path.name for path in disk.generations(place / "index")]
    assert len(left) == 1, f"generations were left behind: {left}"


def plain(found: dict[str, object]) -> dict[str, object]:
    """The same with vectors as text, for JSON."""
    entries = found["entries"]
    assert isinstance(entries, dict)
    readable = {
        name: (head, [(part, raw.hex(), more.hex()) for part, raw, more in parts])
        for name, (head, parts) in entries.items()
    }
    return {**found, "entries": readable}


def _copy(source: Path, target: Path) -> None:
    import shutil

    shutil.copytree(source, target, symlinks=True)


def _remove(place: Path) -> None:
    import shutil

    shutil.rmtree(place)


def vector_count(settings: IndexSettings) -> int:
    """Rows in the store that serves."""
    found = disk.current(settings.directory)
    assert found is not None
    return VectorStore.open(found.vectors_path, found.manifest.dimension).rows


class Counting(HashEncoder):
    """Remembers every passage that it encoded; fails after `fails_after` of them."""

    def __init__(self, fails_after: int | None = None) -> None:
        self.asked: list[str] = []
        self.fails_after = fails_after

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        if self.fails_after is not None and len(self.asked) >= self.fails_after:
            raise RuntimeError("out of memory")
        self.asked.extend(texts)
        return super().encode(texts, query=query)


class Other(Counting):
    """Another model of the same width."""

    name = "other"
    fingerprint = "0" * 64


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(point) for point in sys.argv[2:]])
