"""The schema, its migrations, and what people's work needs of the database: on SQLite and on PostgreSQL."""

from __future__ import annotations

import multiprocessing
import stat
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from tests.integration.people_db import people_fixture, postgres_fixture, url_fixture  # noqa: F401
from wiki.people import NotFound, People, PeopleError, migrate, schema
from wiki.people.database import Database
from wiki.people.drafts import MAX_DRAFTS, MAX_SEQUENCE
from wiki.viewer import ANONYMOUS, Role

PASSWORD = "correct horse battery"


# --- schema ----------------------------------------------------------------------------------------------------------


def test_the_migrations_make_what_the_tables_say_and_a_second_start_changes_nothing(url: str) -> None:
    database = Database(url)
    assert migrate.current(database) is None
    migrate.upgrade(database)
    assert migrate.current(database) == schema.REVISION
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []
    with database.write() as connection:
        connection.execute(text("INSERT INTO team VALUES ('ops', 'Ops', '{}', 0)"))
    migrate.upgrade(database)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM team")).scalar_one() == 1
    database.close()


def test_the_revision_in_the_code_is_the_newest_migration() -> None:
    assert ScriptDirectory(str(migrate.MIGRATIONS)).get_heads() == [schema.REVISION]


def test_the_first_migration_can_be_taken_back(url: str) -> None:
    from alembic import command
    from alembic.config import Config

    database = Database(url)
    migrate.upgrade(database)
    with database.write() as connection:
        settings = Config()
        settings.set_main_option("script_location", str(migrate.MIGRATIONS))
        settings.attributes["connection"] = connection
        command.downgrade(settings, "base")
    with database.read() as connection:
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(database)
    database.close()


def test_a_database_of_a_newer_program_is_left_alone(url: str) -> None:
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.SchemaTooNew, match="Update the program"):
        migrate.upgrade(database)
    assert migrate.current(database) == "9999"
    database.close()


def _start(url: str, gate: object) -> None:
    gate.wait()  # type: ignore[attr-defined]
    People.prepare(url)


def test_processes_that_start_at_once_migrate_once(url: str) -> None:
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(4)
    workers = [context.Process(target=_start, args=(url, gate)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    database = Database(url)
    assert migrate.current(database) == schema.REVISION
    database.close()


def test_sqlite_is_set_up_for_many_processes_and_for_power_cuts(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'people.db'}")
    with database.read() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "deep").iterdir()} == {0o600}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}
    with database.write() as connection, database.read() as reader:
        other = Database(str(database.engine.url))
        with other.read() as second:
            second.execute(text("PRAGMA busy_timeout=1"))
            with pytest.raises(Exception, match="locked"):
                second.execute(text("BEGIN IMMEDIATE"))
        other.close()
        reader.execute(text("SELECT 1"))
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "mysql://x/y"])
def test_a_database_that_cannot_hold_people_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite"):
        Database(url)


# --- teams -----------------------------------------------------------------------------------------------------------


