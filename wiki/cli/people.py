"""Accounts, teams and tokens from a terminal."""

from __future__ import annotations

import sys

import click

from wiki.cli.base import Group, opened, refuse
from wiki.viewer import Role

ROLES = [role.value for role in Role]


@click.group("user", cls=Group)
def user_group() -> None:
    """Create and change accounts."""


@user_group.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default=Role.AUTHOR.value, show_default=True)
@click.option("--display-name", help="The name that others see.")
@click.option("--team", "teams", multiple=True, help="Slug of a team to join; may be repeated.")
def user_create(name: str, role: str, display_name: str | None, teams: tuple[str, ...]) -> None:
    """Create an account; its password is read from standard input."""
    with opened() as parts:
        for team in teams:
            parts.people.teams.get(team)
        password = _password()
        account = parts.people.accounts.create(name, role, password, display_name=display_name, teams=teams)
    click.echo(f"Created {account.name} as {account.role}.")


@user_group.command("list")
def user_list() -> None:
    """List the accounts."""
    with opened() as parts:
        page = 1
        while True:
            accounts, total = parts.people.accounts.search(page=page, size=200)
            for account in accounts:
                state = "" if account.active else "  (switched off)"
                teams = f"  teams: {', '.join(account.teams)}" if account.teams else ""
                click.echo(f"{account.name}  {account.role}{teams}{state}")
            if page * 200 >= total:
                return
            page += 1


@user_group.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
def user_role(name: str, role: str) -> None:
    """Give an account another role."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        parts.people.accounts.set_role(account.id, role)
    click.echo(f"{account.name} is now {role}.")


@user_group.command("password")
@click.argument("name")
def user_password(name: str) -> None:
    """Set a new password, read from standard input; every session of the account ends."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        parts.people.accounts.set_password(account.id, _password())
    click.echo(f"{account.name} has a new password; all its sessions have ended.")


@user_group.command("deactivate")
@click.argument("name")
def user_deactivate(name: str) -> None:
    """Switch an account off: no session, no token and no password of it works any more."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        parts.people.accounts.deactivate(account.id)
    click.echo(f"{account.name} is switched off.")


@user_group.command("reactivate")
@click.argument("name")
def user_reactivate(name: str) -> None:
    """Switch an account on again."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        parts.people.accounts.reactivate(account.id)
    click.echo(f"{account.name} is switched on again.")


@click.group("team", cls=Group)
def team_group() -> None:
    """Create teams and choose their members."""


@team_group.command("create")
@click.argument("slug")
@click.option("--name", help="The name that people read; the slug where it is not given.")
def team_create(slug: str, name: str | None) -> None:
    """Create a team."""
    with opened() as parts:
        team = parts.people.teams.create(slug, name)
    click.echo(f"Created the team {team.slug}.")


@team_group.command("list")
def team_list() -> None:
    """List the teams with the number of their members."""
    with opened() as parts:
        for team in parts.people.teams.all():
            click.echo(f"{team.slug}  {team.name}  {team.size}")


@team_group.command("add-member")
@click.argument("slug")
@click.argument("name")
def team_add_member(slug: str, name: str) -> None:
    """Make an account a member of a team."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        parts.people.teams.add_member(slug, account.id)
    click.echo(f"{account.name} belongs to {slug}.")


@team_group.command("remove-member")
@click.argument("slug")
@click.argument("name")
def team_remove_member(slug: str, name: str) -> None:
    """End the membership of an account."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        parts.people.teams.remove_member(slug, account.id)
    click.echo(f"{account.name} no longer belongs to {slug}.")


@click.group("token", cls=Group)
def token_group() -> None:
    """Make tokens for programs."""


@token_group.command("create")
@click.argument("name")
@click.option("--scope", type=click.Choice(["read", "write"]), default="read", show_default=True)
@click.option("--label", default="command line", show_default=True, help="What the token is for.")
def token_create(name: str, scope: str, label: str) -> None:
    """Print a new token of an account, alone on one line; it is shown only here."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        if not account.active:
            raise refuse(f"{account.name} is switched off; reactivate it first.")
        secret = parts.people.tokens.issue(account.id, scope, label)
    click.echo(secret)


@token_group.command("list")
@click.argument("name")
def token_list(name: str) -> None:
    """List the tokens of an account; their secrets are not kept."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        for token in parts.people.tokens.of(account.id):
            click.echo(f"{token.id}  {token.scope}  {token.hint}…  {token.label}")


@token_group.command("revoke")
@click.argument("name")
@click.argument("token_id")
def token_revoke(name: str, token_id: str) -> None:
    """End a token at once."""
    with opened() as parts:
        account = parts.people.accounts.by_name(name)
        parts.people.tokens.revoke(account.id, token_id)
    click.echo("The token no longer works.")


def _password() -> str:
    """The password from standard input: asked for twice at a terminal, else the first line of what is piped in."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    try:
        line = sys.stdin.readline()
    except UnicodeDecodeError:
        raise refuse("The password on standard input is not valid UTF-8.") from None
    password = line.rstrip("\r\n")
    if not password:
        raise refuse("No password came on standard input. Pipe it in, or run this at a terminal.")
    return password
