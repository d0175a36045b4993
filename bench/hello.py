"""The barest page that Flask serves: what a request costs before a wiki does anything."""

from __future__ import annotations

from flask import Flask


def application() -> Flask:
    """One page of a few bytes."""
    app = Flask("hello")

    @app.get("/")
    def hello() -> str:
        return "hello"

    return app