def test_teams_and_members_reach_the_viewer_at_once(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    people.teams.create("ops", "Operations")
    people.teams.ensure("ops", "Another name")
    people.teams.ensure("site-reliability")
    assert [(team.slug, team.name) for team in people.teams.all()] == [
        ("ops", "Operations"),
        ("site-reliability", "Site reliability"),
    ]
    assert people.viewer_for(ada.id).teams == frozenset()
    people.teams.add_member("ops", ada.id)
    people.teams.add_member("ops", ada.id)
    people.teams.add_member("site-reliability", ada.id)
    viewer = people.viewer_for(ada.id)
    assert viewer.audiences == {"ops", "site-reliability"}
    assert people.teams.members("ops") == [(ada.id, "ada", "ada")]
    assert people.teams.get("ops").size == 1
    people.teams.remove_member("ops", ada.id)
    people.teams.delete("site-reliability")
    assert people.viewer_for(ada.id).teams == frozenset()
    assert people.accounts.get(ada.id).teams == ()


def test_what_teams_refuse(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    people.teams.create("ops")
    with pytest.raises(PeopleError, match="already"):
        people.teams.create("OPS")
    with pytest.raises(PeopleError, match="Give the team a name"):
        people.teams.rename("ops", "  ")
    with pytest.raises(PeopleError, match="20 kB"):
        people.teams.configure("ops", {"x": "y" * 30_000})
    for missing in (
        lambda: people.teams.get("nope"),
        lambda: people.teams.rename("nope", "x"),
        lambda: people.teams.delete("nope"),
        lambda: people.teams.add_member("nope", ada.id),
        lambda: people.teams.add_member("ops", "nope"),
    ):
        with pytest.raises(NotFound):
            missing()
    people.teams.configure("ops", {"review_days": 90})
    people.teams.rename("ops", "Operations")
    assert people.teams.get("ops").settings == {"review_days": 90}


def test_display_names_in_bulk(people: People) -> None:
    made = {people.accounts.create(f"user{n}", "reader", None, display_name=f"U {n}").id: f"U {n}" for n in range(12)}
    people.accounts.deactivate(next(iter(made)))
    asked = [*made, *(f"unknown{n}" for n in range(1200)), "a\0b", ""]
    assert people.names(asked) == made
    assert people.names([]) == {}


# --- tokens ----------------------------------------------------------------------------------------------------------


def test_tokens_act_for_their_account_as_it_is_now(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    people.teams.ensure("ops")
    secret = people.tokens.issue(ada.id, "write", "script")
    found = people.tokens.check(secret)
    assert found
    assert (found[0].account_id, found[0].role, found[1]) == (ada.id, Role.AUTHOR, "write")
    people.teams.add_member("ops", ada.id)
    people.accounts.set_role(ada.id, "reader")
    found = people.tokens.check(secret)
    assert found
    assert (found[0].role, found[0].teams) == (Role.READER, {"ops"})
    people.accounts.end_sessions(ada.id)
    assert people.tokens.check(secret), "ending sessions leaves programs alone"
    for wrong in ("", "hs_", secret[:-1], secret + "x", secret.upper(), "hs_" + "x" * 5000, "hs_\udcff", "hs_\0"):
        assert people.tokens.check(wrong) is None


def test_tokens_are_listed_used_and_revoked_by_their_owner_alone(people: People) -> None:
    ada, bob = (people.accounts.create(name, "author", PASSWORD) for name in ("ada", "bob"))
    first, second = people.tokens.issue(ada.id, "read", "one"), people.tokens.issue(ada.id, "read")
    assert {token.label for token in people.tokens.of(ada.id)} == {"one", "unnamed"}
    assert all(first.startswith(t.hint) or second.startswith(t.hint) for t in people.tokens.of(ada.id))
    assert all(token.last_used_at is None for token in people.tokens.of(ada.id))
    people.tokens.check(first)
    used = {token.label: token.last_used_at for token in people.tokens.of(ada.id)}
    assert used["one"] is not None
    assert used["unnamed"] is None
    people.tokens.check(first)
    assert {token.label: token.last_used_at for token in people.tokens.of(ada.id)} == used, "written once a minute"
    mine = people.tokens.of(ada.id)[0].id
    with pytest.raises(NotFound):
        people.tokens.revoke(bob.id, mine)
    for token in people.tokens.of(ada.id):
        people.tokens.revoke(ada.id, token.id)
    assert people.tokens.check(first) is None
    with pytest.raises(PeopleError, match="read or write"):
        people.tokens.issue(ada.id, "admin", "x")


# --- drafts and judgements -------------------------------------------------------------------------------------------


def test_an_older_save_never_overwrites_a_newer_one(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD).id
    assert people.drafts.save(ada, "new:lesson:1", {"body": "two"}, sequence=2).stored
    late = people.drafts.save(ada, "new:lesson:1", {"body": "one"}, sequence=1)
    assert (late.stored, late.sequence) == (False, 2)
    again = people.drafts.save(ada, "new:lesson:1", {"body": "two again"}, sequence=2)
    assert again.stored, "the same number again is a repeated request"
    people.drafts.save(ada, "new:lesson:1", {"body": "without a number"})
    found = people.drafts.get(ada, "new:lesson:1")
    assert found
    assert (found.payload, found.sequence) == ({"body": "without a number"}, 3)
    assert found.saved_at >= again.saved_at


def test_a_save_that_was_under_way_does_not_bring_a_published_draft_back(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD).id
    people.drafts.save(ada, "new:lesson:1", {"body": "x"}, sequence=7)
    assert people.drafts.drop(ada, "new:lesson:1", sequence=9)
    assert not people.drafts.save(ada, "new:lesson:1", {"body": "late"}, sequence=9).stored
    assert people.drafts.get(ada, "new:lesson:1") is None
    assert people.drafts.list(ada) == []
    assert people.drafts.count(ada) == 0
    assert people.drafts.save(ada, "new:lesson:1", {"body": "the next one"}, sequence=10).stored
    assert not people.drafts.drop(ada, "never saved")
    assert not people.drafts.drop(ada, "overtaken", sequence=5)
    assert not people.drafts.save(ada, "overtaken", {"body": "late"}, sequence=4).stored


def test_drafts_are_each_persons_own_and_newest_first(people: People) -> None:
    ada, bob = (people.accounts.create(name, "author", PASSWORD).id for name in ("ada", "bob"))
    for key in ("a", "b", "c"):
        people.drafts.save(ada, key, {"title": key})
        time.sleep(0.002)
    people.drafts.save(ada, "a", {"title": "a", "text": "日本語 \0 \u2028"})
    people.accounts.end_sessions(ada)
    assert [draft.key for draft in people.drafts.list(ada)] == ["a", "c", "b"]
    assert people.drafts.list(ada)[0].payload["text"] == "日本語 \0 \u2028"
    assert people.drafts.list(bob) == []
    assert people.drafts.get(bob, "a") is None
    assert not people.drafts.drop(bob, "a")


def test_what_drafts_refuse(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD).id
    for key, payload, sequence in (
        ("", {}, 1),
        ("k" * 201, {}, 1),
        ("a\0", {}, 1),
        ("k", {"body": "x" * 2_100_000}, 1),
        ("k", {"body": "\ud800"}, 1),
        ("k", {"body": float("nan")}, 1),
        ("k", {}, -1),
        ("k", {}, MAX_SEQUENCE + 1),
    ):
        with pytest.raises(PeopleError):
            people.drafts.save(ada, key, payload, sequence=sequence)
    assert people.drafts.get(ada, "a\0") is None
    assert people.drafts.save(ada, "k", {"body": "x" * 1_900_000}, sequence=MAX_SEQUENCE).stored


def test_the_number_of_drafts_is_bounded_and_those_that_exist_still_save(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD).id
    for number in range(MAX_DRAFTS):
        people.drafts.save(ada, f"new:page:{number}", {})
    with pytest.raises(PeopleError, match="200 drafts"):
        people.drafts.save(ada, "one more", {})
    assert people.drafts.save(ada, "new:page:5", {"body": "x"}).stored
    people.drafts.drop(ada, "new:page:5")
    assert people.drafts.save(ada, "one more", {}).stored


def test_judgements_hold_for_their_draft_and_follow_it_into_the_entry(people: People) -> None:
    ada, bob = (people.accounts.create(name, "author", PASSWORD).id for name in ("ada", "bob"))
    record = people.judgements.record
    record(ada, "entry1", "not-related", draft_key="new:lesson:1")
    record(ada, "entry1", "not-related", draft_key="new:lesson:1")
    record(ada, "entry2", "opened", draft_key="new:lesson:1")
    record(bob, "entry2", "not-related", draft_key="new:lesson:1")
    assert people.judgements.dismissed(ada, "new:lesson:1") == {"entry1"}
    assert people.judgements.dismissed(ada, "new:lesson:2") == frozenset()
    people.judgements.published(ada, "new:lesson:1", "mine")
    assert people.judgements.dismissed(ada, "new:lesson:1") == frozenset(), "the key is free for the next draft"
    assert people.judgements.dismissed(ada, "entry:mine") == {"entry1"}
    people.judgements.published(ada, "entry:mine", "mine")
    assert people.judgements.dismissed(ada, "entry:mine") == {"entry1"}
    assert people.judgements.counts() == {"not-related": 2, "cited": 0, "opened": 1}
    for entry, verdict, key in (("e", "great", "k"), ("", "cited", "k"), ("e" * 41, "cited", "k"), ("e", "cited", "")):
        with pytest.raises(PeopleError):
            record(ada, entry, verdict, draft_key=key)


@pytest.mark.parametrize("hostile", ["\0", "a\0b", "\ud800", "x" * 5000, "", "'; DROP TABLE account; --"])
def test_odd_identifiers_are_unknown_ones(people: People, hostile: str) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD).id
    for unknown in (
        lambda: people.accounts.get(hostile),
        lambda: people.accounts.by_name(hostile),
        lambda: people.accounts.confirm(hostile, PASSWORD),
        lambda: people.accounts.end_sessions(hostile),
        lambda: people.teams.get(hostile),
        lambda: people.teams.delete(hostile),
        lambda: people.teams.add_member(hostile, ada),
        lambda: people.tokens.revoke(ada, hostile),
        lambda: people.invites.look(hostile),
        lambda: people.invites.revoke(hostile),
        lambda: people.links.use(hostile),
    ):
        with pytest.raises(NotFound):
            unknown()
    assert people.accounts.search("zzz" + hostile)[0] == []
    assert people.tokens.check(hostile) is None
    assert people.drafts.get(ada, hostile) is None
    assert people.judgements.dismissed(ada, hostile) == frozenset()
    assert people.teams.members(hostile) == []
    people.teams.remove_member(hostile, hostile)
    people.judgements.published(ada, hostile, "entry")
    assert people.names([hostile, ada]) == {ada: "ada"}
    with pytest.raises(PeopleError):
        people.accounts.sign_in(hostile, hostile)


def test_an_unknown_account_sees_nothing(people: People) -> None:
    for unknown in ("", "nobody", "x" * 500, "\0", "\ud800"):
        assert people.viewer_for(unknown) is ANONYMOUS
        assert people.session(unknown) is None
