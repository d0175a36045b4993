"""Reminders from a terminal; the supervisor runs the same once an hour."""

from __future__ import annotations

import click

from wiki.cli.base import opened


@click.command("remind")
@click.option("--quiet", is_flag=True, help="Say nothing.")
def remind_command(quiet: bool) -> None:
    """Tell everybody, in the program, what is due by now; nobody is told the same thing twice."""
    from wiki.reminders import remind

    with opened() as parts:
        count = remind(parts)
    if not quiet:
        click.echo(f"{count:,} new notice{'' if count == 1 else 's'}.")
