"""Keyword search against what a team would otherwise use: bare tantivy, bm25s and SQLite's FTS5, on the same passages.

They rank passages, for an asker who may see everything, and give ids. Ours ranks entries for whoever asks, counts what
exists for that person, and shows the passage with its marks: the ratio compares answers, not equal work.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import collection
from bench.measure import each_ms, median, percentile, timed
from bench.rows import Row
from indexer import IndexSettings, Searcher, SearchRequest
from indexer.passages import cut

PART = "scale"
QUESTIONS = 100
Ask = Callable[[str], object]


def rows(settings: IndexSettings, pool: list[str], source: collection.Recombined) -> Iterator[Row]:
    """Ours and each of the others: time of a question, and of the index."""
    asked = collection.questions(pool, QUESTIONS, seed=77)
    searcher = Searcher(settings)
    ours = _times(lambda question: searcher.search(SearchRequest(question, mode="keyword")), asked)
    texts = [passage.text for document in source.changes("").upserts for passage in cut(document)]
    for name, build in (("tantivy", _tantivy), ("bm25s", _bm25s), ("SQLite FTS5", _fts5)):
        with tempfile.TemporaryDirectory() as folder:
            try:
                with timed() as clock:
                    ask = build(texts, Path(folder))
            except ImportError:
                yield Row(PART, f"keyword search, against {name}", median(ours), "ms", note=f"{name} is not installed")
                continue
            theirs = _times(ask, asked)
        note = f"ours p95 {percentile(ours, 0.95):.1f}, theirs {percentile(theirs, 0.95):.1f} ms"
        yield Row(
            PART, f"keyword search ({note})", median(ours), "ms", reference=median(theirs), against=name
        )  # fmt: skip
        yield Row(PART, f"index of {name}", len(texts) / clock.seconds, "passages/s")


def _times(ask: Ask, asked: list[str]) -> list[float]:
    ask("warm up")
    return each_ms(lambda number: ask(asked[number]), len(asked))


def _words(question: str) -> list[str]:
    return re.findall(r"\w+", question.lower())


def _tantivy(texts: list[str], folder: Path) -> Ask:
    import tantivy

    schema = tantivy.SchemaBuilder().add_text_field("text", stored=True, tokenizer_name="en_stem").build()
    index = tantivy.Index(schema, path=str(folder))
    writer = index.writer(num_threads=2)
    for text in texts:
        writer.add_document(tantivy.Document(text=text))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ask(question: str) -> object:
        query = index.parse_query(" ".join(_words(question)), ["text"])
        return [searcher.doc(address) for _, address in searcher.search(query, 10).hits]

    return ask


def _bm25s(texts: list[str], _: Path) -> Ask:
    import bm25s
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    reference = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    reference.index(bm25s.tokenize(texts, stopwords="en", stemmer=stemmer, show_progress=False), show_progress=False)

    def ask(question: str) -> object:
        tokens = bm25s.tokenize([question], stopwords="en", stemmer=stemmer, show_progress=False)
        return reference.retrieve(tokens, corpus=texts, k=10, show_progress=False)

    return ask


def _fts5(texts: list[str], folder: Path) -> Ask:
    db = sqlite3.connect(folder / "fts.db")
    db.execute("CREATE VIRTUAL TABLE passages USING fts5 (text, tokenize = 'porter unicode61')")
    with db:
        db.executemany("INSERT INTO passages VALUES (?)", ((text,) for text in texts))

    def ask(question: str) -> object:
        match = " OR ".join(f'"{word}"' for word in _words(question))
        sql = "SELECT rowid, text FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT 10"
        return db.execute(sql, (match,)).fetchall()

    return ask
