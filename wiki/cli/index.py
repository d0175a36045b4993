"""The index from a terminal. Everything is delegated to `indexer`; the wiki only says what there is to follow."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

import click

from wiki.cli.bars import at_terminal, watch, watched
from wiki.cli.base import Group, current_config, opened

if TYPE_CHECKING:
    from wiki.config import Config
    from wiki.services import Services

Standing = dict[str, tuple[int, int]]
SETTLING = 6
"""Looks before an index that has nothing to do is believed: a rebuild that was asked for begins a moment later."""


@click.group("index", cls=Group)
def index_group() -> None:
    """Serve, rebuild or look at the search index."""


@index_group.command("serve")
def index_serve() -> None:
    """Run the indexer: follow the content, hold the encoder, answer on the instance's socket."""
    from indexer import leave, serve
    from wiki import lifeline
    from wiki.composition import content_source, index_settings

    lifeline.watch()
    logging.basicConfig(level=logging.INFO, format="indexer: %(message)s")
    config = current_config()
    with opened(config) as parts:
        serve(index_settings(config), content_source(parts))
    leave()


@index_group.command("rebuild")
def index_rebuild() -> None:
    """Build the index anew beside the old one, which answers until the new one is whole.

    The running indexer does it; where none runs, this command does, and ends when it is done.
    """
    from indexer.client import IndexerAwayError

    config = current_config()
    with opened(config) as parts:
        try:
            parts.index.rebuild()
        except IndexerAwayError:
            _rebuild_here(config, parts)
            click.echo("The index is rebuilt.")
            return
        click.echo("The running indexer is rebuilding. Follow it with: python -m wiki index status --follow")
        if at_terminal():
            _follow(parts, SETTLING)


def _rebuild_here(config: Config, parts: Services) -> None:
    from indexer import Indexer, load_encoder
    from wiki.composition import content_source, index_settings

    settings = index_settings(config)
    with Indexer(settings, content_source(parts), load_encoder(settings)) as indexer:
        entries = _entries(parts)

        def look() -> Standing:
            counts = indexer.counts()
            return _standing(counts.entries, entries, counts.embedded, counts.passages)

        with watched(look):
            indexer.rebuild()


def _entries(parts: Services) -> int:
    from wiki.viewer import SYSTEM

    return parts.catalog.counts(SYSTEM).total


def _standing(entries: int, all_entries: int, embedded: int, passages: int) -> Standing:
    """How far both halves are; no vectors are asked for before there are words."""
    words = {"By words, entries": (min(entries, all_entries), all_entries)}
    return words | ({"By meaning, passages": (embedded, passages)} if passages else {})


def _follow(parts: Services, patience: int = 0) -> None:
    """Show how the running indexer gets on until it has followed everything; leaving it does not stop it."""
    from wiki.progress import entries_behind

    behind, entries = partial(entries_behind, parts.store), _entries(parts)
    started = False

    def look() -> Standing | None:
        nonlocal patience, started
        status, progress = parts.index.status(behind=behind), parts.index.progress() or {}
        embedded, passages = progress.get("embedded", 0), progress.get("total", 0)
        busy = bool(status.keyword.behind or embedded < passages)
        started, patience = started or busy, patience - 1
        if not busy and (started or patience <= 0):
            return None
        return _standing(status.entries, entries, embedded, passages)

    try:
        watch(look)
    except KeyboardInterrupt:
        click.echo("The indexer goes on.", err=True)


@index_group.command("status")
@click.option("--follow", is_flag=True, help="Show bars with the time left until all is followed.")
def index_status(follow: bool) -> None:
    """Say how far the index has followed the content."""
    from wiki.progress import entries_behind

    with opened() as parts:
        if follow:
            _follow(parts)
        status = parts.index.status(behind=partial(entries_behind, parts.store))
    click.echo(f"{status.entries:,} entries, {status.passages:,} passages, model {status.model or 'none'}")
    for name, part in (("keyword", status.keyword), ("semantic", status.semantic)):
        state = "ready" if part.ready else "not ready"
        click.echo(f"{name}: {state}, {part.behind:,} behind")
    if status.message:
        click.echo(status.message)


@index_group.command("pairs")
@click.option("--limit", type=click.IntRange(1, 2000), default=20, show_default=True, help="Pairs to list.")
def index_pairs(limit: int) -> None:
    """List the closest pairs of entries that nobody has linked or called not related.

    The running indexer finds them in quiet moments; where none runs, this command does.
    """
    from indexer import pairs
    from wiki.composition import index_settings
    from wiki.pairs import open_pairs
    from wiki.viewer import SYSTEM

    with opened() as parts:
        if parts.index.progress() is None:
            pairs.find_now(index_settings(parts.config))
        found = open_pairs(parts, SYSTEM, limit=limit)
    for pair in found:
        click.echo(f"{pair.score:.2f}  {pair.a.title}  |  {pair.b.title}")
        click.echo(f"      {pair.a.url}  |  {pair.b.url}")
    if not found:
        click.echo("No two entries are close that nobody has linked or called not related.")
