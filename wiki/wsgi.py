"""The application as gunicorn loads it: `wiki.wsgi:application()`, with the settings of the environment."""

from __future__ import annotations

from flask import Flask

from wiki import create_app
from wiki.config import load_config


def application() -> Flask:
    """The web application on the instance that the environment names."""
    return create_app(load_config())
