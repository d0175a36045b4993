"""Teams and their members. An entry names teams by their slugs, so a slug never changes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, delete, func, select, update

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import NotFound, PeopleError
from wiki.people.models import Team
from wiki.people.remembered import Remembered
from wiki.people.rules import askable, clean_line, clean_slug, now
from wiki.words import say

_TEAM = schema.team
_MEMBER = schema.team_member


class Teams:
    """Groups that entries can be meant for."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names: Remembered[None, Mapping[str, str]] = Remembered(database, lambda _: self._read_names())

    def names(self) -> Mapping[str, str]:
        """The name of every team by its slug. Many pages ask for it: one query at most."""
        return self._names.of(None)

    def _read_names(self) -> Mapping[str, str]:
        with self._database.read() as connection:
            rows = connection.execute(select(_TEAM.c.slug, _TEAM.c.name).order_by(_TEAM.c.name, _TEAM.c.slug)).all()
        return MappingProxyType({row.slug: row.name for row in rows})

    def all(self) -> list[Team]:
        """Every team by name, with its size."""
        with self._database.read() as connection:
            return [_team(row) for row in connection.execute(_with_size().order_by(_TEAM.c.name, _TEAM.c.slug))]

    def get(self, slug: str) -> Team:
        """The team, or NotFound."""
        with self._database.read() as connection:
            row = connection.execute(_with_size().where(_TEAM.c.slug == askable(slug))).first()
        if row is None:
            raise NotFound("There is no such team.", "team")
        return _team(row)

    def create(self, slug: str, name: str | None = None) -> Team:
        """A new team. Raises PeopleError when the slug is taken or cannot be used."""
        cleaned = clean_slug(slug)
        with self._database.write() as connection:
            if not self._insert(connection, cleaned, name):
                raise PeopleError(
                    say("There is a team %(cleaned)s already. Choose another short name.", cleaned=cleaned), "slug"
                )
        return self.get(cleaned)

    def ensure(self, slug: str, name: str | None = None) -> Team:
        """The team with this slug, made when there is none; an existing team keeps its name."""
        cleaned = clean_slug(slug)
        with self._database.write() as connection:
            self._insert(connection, cleaned, name)
        return self.get(cleaned)

    def rename(self, slug: str, name: str) -> None:
        """Change the name that people read."""
        shown = clean_line(name, "name", "A team's name")
        if not shown:
            raise PeopleError("Give the team a name.", "name")
        self._update(slug, name=shown)

    def configure(self, slug: str, settings: dict[str, Any]) -> None:
        """Replace the team's settings (JSON, at most 20 kB)."""
        text = json.dumps(settings, ensure_ascii=False, sort_keys=True)
        if len(text) > 20_000:
            raise PeopleError("A team's settings take at most 20 kB.", "settings")
        self._update(slug, settings=text)

    def delete(self, slug: str) -> None:
        """Dissolve the team. Entries meant for it alone are then seen by administrators only, until it exists again."""
        with self._database.write() as connection:
            if connection.execute(delete(_TEAM).where(_TEAM.c.slug == askable(slug))).rowcount != 1:
                raise NotFound("There is no such team.", "team")

    def members(self, slug: str) -> list[tuple[str, str, str]]:
        """(account id, sign-in name, display name) of the team's active members, by display name."""
        account = schema.account
        question = (
            select(account.c.id, account.c.name, account.c.display_name)
            .join(_MEMBER, _MEMBER.c.account_id == account.c.id)
            .where(_MEMBER.c.team_slug == askable(slug), account.c.active)
            .order_by(account.c.display_name, account.c.name_key)
        )
        with self._database.read() as connection:
            return [(row.id, row.name, row.display_name) for row in connection.execute(question)]

    def add_member(self, slug: str, account_id: str) -> None:
        """Make the account a member; nothing happens if it is one. Raises NotFound."""
        with self._database.write() as connection:
            if connection.execute(select(_TEAM.c.slug).where(_TEAM.c.slug == askable(slug))).first() is None:
                raise NotFound("There is no such team.", "team")
            account = schema.account
            if connection.execute(select(account.c.id).where(account.c.id == askable(account_id))).first() is None:
                raise NotFound("There is no such account.", "name")
            row = {"team_slug": slug, "account_id": account_id, "added_at": now()}
            connection.execute(insert(self._database, _MEMBER).values(row).on_conflict_do_nothing())

    def remove_member(self, slug: str, account_id: str) -> None:
        """End the membership; nothing happens if there is none."""
        gone = (_MEMBER.c.team_slug == askable(slug)) & (_MEMBER.c.account_id == askable(account_id))
        with self._database.write() as connection:
            connection.execute(delete(_MEMBER).where(gone))

    def _insert(self, connection: Connection, slug: str, name: str | None) -> bool:
        shown = clean_line(name or "", "name", "A team's name") or slug.replace("-", " ").capitalize()
        row = {"slug": slug, "name": shown, "settings": "{}", "created_at": now()}
        statement = insert(self._database, _TEAM).values(row).on_conflict_do_nothing().returning(_TEAM.c.slug)
        return connection.execute(statement).first() is not None

    def _update(self, slug: str, **values: Any) -> None:
        with self._database.write() as connection:
            if connection.execute(update(_TEAM).where(_TEAM.c.slug == askable(slug)).values(**values)).rowcount != 1:
                raise NotFound("There is no such team.", "team")


def _with_size() -> Any:
    active = schema.account.c.active & (schema.account.c.id == _MEMBER.c.account_id)
    size = select(func.count()).where(_MEMBER.c.team_slug == _TEAM.c.slug, active).scalar_subquery()
    return select(_TEAM.c.slug, _TEAM.c.name, _TEAM.c.settings, size.label("size"))


def _team(row: Row[Any]) -> Team:
    return Team(slug=row.slug, name=row.name, size=int(row.size), settings=json.loads(row.settings))
