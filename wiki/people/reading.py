"""The two questions that every page asks: who is this session's viewer, and what are these people called.

The first is one prepared Core query; its rows (one for each team) become a `Viewer` without any object mapping.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.rules import askable
from wiki.viewer import Role, Viewer

_ACCOUNT = schema.account
_MEMBER = schema.team_member
_NOTICE = schema.notice
_ROLES = {role.value: role for role in Role}
_CHUNK = 500


def viewer_question(*more: Any) -> Select[Any]:
    """Select an account with its teams, one row for each team; `more` are columns of a table that gets joined."""
    return select(
        _ACCOUNT.c.id.label("account_id"),
        _ACCOUNT.c.display_name,
        _ACCOUNT.c.role,
        _ACCOUNT.c.active,
        _ACCOUNT.c.session_epoch,
        _MEMBER.c.team_slug,
        *more,
    ).select_from(_ACCOUNT.outerjoin(_MEMBER, _MEMBER.c.account_id == _ACCOUNT.c.id))


def viewer_of(rows: Sequence[Row[Any]]) -> Viewer:
    """The viewer that the rows of `viewer_question` describe; at least one row."""
    first = rows[0]
    teams = frozenset(row.team_slug for row in rows if row.team_slug is not None)
    return Viewer(first.account_id, first.display_name, _ROLES[first.role], teams)


_TOLD = exists().where(_NOTICE.c.account_id == _ACCOUNT.c.id, _NOTICE.c.settled_at.is_(None)).label("told")
_BY_ID = viewer_question(_TOLD, _ACCOUNT.c.language, _ACCOUNT.c.zone).where(_ACCOUNT.c.id == bindparam("id"))
_NAMES = select(_ACCOUNT.c.id, _ACCOUNT.c.display_name).where(_ACCOUNT.c.id.in_(bindparam("ids", expanding=True)))


@dataclass(frozen=True, slots=True)
class Session:
    """What a session stands for: the viewer, the epoch that its cookie must agree with, and whether any notice is
    open (so that pages count notices only for those who have some). `language` and `zone` are those that the account
    reads in, empty where it leaves that to the browser."""

    viewer: Viewer
    epoch: int
    told: bool
    language: str = ""
    zone: str = ""


def session_of(database: Database, account_id: str) -> Session | None:
    """What a session of this account stands for, where the account is active, else None."""
    with database.read() as connection:
        rows = connection.execute(_BY_ID, {"id": askable(account_id)}).all()
    if not rows or not rows[0].active:
        return None
    first = rows[0]
    return Session(
        viewer_of(rows), first.session_epoch, bool(first.told), language=first.language or "", zone=first.zone or ""
    )


def names(database: Database, ids: Iterable[str]) -> dict[str, str]:
    """Display names by account id, also of accounts that are switched off; unknown ids are left out."""
    wanted = sorted(set(filter(askable, ids)))
    found: dict[str, str] = {}
    with database.read() as connection:
        for start in range(0, len(wanted), _CHUNK):
            rows = connection.execute(_NAMES, {"ids": wanted[start : start + _CHUNK]})
            found.update((row.id, row.display_name) for row in rows)
    return found
