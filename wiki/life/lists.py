"""Which actions the lists of pages and programs show."""

from __future__ import annotations

from wiki.catalog.lives import Asked
from wiki.library.standing import today
from wiki.services import Services
from wiki.viewer import Viewer


def asked_for(parts: Services, view: str, viewer: Viewer) -> Asked:
    """`mine`, `team` (of my teams' entries or members), `overdue`, `all` that are open, or `settled` ones, too."""
    me = viewer.account_id or ""
    if view == "mine":
        return Asked(owners=[me])
    if view == "team":
        members = {account_id for slug in viewer.teams for account_id, _, _ in parts.people.teams.members(slug)}
        return Asked(owners=members | {me}, teams=viewer.teams)
    if view == "overdue":
        return Asked(before=today())
    return Asked(open_only=view != "settled")
