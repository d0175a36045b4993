"""The index from a terminal. Everything is delegated to `indexer`; the wiki only says what there is to follow."""

from __future__ import annotations

import click

from wiki.cli.base import Group, current_config, opened, refuse


@click.group("index", cls=Group)
def index_group() -> None:
    """Serve, rebuild or look at the search index."""


@index_group.command("serve")
def index_serve() -> None:
    """Run the indexer: follow the content, hold the encoder, answer on the instance's socket."""
    from indexer import serve
    from wiki import lifeline
    from wiki.composition import content_source, index_settings

    lifeline.watch()
    config = current_config()
    with opened(config) as parts:
        serve(index_settings(config), content_source(parts))


@index_group.command("rebuild")
def index_rebuild() -> None:
    """Build the index anew beside the old one, which answers until the new one is ready."""
    from wiki.composition import content_source

    with opened() as parts:
        parts.index.rebuild(content_source(parts))
    click.echo("The index is being rebuilt. Follow it with: python -m wiki index status")


@index_group.command("status")
def index_status() -> None:
    """Say how far the index has followed the content."""
    with opened() as parts:
        status = parts.index.status()
    if status is None:
        raise refuse("There is no index yet. Start the wiki, or run: python -m wiki index rebuild")
    click.echo(f"{status.entries:,} entries, {status.passages:,} passages, model {status.model or 'none'}")
    for name, part in (("keyword", status.keyword), ("semantic", status.semantic)):
        state = "ready" if part.ready else "not ready"
        click.echo(f"{name}: {state}, {part.behind:,} behind")
    if status.message:
        click.echo(status.message)
