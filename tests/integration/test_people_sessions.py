"""What every page view asks of the people database: who this session is, quickly and never out of date."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from sqlalchemy import event

from tests.integration.people_db import people_fixture, postgres_fixture, url_fixture  # noqa: F401
from wiki.people import People, schema

PASSWORD = "correct horse battery"


def test_a_session_costs_one_query_at_most_and_little_time(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    people.teams.ensure("ops")
    people.teams.add_member("ops", ada.id)
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(people.database.engine, "before_cursor_execute", note)
    assert people.session(ada.id) is not None
    assert len(statements) == 1
    assert people.session(ada.id) is not None
    assert len(statements) == (1 if people.database.dialect == "sqlite" else 2)
    event.remove(people.database.engine, "before_cursor_execute", note)
    best = min(_seconds(lambda: people.session(ada.id)) for _ in range(20))
    if people.database.dialect == "sqlite":
        assert best < 0.0008, f"{best * 1e6:.0f} µs; 65 µs on an idle machine"


def test_what_another_process_changes_holds_for_the_next_page_view(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    for step in range(20):
        with people.database.write() as connection:
            connection.execute(schema.account.update().values(session_epoch=step))
        session = people.session(ada.id)
        assert session is not None
        assert session.epoch == step
    secret = people.tokens.issue(ada.id, "read")
    people.teams.ensure("ops", "Operations")
    assert people.tokens.check(secret)
    assert people.teams.names() == {"ops": "Operations"}
    code = (
        "import sys; from wiki.people import People; people = People(sys.argv[1]); "
        "people.teams.rename('ops', 'Night shift'); people.accounts.deactivate(sys.argv[2]); people.close()"
    )
    url = people.database.engine.url.render_as_string(hide_password=False)
    subprocess.run([sys.executable, "-c", code, url, ada.id], check=True)
    assert people.session(ada.id) is None
    assert people.tokens.check(secret) is None
    assert people.teams.names() == {"ops": "Night shift"}


def test_sessions_are_never_older_than_what_is_committed(people: People) -> None:
    ada = people.accounts.create("ada", "author", PASSWORD)
    committed = [0]
    stale: list[tuple[int, object]] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            least = committed[0]
            session = people.session(ada.id)
            if session is None or session.epoch < least:
                stale.append((least, session))

    readers = [threading.Thread(target=look) for _ in range(4)]
    for reader in readers:
        reader.start()
    for step in range(1, 150):
        with people.database.write() as connection:
            connection.execute(schema.account.update().values(session_epoch=step))
        committed[0] = step
    done.set()
    for reader in readers:
        reader.join()
    assert not stale


def _seconds(action: object, times: int = 50) -> float:
    began = time.perf_counter()
    for _ in range(times):
        action()  # type: ignore[operator]
    return (time.perf_counter() - began) / times
