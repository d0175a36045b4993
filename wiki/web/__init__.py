"""The pages: a module for each thing that a person does, and the application that they make together."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flask import Flask

from wiki.services import ROOT

if TYPE_CHECKING:
    from wiki.config import Config
    from wiki.services import Services

# A module each with a blueprint `bp`; to add a page, write its module and name it here.
BLUEPRINTS = (
    "wiki.web.static",
    "wiki.web.health",
    "wiki.web.auth",
    "wiki.web.account",
    "wiki.web.admin",
    "wiki.web.home",
    "wiki.web.languages",
    "wiki.web.entries",
    "wiki.web.attachments",
    "wiki.web.browse",
    "wiki.web.search",
    "wiki.web.search_state",
    "wiki.web.history",
    "wiki.web.editor",
    "wiki.web.preview",
    "wiki.web.drafts",
    "wiki.web.related",
    "wiki.web.topics",
    "wiki.web.curation",
    "wiki.web.names",
    "wiki.web.reviews",
    "wiki.web.passages",
    "wiki.web.observing",
    "wiki.web.notices",
    "wiki.web.life",
    "wiki.web.actionlist",
    "wiki.web.watching",
    "wiki.web.about",
    "wiki.web.palette",
    "wiki.web.offline",
    "wiki.api",
)

# Modules with an `init_app(app, config)` that every request passes through, in this order.
EXTENSIONS = (
    "wiki.web.packing",
    "wiki.web.security",
    "wiki.web.locales",
    "wiki.web.limits",
    "wiki.web.presenting",
    "wiki.web.errors",
)

MODULES = ("wiki.composition", *EXTENSIONS, *BLUEPRINTS)
"""All that an application is made of, for whoever loads it ahead."""


def build_app(config: Config, parts: Services) -> Flask:
    """The Flask application over these services."""
    app = Flask("wiki", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(TESTING=config.testing, MAX_CONTENT_LENGTH=config.max_request_bytes)
    app.config["MAX_FORM_MEMORY_SIZE"] = config.max_request_bytes
    app.extensions["hindsight"] = parts
    for name in EXTENSIONS:
        import_module(name).init_app(app, config)
    for name in BLUEPRINTS:
        app.register_blueprint(import_module(name).bp)
    return app
