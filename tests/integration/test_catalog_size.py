"""The history of an entry stays fast in a repository of ten thousand commits."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.content_world import AUTHOR, World, world
from tests.integration.test_catalog_follow import page
from wiki.library import EntryFields


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def generated(w: World, commits: int, entries: int) -> None:
    """A repository with many commits, made by git's own importer in a few seconds."""
    lines: list[bytes] = []
    for number in range(commits):
        path = f"lessons/{number % entries // 100}/{number % entries}.md"
        text = page(f"id{number % entries:010d}", f"Title {number % entries}", f"Version {number}.").encode()
        lines.append(
            b"commit refs/heads/main\ncommitter Ann <annaccount22@account.invalid> %d +0000\ndata 4\nEdit\n"
            % (10**9 + number)
            + b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(text), text)
        )
    subprocess.run(
        ["git", "fast-import", "--quiet"], cwd=w.store.path, input=b"".join(lines), check=True, capture_output=True
    )


@pytest.mark.alone
@pytest.mark.slow
def test_history_stays_fast_with_ten_thousand_commits(w: World, capsys: pytest.CaptureFixture[str]) -> None:
    generated(w, 10_000, 1_000)
    begun = time.perf_counter()
    assert w.catalog.catch_up(limit=None)
    rebuild = time.perf_counter() - begun
    entry_id = "id0000000500"
    begun = time.perf_counter()
    for _ in range(100):
        history = w.catalog.history(entry_id, limit=50)
        w.catalog.contributors(entry_id)
    each = (time.perf_counter() - begun) / 100
    assert len(history) == 10
    assert w.store.blob(history[-1].revision).endswith(b"Version 500.\n")
    entry = w.catalog.entry(entry_id)
    assert entry is not None
    begun = time.perf_counter()
    w.library.save(entry_id, EntryFields(body="new"), base_revision=entry.revision, viewer=AUTHOR)
    save = time.perf_counter() - begun
    with capsys.disabled():
        print(f"\n10,000 commits: rebuild {rebuild:.1f} s, history {each * 1000:.2f} ms, save {save * 1000:.1f} ms")
    assert each < 0.005
    assert rebuild < 60
    assert save < 0.5
