"""Accounts, sign-in and the ways in, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any, Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import update

from tests.integration.people_db import people_fixture, postgres_fixture, url_fixture  # noqa: F401
from wiki.people import NotFound, People, PeopleError, TooManyAttempts, schema
from wiki.people.attempts import BY_ADDRESS, BY_NAME, BY_SESSION, for_address, for_name
from wiki.people.passwords import Passwords
from wiki.people.rules import now
from wiki.viewer import ANONYMOUS, Role

PASSWORD = "correct horse battery"


def at_once(*actions: Callable[[], Any]) -> list[Any]:
    """Run the actions in threads that start together; what each returned or raised, in their order."""
    gate = threading.Barrier(len(actions))
    results: list[Any] = [None] * len(actions)

    def run(index: int, action: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[index] = action()
        except Exception as error:  # noqa: BLE001 - the error is the result
            results[index] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_an_account_is_found_in_any_case_and_its_name_is_taken_once(people: People) -> None:
    ada = people.accounts.create("Ada.Lovelace", "author", PASSWORD, display_name="Ada  Lovelace")
    assert people.accounts.by_name("ADA.lovelace").id == ada.id
    assert (ada.name, ada.display_name, ada.role, ada.active) == ("Ada.Lovelace", "Ada Lovelace", Role.AUTHOR, True)
    with pytest.raises(PeopleError, match="is taken") as refused:
        people.accounts.create("ada.LOVELACE", "reader", PASSWORD)
    assert refused.value.field == "name"
    for unknown in ("nobody", "a\0b", ""):
        with pytest.raises(NotFound):
            people.accounts.by_name(unknown)


def test_of_two_who_want_a_name_at_once_one_gets_it(people: People) -> None:
    results = at_once(*[lambda: people.accounts.create("ada", "author", PASSWORD)] * 4)
    assert sum(not isinstance(result, PeopleError) for result in results) == 1
    assert all("taken" in str(result) for result in results if isinstance(result, PeopleError))


def test_search_finds_both_names_and_pages(people: People) -> None:
    for number in range(7):
        people.accounts.create(f"user-{number}", "reader", None, display_name=f"Person {number}")
    people.accounts.create("grace", "reader", None, display_name="Rear Admiral 100%_sure")
    found, total = people.accounts.search("user", page=2, size=3)
    assert ([each.name for each in found], total) == (["user-3", "user-4", "user-5"], 7)
    assert [each.name for each in people.accounts.search("ADMIRAL")[0]] == ["grace"]
    assert [each.name for each in people.accounts.search("0%_s")[0]] == ["grace"]
    assert people.accounts.search("%")[1] == 1
    assert people.accounts.search("r_")[1] == 0
    assert people.accounts.search("x\0")[1] == 0
    assert people.accounts.search("user", page=10**6)[0] == []


def test_sign_in_says_the_same_for_an_unknown_name_and_a_wrong_password(people: People) -> None:
    people.accounts.create("ada", "author", PASSWORD)
    assert people.accounts.sign_in("ADA", PASSWORD).signed_in_at is not None
    said = set()
    for name, password in (("ada", "wrong"), ("nobody", PASSWORD), ("ada", "x" * 5000), ("\0", PASSWORD), ("", "")):
        with pytest.raises(PeopleError) as refused:
            people.accounts.sign_in(name, password)
        said.add((str(refused.value), refused.value.field))
    assert len(said) == 1


class Counting(PasswordHasher):
    """Counts the checks, which are all that takes time."""

    checks = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002 - the library's name
        """Check, and count it."""
        Counting.checks += 1
        return super().verify(hash, password)


def test_every_refusal_costs_one_hash_whether_or_not_the_name_exists(url: str) -> None:
    people = People(url, passwords=Passwords(Counting(time_cost=1, memory_cost=8, parallelism=1)))
    people.migrate()
    for name, password in (("ada", PASSWORD), ("off", PASSWORD), ("none", None)):
        people.accounts.create(name, "author", password)
    people.accounts.deactivate(people.accounts.by_name("off").id)
    for name in ("ada", "off", "none", "nobody", "", "\0", "x" * 500):
        for wrong in ("wrong password", "x" * 5000):
            before = Counting.checks
            with pytest.raises(PeopleError):
                people.accounts.sign_in(name, wrong)
            assert Counting.checks == before + 1, name
    people.close()


def test_an_account_without_a_password_cannot_be_signed_in_to(people: People) -> None:
    people.accounts.create("ada", "author", None)
    for password in ("", "no account has this password"):
        with pytest.raises(PeopleError, match="not right"):
            people.accounts.sign_in("ada", password)


def test_failures_close_the_name_from_every_address_and_success_clears_them(people: People) -> None:
    people.accounts.create("ada", "author", PASSWORD)
    for attempt in range(BY_NAME.count - 1):
        with pytest.raises(PeopleError):
            people.accounts.sign_in("ada", "wrong", address=f"192.0.2.{attempt}")
    people.accounts.sign_in("ada", PASSWORD, address="192.0.2.99")
    assert people.attempts.count(for_name("ADA")) == 0
    for attempt in range(BY_NAME.count):
        with pytest.raises(PeopleError, match="not right"):
            people.accounts.sign_in("aDa", "wrong", address=f"192.0.2.{attempt}")
    with pytest.raises(TooManyAttempts, match="Try again in 15 minutes") as refused:
        people.accounts.sign_in("ada", PASSWORD, address="192.0.2.200")
    assert 0 < refused.value.retry_after <= 900
    people.accounts.create("grace", "author", PASSWORD)
    people.accounts.sign_in("grace", PASSWORD, address="192.0.2.200")


def test_an_address_is_closed_whatever_names_it_tries_and_ones_own_success_reopens_nothing(people: People) -> None:
    people.accounts.create("mallory", "reader", PASSWORD)
    for attempt in range(BY_ADDRESS.count):
        with pytest.raises(PeopleError, match="not right"):
            people.accounts.sign_in(f"name{attempt}", "wrong", address="192.0.2.1")
        if attempt == 20:
            people.accounts.sign_in("mallory", PASSWORD, address="192.0.2.1")
    with pytest.raises(TooManyAttempts):
        people.accounts.sign_in("mallory", PASSWORD, address="192.0.2.1")
    assert people.attempts.count(for_address("192.0.2.1")) == BY_ADDRESS.count


def test_many_attempts_at_once_get_no_further_than_as_many_in_a_row(people: People) -> None:
    people.accounts.create("ada", "author", PASSWORD)
    results = at_once(*[lambda: people.accounts.sign_in("ada", "wrong", address="192.0.2.1")] * 16)
    refused = [result for result in results if isinstance(result, TooManyAttempts)]
    assert len(refused) == 16 - BY_NAME.count
    assert all(isinstance(result, PeopleError) for result in results)


def test_a_window_that_is_over_counts_no_more(people: People) -> None:
    key = for_name("ada")
    for _ in range(BY_NAME.count):
        people.attempts.claim([key])
    with people.database.write() as connection:
        connection.execute(update(schema.attempt).values(expires_at=now() - timedelta(seconds=1)))
    assert people.attempts.count(key) == 0
    people.attempts.claim([key])
    assert people.attempts.count(key) == 1
    people.attempts.prune()
    assert people.attempts.count(key) == 1


def test_a_password_is_hashed_anew_when_the_parameters_change(url: str) -> None:
    old = People(url, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    old.migrate()
    ada = old.accounts.create("ada", "author", PASSWORD)
    new = People(url, passwords=Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)))
    new.accounts.sign_in("ada", PASSWORD)
    with new.database.read() as connection:
        kept = connection.execute(schema.account.select().where(schema.account.c.id == ada.id)).one().password_hash
    assert "m=16,t=2" in kept
    new.accounts.sign_in("ada", PASSWORD)
    old.close()
    new.close()


def test_a_changed_password_needs_the_old_one_and_ends_sessions(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    for old, new, field in (
        ("wrong", "another good one", "old_password"),
        (PASSWORD, PASSWORD, "new_password"),
        (PASSWORD, "short", "new_password"),
    ):
        with pytest.raises(PeopleError) as refused:
            people.accounts.change_password(ada.id, old, new)
        assert refused.value.field == field
    assert people.accounts.get(ada.id).session_epoch == ada.session_epoch
    people.accounts.change_password(ada.id, PASSWORD, "another good one")
    assert people.accounts.get(ada.id).session_epoch > ada.session_epoch
    people.accounts.sign_in("ada", "another good one")
    with pytest.raises(PeopleError):
        people.accounts.sign_in("ada", PASSWORD)


def test_guessing_the_old_password_is_bounded_and_strangers_cannot_use_the_bound_up(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    for _ in range(BY_NAME.count):
        with pytest.raises(PeopleError):
            people.accounts.sign_in("ada", "wrong", address="192.0.2.1")
    people.accounts.confirm(ada.id, PASSWORD)
    for _ in range(BY_SESSION.count):
        with pytest.raises(PeopleError):
            people.accounts.change_password(ada.id, "wrong", "another good one")
    with pytest.raises(TooManyAttempts):
        people.accounts.change_password(ada.id, PASSWORD, "another good one")


def test_switching_off_ends_sessions_tokens_links_and_invitations_at_once_and_for_good(people: People) -> None:
    people.accounts.create("root", "administrator", PASSWORD)
    ada = people.accounts.create("ada", "administrator", PASSWORD)
    token = people.tokens.issue(ada.id, "write", "script")
    invite = people.invites.issue("author", by=ada.id)
    link = people.links.sign_in_link(ada.id, by=None)
    before = people.session(ada.id)
    assert before
    assert people.tokens.check(token)
    people.accounts.deactivate(ada.id)
    assert people.session(ada.id) is None
    assert people.viewer_for(ada.id) is ANONYMOUS
    assert people.tokens.check(token) is None
    for dead in (lambda: people.invites.look(invite), lambda: people.links.use(link)):
        with pytest.raises(NotFound):
            dead()
    with pytest.raises(PeopleError, match="switched off"):
        people.accounts.sign_in("ada", PASSWORD)
    with pytest.raises(PeopleError, match="switched off"):
        people.links.sign_in_link(ada.id, by=None)
    with pytest.raises(NotFound):
        people.tokens.issue(ada.id, "read", "again")
    people.accounts.reactivate(ada.id)
    assert people.tokens.check(token) is None
    after = people.session(ada.id)
    assert after
    assert after.epoch > before.epoch, "an old session would live again"
    people.accounts.sign_in("ada", PASSWORD)


def test_the_last_administrator_stays(people: People) -> None:
    ada = people.accounts.create("ada", "administrator", PASSWORD)
    people.accounts.create("bob", "facilitator", PASSWORD)
    off = people.accounts.create("off", "administrator", PASSWORD)
    people.accounts.deactivate(off.id)
    for forbidden in (
        lambda: people.accounts.deactivate(ada.id),
        lambda: people.accounts.set_role(ada.id, "author"),
    ):
        with pytest.raises(PeopleError, match="last active administrator"):
            forbidden()
    people.accounts.set_role(ada.id, "administrator")
    assert people.viewer_for(ada.id).can_administer
    with pytest.raises(PeopleError, match="Choose a role"):
        people.accounts.set_role(ada.id, "emperor")
    with pytest.raises(NotFound):
        people.accounts.set_role("nobody", "author")


def test_two_administrators_who_demote_each_other_at_once_leave_one(people: People) -> None:
    for turn in range(5):
        one, other = (
            people.accounts.create(f"{name}-{turn}", "administrator", PASSWORD).id for name in ("one", "other")
        )
        results = at_once(partial(people.accounts.set_role, one, "author"), partial(people.accounts.deactivate, other))
        assert sum(isinstance(result, PeopleError) for result in results) == 1
        survivors = [each for each in (one, other) if people.viewer_for(each).can_administer]
        assert len(survivors) == 1
        with people.database.write() as connection:  # the next round begins without this one's survivor
            connection.execute(update(schema.account).values(active=False))


def test_of_first_accounts_made_at_once_exactly_one_wins(people: People) -> None:
    secret = people.first_account_link_token()
    assert secret
    results = at_once(
        *[partial(people.links.create_first_account, secret, f"admin{number}", PASSWORD) for number in range(4)]
    )
    winners = [result for result in results if not isinstance(result, Exception)]
    assert len(winners) == 1
    assert all(isinstance(result, NotFound) for result in results if result is not winners[0])
    assert winners[0].role is Role.ADMINISTRATOR
    assert people.accounts.search()[1] == 1
    assert people.first_account_link_token() is None


def test_only_the_newest_first_account_link_opens_and_none_beside_an_account(people: People) -> None:
    old, new = people.first_account_link_token(), people.first_account_link_token()
    assert old
    assert new
    with pytest.raises(NotFound, match="printed last"):
        people.links.create_first_account(old, "ada", PASSWORD)
    with pytest.raises(PeopleError, match="at least 10"):
        people.links.create_first_account(new, "ada", "short")
    people.links.check_first_account(new)
    people.accounts.create("bob", "administrator", PASSWORD)
    with pytest.raises(NotFound, match="made already"):
        people.links.create_first_account(new, "ada", PASSWORD)


def test_an_invitation_grants_its_role_and_teams_as_often_as_it_says(people: People) -> None:
    root = people.accounts.create("root", "administrator", PASSWORD)
    people.teams.create("ops", "Operations")
    secret = people.invites.issue("facilitator", by=root.id, teams=["ops", "gone"], uses=2, label="new hires")
    with pytest.raises(PeopleError, match="is taken"):
        people.invites.accept(secret, "ROOT", PASSWORD)
    with pytest.raises(PeopleError, match="at least 10"):
        people.invites.accept(secret, "ada", "short")
    assert people.invites.look(secret).uses_left == 2, "a refusal costs nothing"
    ada = people.invites.accept(secret, "ada", PASSWORD)
    assert (ada.role, ada.teams) == (Role.FACILITATOR, ("ops",))
    people.invites.accept(secret, "bob", PASSWORD)
    with pytest.raises(NotFound, match="not valid any more"):
        people.invites.accept(secret, "eve", PASSWORD)
    assert people.invites.open() == []


def test_a_single_invitation_taken_by_many_at_once_makes_one_account(people: People) -> None:
    secret = people.invites.issue("author", by=None)
    results = at_once(*[partial(people.invites.accept, secret, f"user{n}", PASSWORD) for n in range(5)])
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert people.accounts.search()[1] == 1


def test_invitations_expire_and_are_taken_back(people: People) -> None:
    root = people.accounts.create("root", "administrator", PASSWORD)
    people.accounts.create("other", "administrator", PASSWORD)
    expired, revoked, demoted = (people.invites.issue("author", by=root.id) for _ in range(3))
    with people.database.write() as connection:
        mine = people.invites.look(expired).id
        past = now() - timedelta(seconds=1)
        connection.execute(update(schema.invite).where(schema.invite.c.id == mine).values(expires_at=past))
    people.invites.revoke(people.invites.look(revoked).id)
    people.accounts.set_role(root.id, "author")
    for secret in (expired, revoked, demoted, "nonsense", ""):
        with pytest.raises(NotFound):
            people.invites.accept(secret, "ada", PASSWORD)
    for wrong in ({"uses": 0}, {"uses": 1001}, {"valid_for": timedelta(0)}, {"valid_for": timedelta(days=91)}):
        with pytest.raises(PeopleError):
            people.invites.issue("author", by=root.id, **wrong)  # type: ignore[arg-type]
    with pytest.raises(NotFound):
        people.invites.revoke("nonsense")


def test_a_sign_in_link_opens_once_within_its_hour_and_replaces_the_one_before(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    old, new = people.links.sign_in_link(ada.id, by=None), people.links.sign_in_link(ada.id, by=None)
    with pytest.raises(NotFound):
        people.links.look(old)
    assert people.links.look(new).id == people.links.look(new).id == ada.id, "looking uses nothing up"
    results = at_once(*[lambda: people.links.use(new)] * 4)
    assert sum(not isinstance(result, Exception) for result in results) == 1
    late = people.links.sign_in_link(ada.id, by=None)
    with people.database.write() as connection:
        connection.execute(update(schema.link).values(expires_at=now() - timedelta(seconds=1)))
    with pytest.raises(NotFound):
        people.links.use(late)


def test_secrets_are_not_in_the_database(people: People) -> None:
    ada = people.accounts.create("ada", "administrator", PASSWORD)
    secrets = [
        PASSWORD,
        people.tokens.issue(ada.id, "read", "x")[8:],
        people.invites.issue("author", by=ada.id),
        people.links.sign_in_link(ada.id, by=ada.id),
    ]
    with pytest.raises(PeopleError):
        people.accounts.sign_in("a password typed into the name", "x")
    everything = ""
    with people.database.read() as connection:
        for table in schema.metadata.sorted_tables:
            everything += repr(connection.execute(table.select()).all())
    assert "ada" in everything
    for secret in [*secrets, "a password typed into the name"]:
        assert secret not in everything
