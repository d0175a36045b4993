"""Keeps an index directory caught up with a source: which generation is written, in which order, and when.

`Indexer` is the whole of it for one process and one thread: the service calls `step` in a loop, tests and commands
call `catch_up` and `rebuild`. It decides nothing by memory alone: what is left to do is read off the index itself,
so it may be killed at any moment and started again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from indexer import manifest as disk
from indexer.documents import IndexStatus, PartStatus, Source
from indexer.encoder import Encoder
from indexer.generation import GenerationWriter
from indexer.manifest import DirectoryLock, Generation, Manifest
from indexer.pairs import Keeper
from indexer.settings import IndexSettings
from indexer.status import Counter, Counts
from indexer.vectors import VectorStore

log = logging.getLogger(__name__)

# A reader that has just looked up the old generation gets so many seconds to open its files before they go.
SWEEP_AFTER = 10.0
# Seconds that one step spends on encoding before it looks at the source again.
EMBED_SECONDS = 0.5


def _nothing() -> None:
    """What is done before a batch where nobody waits."""


class Indexer:
    """The one writer of `settings.directory`, fed by `source`. Use it as a context manager, or call `close`.

    Without an encoder only the keyword half is kept; `use` brings one later. `before_batch` is called before each
    small batch that is encoded, so that a service can let questions pass. Takes the directory's lock at once, unless
    the caller hands it over, and raises IndexBusy where another process or object holds it. For one thread at a
    time, but for `counts` and `status`, which any thread may ask.
    """

    def __init__(
        self,
        settings: IndexSettings,
        source: Source,
        encoder: Encoder | None = None,
        before_batch: Callable[[], None] = _nothing,
        lock: DirectoryLock | None = None,
    ) -> None:
        self.settings = settings
        self._source = source
        self._encoder: Encoder | None = None
        self._before_batch = before_batch
        self._counter = Counter()
        self._following: Iterator[int] | None = None
        self._sweep_at: float | None = None
        self._pairs = Keeper()
        self._lock = lock or DirectoryLock(settings.directory)
        try:
            self._main, self._next = self._open()
        except BaseException:
            self._lock.release()
            raise
        if encoder is not None:
            self.use(encoder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the files and let another indexer write."""
        for writer in (self._main, self._next):
            if writer is not None:
                writer.close()
        self._lock.release()

    # -- generations -----------------------------------------------------------------------------------------------

    def _open(self) -> tuple[GenerationWriter | None, GenerationWriter | None]:
        """The generation to carry on and the one to build. What cannot be carried on serves until the swap."""
        directory, wanted = self.settings.directory, Manifest.wanted(self.settings)
        serving = disk.current(directory)
        if serving is not None and serving.manifest.carries(wanted):
            disk.sweep(directory, set())
            main = self._try(serving)
            if main is not None:
                return main, None
        begun = disk.unfinished(directory, wanted)
        following = self._try(begun) if begun is not None else None
        if following is None:
            following = self._create(serving)
        disk.sweep(directory, {following.generation.path})
        if serving is None:
            disk.activate(following.generation)
            return following, None
        return None, following

    def _try(self, generation: Generation) -> GenerationWriter | None:
        """Open a generation; None where its files are damaged, which costs a rebuild and nothing else."""
        try:
            return GenerationWriter(generation, self._before_batch)
        except Exception:  # whatever the parts raise on bytes that make no sense
            log.exception("%s cannot be opened and is built again", generation.path)
            return None

    def _create(self, serving: Generation | None) -> GenerationWriter:
        """Begin a generation, for the same model as the one that serves, so that its vectors can be taken over."""
        manifest = Manifest.wanted(self.settings)
        if serving is not None and serving.manifest.model == manifest.model:
            held = serving.manifest
            manifest = manifest.with_model(held.model, held.fingerprint, held.dimension)
        return GenerationWriter(disk.create(self.settings.directory, manifest), self._before_batch)

    @property
    def _writer(self) -> GenerationWriter:
        """The generation that the wiki's newest state goes to."""
        writer = self._next or self._main
        assert writer is not None, "one of the two is always open"
        return writer

    def use(self, encoder: Encoder) -> None:
        """Encode with `encoder` from now on; vectors of another model give way to its own."""
        self._encoder = encoder
        for writer in (self._main, self._next):
            if writer is not None:
                writer.use(encoder)

    def begin_rebuild(self) -> None:
        """Start a fresh generation beside the one that serves; `step` builds it and lets it serve when it is whole."""
        if self._next is not None:
            return
        self._next = self._create(disk.current(self.settings.directory))
        self._following = None
        if self._encoder is not None:
            self._next.use(self._encoder)

    # -- work ------------------------------------------------------------------------------------------------------

    def step(self) -> bool:
        """One bounded piece of work, the most urgent first; False when there is nothing to do.

        A commit of keyword documents, half a second of encoding, or a piece of tidying. Errors of the source and
        the disk pass through; the next step takes up where this one failed.
        """
        if self._main is not None and self._next is not None and self._keep_up(self._main):
            return True
        if self._advance(self._writer):
            return True
        if self._next is not None:
            self._swap(self._next)
            return True
        if self._writer.embed(EMBED_SECONDS):
            return True
        return self._writer.measure_floor() or self._writer.tidy() or self._sweep() or self._find_pairs()

    def _find_pairs(self) -> bool:
        writer = self._writer
        self._before_batch()
        vectors = writer.store.snapshot if writer.store is not None else None
        return self._pairs.step(writer.generation, writer.keyword.snapshot(), vectors)

    def _advance(self, writer: GenerationWriter) -> bool:
        """One more commit of the change being followed, or the first of the next one."""
        if self._following is None:
            self._following = writer.follow(self._source)
        try:
            return next(self._following, None) is not None or self._end_following()
        except BaseException:
            self._following = None
            raise

    def _end_following(self) -> bool:
        self._following = None
        return False

    def _keep_up(self, serving: GenerationWriter) -> bool:
        """During a rebuild saves go to the serving generation as well, so they are found while it takes its time."""
        return sum(1 for _ in serving.follow(self._source)) > 0 or serving.embed_fresh() > 0

    def _swap(self, built: GenerationWriter) -> None:
        """Let the generation that was built serve, with all vectors that the old one can give."""
        serving = disk.current(self.settings.directory)
        if serving is not None and serving.manifest.fingerprint == built.generation.manifest.fingerprint:
            built.adopt(VectorStore.open(serving.vectors_path, serving.manifest.dimension))
        disk.activate(built.generation)
        if self._main is not None:
            self._main.close()
        self._main, self._next = built, None
        self._sweep_at = time.monotonic() + SWEEP_AFTER

    def _sweep(self) -> bool:
        if self._sweep_at is not None and time.monotonic() >= self._sweep_at:
            self._sweep_at = None
            disk.sweep(self.settings.directory, set())
        return False

    def catch_up(self, budget: float | None = None) -> bool:
        """Work until there is nothing left to do, or for `budget` seconds; True when all is done.

        Without an encoder the vectors are left for later.
        """
        until = None if budget is None else time.monotonic() + budget
        while self.step():
            if until is not None and time.monotonic() >= until:
                return False
        return True

    def rebuild(self) -> None:
        """Build everything anew beside the index that serves, then swap. No text is encoded again."""
        self.begin_rebuild()
        self.catch_up()

    # -- status ----------------------------------------------------------------------------------------------------

    @property
    def encoded(self) -> int:
        """Passages encoded since the generation at hand was opened."""
        return self._writer.encoded

    def counts(self) -> Counts:
        """What the generation being written holds. Any thread may ask."""
        writer = self._writer
        vectors = writer.store.snapshot if writer.store is not None else None
        return self._counter.count(writer.keyword.snapshot(), vectors)

    def _behind(self, cursor: str) -> int:
        """0 or 1: a source tells whether there is more, not how much."""
        try:
            return 0 if cursor == self._source.tip() else 1
        except Exception:  # noqa: BLE001 - whoever follows reports it; nobody can say that all is followed
            return 1

    def status(self, message: str = "") -> IndexStatus:
        """How far the index is. Any thread may ask."""
        writer, counts = self._writer, self.counts()
        cursor = writer.keyword.cursor()
        behind = writer.waiting or self._behind(cursor)
        semantic = PartStatus(self._encoder is not None, behind + counts.entries_behind, cursor)
        return IndexStatus(
            keyword=PartStatus(True, behind, cursor),
            semantic=semantic,
            entries=counts.entries,
            passages=counts.passages,
            model=writer.generation.manifest.model,
            message=message,
        )
