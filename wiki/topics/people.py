"""The people whom topics name, with what has to be known of them before a topic is handed to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from wiki.life.people import persons
from wiki.people import Account, NotFound
from wiki.services import Services
from wiki.topics.handing import Person
from wiki.viewer import Role, Viewer
from wiki.words import say


def person(parts: Services, account_id: str, audience: Collection[str] = ()) -> Person | None:
    """The person with this account id, a placeholder where there is no such account; None for an empty id."""
    if not account_id:
        return None
    try:
        account = parts.people.accounts.get(account_id)
    except NotFound:
        shown = names(parts, [account_id])[account_id]
        return Person(account_id, shown, here=False, active=False, may_write=False, may_see=False)
    return _person(parts, account, audience)


def named(parts: Services, name: str, audience: Collection[str] = ()) -> Person:
    """The person whom this name (or account id) means. Raises wiki.people.NotFound."""
    return _person(parts, parts.people.accounts.meant(name), audience)


def names(parts: Services, ids: Iterable[str]) -> dict[str, str]:
    """What to call these people; one without an account is called by a placeholder that says so."""
    found = persons(parts.people, ids)
    return {
        one: person.name if person.known else say("%(name)s (no account here)", name=person.name)
        for one, person in found.items()
    }


def candidates(parts: Services, audience: Collection[str]) -> list[tuple[str, str]]:
    """Those to whom a topic may be handed, as (account id, name): active, writing, and able to read it."""
    people: list[Account] = []
    page = 1
    while len(people) < page * 200:
        found, total = parts.people.accounts.search(page=page, size=200)
        people += found
        if len(people) >= total or not found or page == 5:
            break
        page += 1
    fit = [one for one in people if one.active and one.role.at_least(Role.AUTHOR) and _viewer(one).may_see(audience)]
    return sorted(((one.id, one.display_name) for one in fit), key=lambda pair: pair[1].casefold())


def _viewer(account: Account) -> Viewer:
    return Viewer(account.id, account.display_name, account.role, frozenset(account.teams))


def _person(parts: Services, account: Account, audience: Collection[str]) -> Person:
    changed = parts.catalog.curation.last_change_by(account.id)
    moments = [account.signed_in_at] + ([dt.datetime.fromtimestamp(changed, dt.UTC)] if changed else [])
    seen = max((moment for moment in moments if moment is not None), default=None)
    return Person(
        account.id,
        account.display_name,
        active=account.active,
        seen=seen,
        may_write=account.role.at_least(Role.AUTHOR),
        may_see=_viewer(account).may_see(audience),
    )
