"""Serving the wiki, and its settings."""

from __future__ import annotations

import click

from wiki.cli.base import current_config


@click.command("serve")
@click.option("--host", help="Address to listen on (HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on (PORT); 0 takes a free one.")
def serve_command(host: str | None, port: int | None) -> None:
    """Serve the wiki: the web application and the indexer under one supervisor."""
    from wiki.serving import serve

    serve(current_config(host=host, port=port), click.echo)


@click.command("settings")
def settings_command() -> None:
    """Print every setting with its value in force, its environment name and what it is for."""
    from wiki.config import SETTINGS

    config = current_config()
    for setting in SETTINGS:
        value = getattr(config, setting.field)
        shown = "" if value is None else str(value)
        if setting.field == "database_url" and value:
            shown = _without_password(shown)
        click.echo(f"{setting.env}={shown}\n    {setting.help}")


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(not a database URL)"
