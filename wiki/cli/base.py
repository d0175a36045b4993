"""What every command shares: where the instance is, opening its parts, and one sentence for every error."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wiki.config import Config, load_config

if TYPE_CHECKING:
    from wiki.services import Services


def _remember(context: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        context.ensure_object(dict)["instance"] = value


def instance_option() -> click.Option:
    """`--instance DIR`, taken before and after the name of a command; the innermost one wins."""
    return click.Option(
        ["--instance"],
        type=click.Path(path_type=Path, file_okay=False),
        expose_value=False,
        callback=_remember,
        help="Folder that holds all data of the wiki (HINDSIGHT_INSTANCE, else ./instance).",
    )


class Group(click.Group):
    """A group whose commands, at any depth, take `--instance`."""

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.params.append(instance_option())

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """Add a command and give it the option."""
        if not isinstance(cmd, Group):
            cmd.params.append(instance_option())
        super().add_command(cmd, name)


def current_config(**overrides: Any) -> Config:
    """The settings for this command: the environment's, under what the command line says."""
    chosen: dict[str, Any] = click.get_current_context().find_object(dict) or {}
    config = load_config(instance=chosen.get("instance"), **overrides)
    owner = other_owner(config, os.geteuid())
    if owner is not None:
        raise refuse(f"This instance belongs to the user {owner}. Run the command as that user: sudo -u {owner} ...")
    return config


def other_owner(config: Config, user: int) -> str | None:
    """The name of the instance's owner where that is not `user` and `user` is root (0), else None.

    Root may write everywhere, and what it writes here the server could not change afterwards. Anybody else is
    refused by the system.
    """
    if user != 0 or not config.content_path.exists():
        return None
    owner = config.content_path.stat().st_uid
    if owner == 0:
        return None
    try:
        return pwd.getpwuid(owner).pw_name
    except KeyError:
        return f"#{owner}"


@contextmanager
def opened(config: Config | None = None, *, seed: bool = False) -> Iterator[Services]:
    """The parts of the wiki on its instance, made and migrated where needed, and closed afterwards.

    With `seed`, an instance without content receives the starter content first, as it would when it is served.
    """
    from wiki.composition import build_services, close_services, prepare_instance

    settings = config or current_config()
    prepare_instance(settings, seed=seed)
    parts = build_services(settings)
    try:
        yield parts
    finally:
        close_services(parts)


def refuse(message: str) -> click.ClickException:
    """An error that ends the command with one sentence and exit code 1."""
    return click.ClickException(message)
