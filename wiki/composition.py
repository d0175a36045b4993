"""Where the parts are put together: the only module that knows all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from indexer import IndexClient, IndexSettings, RemoteEncoder, Searcher
from wiki.catalog import Catalog
from wiki.content import Author, ContentStore
from wiki.library import Library
from wiki.people import People
from wiki.services import ROOT, Services
from wiki.source import GitSource

if TYPE_CHECKING:
    from indexer import QueryEncoder
    from wiki.config import Config

SEEDER = Author("system", "Hindsight")


def index_settings(config: Config) -> IndexSettings:
    """What the indexer has to know of the wiki's settings."""
    return IndexSettings(
        directory=config.index_path,
        model=config.model,
        language=config.language,
        socket=config.socket_path,
        threads=config.encoder_threads,
    )


def prepare_instance(config: Config, *, seed: bool = True) -> None:
    """Make the instance's folders, repository and databases where they are missing, and bring them up to date.

    With `seed`, a repository without a commit receives the starter content. Safe to call again, and from several
    processes at once.
    """
    for folder in (config.instance, config.run_path, config.derived_path, config.index_path):
        folder.mkdir(parents=True, exist_ok=True)
    config.run_path.chmod(0o700)
    People.prepare(config.people_url)
    store = ContentStore.create(config.content_path, config.run_path)
    if seed and store.tip() is None:
        from wiki.content.seeding import seed as plant

        plant(store, ROOT / "content", SEEDER)


def build_services(config: Config, *, encoder: QueryEncoder | None = None) -> Services:
    """The parts of a running wiki on a prepared instance; `encoder` replaces the indexer's."""
    settings = index_settings(config)
    store = ContentStore(config.content_path, config.run_path)
    catalog = Catalog(config.catalog_path, store)
    index = IndexClient(settings)
    return Services(
        config=config,
        store=store,
        catalog=catalog,
        library=Library(config, store, catalog, index.nudge),
        people=People.open(config),
        searcher=Searcher(settings, encoder or RemoteEncoder(settings)),
        index=index,
    )


def content_source(parts: Services) -> GitSource:
    """What the indexer follows."""
    return GitSource(parts.store, parts.catalog)


def close_services(parts: Services) -> None:
    """Let go of the databases that the parts hold open."""
    parts.catalog.close()
    parts.people.close()
