"""A backup moves people between databases: from SQLite or PostgreSQL, into either."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.people_db import postgres_fixture, url_fixture  # noqa: F401
from wiki import backup
from wiki.composition import prepare_instance
from wiki.config import load_config
from wiki.people import People


@pytest.mark.parametrize("into", ["same", "other"])
def test_people_go_from_one_database_into_another(
    url: str, into: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from_sqlite = url.startswith("sqlite")
    source = load_config({}, instance=tmp_path / "one", database_url=url, testing=True)
    prepare_instance(source, seed=False)
    people = People.open(source)
    ada = people.accounts.create("ada", "administrator", "correct horse battery", display_name="Ada Ünal")
    people.accounts.create("bob", "reader", None)
    people.teams.create("ops", "Operations")
    people.teams.add_member("ops", ada.id)
    secret = people.tokens.issue(ada.id, "write", "a label")
    people.drafts.save(ada.id, "new:lesson:1", {"title": "half", "tags": ["a"]})
    people.close()
    manifest = backup.create(source, tmp_path / "b.tar")
    assert manifest["people"] == ("people.db" if from_sqlite else "people.json")

    to_sqlite = from_sqlite == (into == "same")
    other = f"sqlite:///{tmp_path / 'two.db'}" if to_sqlite else request.getfixturevalue("postgres").new_database()
    target = load_config({}, instance=tmp_path / "two", database_url=other, testing=True)
    backup.restore(target, tmp_path / "b.tar")
    with pytest.raises(backup.BackupError, match="--force"):
        backup.restore(target, tmp_path / "b.tar")
    backup.restore(target, tmp_path / "b.tar", force=True)

    found = People.open(target)
    try:
        account = found.accounts.sign_in("ada", "correct horse battery")
        assert (account.id, account.display_name, account.created_at) == (ada.id, "Ada Ünal", ada.created_at)
        assert account.teams == ("ops",)
        assert found.tokens.check(secret) is not None
        draft = found.drafts.get(ada.id, "new:lesson:1")
        assert draft is not None
        assert draft.payload == {"title": "half", "tags": ["a"]}
        assert {account.name for account in found.accounts.search()[0]} == {"ada", "bob"}
    finally:
        found.close()
