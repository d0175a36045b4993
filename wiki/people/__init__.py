"""The people room: accounts, teams, tokens, invitations, drafts, judgements, notices and watches, in SQL.

`People` is the only name that the rest of the program needs. `People.open(config)` connects and brings the schema up
to date; its parts are named after what they hold:

    people.accounts    create, get, by_name, search, sign_in, change_password, set_role, deactivate, ...
    people.teams       all, names, get, create, ensure, rename, delete, members, add_member, remove_member
    people.tokens      issue, check, of, revoke
    people.invites     issue, look, open, accept, revoke
    people.links       first account and one-time sign-in links
    people.drafts      save, get, list, count, drop
    people.curating    seen_until, mark_seen, read_of, set_read, asked, times_asked
    people.judgements  record, dismissed, published, counts
    people.calendars   issue, exists, revoke, viewer
    people.claims      ask, all, confirm, forget, account_of, remember, known_as
    people.notices     tell, open_for, subjects, settle, settle_all
    people.watches     watch, unwatch, of
    people.asked       note, found_nothing, slowest, forget
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from wiki.people import migrate, reading
from wiki.people.accounts import Accounts
from wiki.people.asked import Asked
from wiki.people.attempts import Attempts
from wiki.people.calendars import Calendars
from wiki.people.claims import Claim, Claims
from wiki.people.curating import Curating
from wiki.people.database import Database
from wiki.people.drafts import Drafts
from wiki.people.errors import DraftMoved, NotFound, PeopleError, TooManyAttempts
from wiki.people.invites import Invites
from wiki.people.judgements import Judgements
from wiki.people.links import Links
from wiki.people.models import Account, Draft, DraftSaved, Invite, Notice, Team, TokenInfo
from wiki.people.notices import Notices
from wiki.people.passwords import Passwords
from wiki.people.remembered import Remembered
from wiki.people.teams import Teams
from wiki.people.tokens import Tokens
from wiki.people.watches import Watches
from wiki.viewer import ANONYMOUS, Viewer

if TYPE_CHECKING:
    from wiki.config import Config

__all__ = [
    "Account",
    "Claim",
    "Draft",
    "DraftMoved",
    "DraftSaved",
    "Invite",
    "NotFound",
    "Notice",
    "People",
    "PeopleError",
    "Team",
    "TokenInfo",
    "TooManyAttempts",
]


class People:
    """All of it on one database. Thread-safe; open it after forking. A change holds at once, also one of another
    process: what is remembered is forgotten once anything is committed."""

    def __init__(self, url: str, *, passwords: Passwords | None = None, pool_size: int = 8) -> None:
        self.database = Database(url, pool_size=pool_size)
        self.attempts = Attempts(self.database)
        self.accounts = Accounts(self.database, passwords or Passwords(), self.attempts)
        self.teams = Teams(self.database)
        self.tokens = Tokens(self.database)
        self.invites = Invites(self.database, self.accounts)
        self.links = Links(self.database, self.accounts)
        self.drafts = Drafts(self.database)
        self.judgements = Judgements(self.database)
        self.curating = Curating(self.database)
        self.notices = Notices(self.database)
        self.calendars = Calendars(self.database)
        self.claims = Claims(self.database)
        self.watches = Watches(self.database)
        self.asked = Asked(self.database)
        self._sessions = Remembered(self.database, partial(reading.session_of, self.database))

    @classmethod
    def open(cls, config: Config) -> People:
        """The people of this instance, with the schema brought up to date (safe from several processes at once)."""
        passwords = Passwords.quick() if config.testing else Passwords()
        people = cls(config.people_url, passwords=passwords, pool_size=max(4, config.threads))
        people.migrate()
        return people

    @classmethod
    def prepare(cls, url: str) -> None:
        """Make the database where it is missing and bring its schema up to date."""
        people = cls(url, pool_size=1)
        try:
            people.migrate()
        finally:
            people.close()

    def migrate(self) -> None:
        """Bring the schema up to date; one quick query when it is."""
        migrate.upgrade(self.database)

    def viewer_for(self, account_id: str) -> Viewer:
        """The viewer of an active account; ANONYMOUS for any other id."""
        found = self.session(account_id)
        return ANONYMOUS if found is None else found.viewer

    def session(self, account_id: str) -> reading.Session | None:
        """What a session of an active account stands for, else None. Asked on every page view: one query at most."""
        return self._sessions.of(account_id)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Display names by account id; unknown ids are left out."""
        return reading.names(self.database, ids)

    def first_account_link_token(self) -> str | None:
        """The secret of the link `/first-account/<secret>`, for the terminal; None once anybody has an account."""
        return self.links.first_account()

    def close(self) -> None:
        """Give the connections back."""
        self.database.close()
