"""Backup and restore from a terminal."""

from __future__ import annotations

from pathlib import Path

import click

from wiki.cli.base import current_config


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup_command(file: Path) -> None:
    """Write everything that cannot be made again into one file, while the wiki may be running."""
    from wiki.backup import create
    from wiki.composition import prepare_instance

    config = current_config()
    prepare_instance(config, seed=False)
    manifest = create(config, file)
    commit = manifest["commit"]
    click.echo(f"Wrote {file} ({file.stat().st_size:,} bytes): people, and content up to {(commit or 'nothing')[:12]}.")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace an instance that holds data already.")
def restore_command(file: Path, force: bool) -> None:
    """Put a backup into the instance, which is not being served and is empty, or replaced by --force."""
    from wiki.backup import restore

    manifest = restore(current_config(), file, force=force)
    click.echo(f"Restored the backup of {manifest['made_at']}. The indexes come back when the wiki is served.")
