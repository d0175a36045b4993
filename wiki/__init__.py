"""Hindsight, the wiki: `create_app(config)` composes it; nothing is made at import time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from indexer import QueryEncoder
    from wiki.config import Config

__version__ = "0.1.0"
__all__ = ["__version__", "close_app", "create_app"]


def create_app(config: Config | None = None, *, encoder: QueryEncoder | None = None) -> Flask:
    """The application on an instance that `prepare_instance` has made ready.

    `config` is read from the environment where it is not given. `encoder` embeds questions; by default the running
    indexer does, over its socket.
    """
    from wiki.composition import build_services
    from wiki.config import load_config
    from wiki.web import build_app

    config = config or load_config()
    return build_app(config, build_services(config, encoder=encoder))


def close_app(app: Flask) -> None:
    """Let go of the databases and files that the application holds open."""
    from wiki.composition import close_services

    close_services(app.extensions["hindsight"])
