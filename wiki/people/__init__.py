"""The people room: accounts, teams, tokens, invitations, drafts and judgements, in SQL.

`People` is the only name that the rest of the program needs. Its parts:

    people.accounts   create(name, role, password, *, display_name=None, teams=()) -> Account; get(id); by_name(name);
                      search(text="", *, page=1, size=50) -> (list[Account], total); sign_in(name, password, *, address)
                      -> Account; change_password(...), set_role(...), deactivate(id), reactivate(id), end_sessions(id)
    people.teams      all() -> list[Team]; get(slug); create(slug, name); ensure(slug, name=None); rename(slug, name);
                      delete(slug); members(slug) -> list[Account]; add_member(slug, account_id);
                      remove_member(slug, account_id)
    people.tokens     issue(account_id, scope, label) -> secret; check(secret) -> (Viewer, scope) | None;
                      of(account_id) -> list[TokenInfo]; revoke(account_id, token_id)
    people.invites    issue(...) -> secret; look(secret) -> Invite; accept(secret, name, password, ...) -> Account
    people.links      first account and one-time sign-in links
    people.drafts     save(account_id, key, payload, *, sequence=None) -> DraftSaved; get(account_id, key) -> Draft | None;
                      list(account_id) -> list[Draft] newest first; drop(account_id, key, *, sequence=None)
    people.judgements record(account_id, entry_id, verdict, *, draft_key, subject_id=None);
                      dismissed(account_id, draft_key) -> frozenset[entry id]
"""

from __future__ import annotations

from wiki.people.errors import NotFound, PeopleError, TooManyAttempts
from wiki.people.models import Account, Draft, DraftSaved, Invite, Team, TokenInfo

__all__ = [
    "Account",
    "Draft",
    "DraftSaved",
    "Invite",
    "NotFound",
    "PeopleError",
    "Team",
    "TokenInfo",
    "TooManyAttempts",
]
