"""An answer without a name: the person is looked for everywhere, and is nowhere.

Two worlds are the same but for who answered. Whatever is left behind in them (tables, the database's files with its
log, the git repository, the index, what the server printed) must not tell them apart, and no moment is kept.
"""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live import LiveServer
from wiki.composition import prepare_instance
from wiki.config import load_config
from wiki.people import People
from wiki.people.passwords import Passwords
from wiki.reviews.store import Reviews
from wiki.reviews.types import Opening

PASSWORD = "correct horse battery"
SAID = "xylophone-marker: I had switched the alarm off myself"
NAMES = ("ada", "bob", "cem")


@dataclass
class World:
    """A server with a review, in which `writer` answers without a name; what was sent and when (milliseconds)."""

    folder: Path
    writer: str
    ids: dict[str, str] = field(default_factory=dict)
    review: str = ""
    sent: tuple[int, int] = (0, 0)
    printed: str = ""
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def instance(self) -> Path:
        return self.folder / "instance"

    def live(self) -> World:
        """Everybody signs in and opens both pages; one of them answers; everybody looks at the review again."""
        server = LiveServer(self.instance).start()
        clients: dict[str, httpx.Client] = {}
        try:
            clients |= {name: _signed_in(server.url, name) for name in NAMES}
            pages = {name: self._look(client) for name, client in clients.items()}
            time.sleep(0.1)
            begin = _now()
            ticket = re.search(r'name="ticket" value="([^"]+)"', pages[self.writer])
            token = re.search(r'name="csrf-token" content="([^"]+)"', pages[self.writer])
            assert ticket
            assert token
            client = clients[self.writer]
            asked = {"title": "t", "body": SAID * 3, "passage": SAID}
            headers = {"X-CSRFToken": token[1]}
            assert client.post(f"/reviews/{self.review}/related", json=asked, headers=headers).status_code == 200
            form = {"csrf_token": token[1], "ticket": ticket[1], "as": "nameless", "answer-happened": SAID}
            answer = client.post(f"/reviews/{self.review}/answer", data=form)
            assert answer.status_code == 200
            assert "among the others" in answer.text
            assert not answer.headers.get("set-cookie")
            self.sent = (begin, _now())
            time.sleep(0.1)
            for client in clients.values():
                self._look(client)
            self.printed = "".join(server.output)
            self.files = self.read()
        finally:
            for client in clients.values():
                client.close()
            server.stop()
        return self

    def prepared(self) -> World:
        """Accounts and an open review, before the server starts."""
        config = load_config({}, instance=self.instance, model="hash", testing=True)
        prepare_instance(config, seed=False)
        people = People(config.people_url, passwords=Passwords())
        for name in NAMES:
            self.ids[name] = people.accounts.create(name, "author", PASSWORD).id
        held = Reviews(people.database)
        self.review = held.open(Opening("The night without an alarm"), self.ids["ada"]).id
        for name in NAMES:
            held.add_person(self.review, self.ids[name])
        people.close()
        return self

    def _look(self, client: httpx.Client) -> str:
        assert client.get(f"/reviews/{self.review}").status_code == 200
        assert client.get(f"/reviews/{self.review}/answer").status_code == 200
        return client.get(f"/reviews/{self.review}/answer?nameless=1").text

    def read(self) -> dict[str, bytes]:
        """Every file of the instance as it stands while the server runs, the database's log included."""
        return {
            path.relative_to(self.instance).as_posix(): path.read_bytes()
            for path in sorted(self.instance.rglob("*"))
            if path.is_file()
        }

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of the people database."""
        with closing(sqlite3.connect(self.instance / "people.db")) as connection:
            connection.row_factory = sqlite3.Row
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name}")] for name in names}

    def plain(self) -> str:
        """All tables, in the order of the database, with what is random and moments put out of sight."""
        text = json.dumps(self.tables(), ensure_ascii=False)
        for name, account_id in self.ids.items():
            text = text.replace(account_id, f"<{name}>")
        text = text.replace(self.review, "<review>")
        text = re.sub(r"\b1[6-9]\d{11}\b", "0", text)  # milliseconds since 1970
        return re.sub(r"\$argon2[^\"]+|\b[0-9a-f]{32,64}\b", "<random>", text)


def _now() -> int:
    return time.time_ns() // 1_000_000


def _signed_in(url: str, name: str) -> httpx.Client:
    client = httpx.Client(base_url=url, timeout=20)
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/sign-in").text)
    assert token
    answer = client.post("/sign-in", data={"csrf_token": token[1], "name": name, "password": PASSWORD})
    assert answer.status_code == 303
    return client


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, World]]:
    with ThreadPoolExecutor(2) as both:
        empty = [World(tmp_path_factory.mktemp(name), name).prepared() for name in ("bob", "cem")]
        one, two = both.map(World.live, empty)
    yield one, two


def test_the_two_worlds_cannot_be_told_apart(worlds: tuple[World, World]) -> None:
    one, two = (sorted_rows(world.plain()) for world in worlds)
    assert one == two
    assert SAID in json.dumps(one)


def sorted_rows(text: str) -> dict[str, list[str]]:
    """Rows as texts; those of tables whose keys are random ids in an order of their own."""
    return {name: sorted(json.dumps(row) for row in rows) for name, rows in json.loads(text).items()}


def test_no_moment_of_the_answer_is_kept(worlds: tuple[World, World]) -> None:
    for world in worlds:
        begin, end = world.sent
        for name, rows in world.tables().items():
            for row in rows:
                kept = [value for value in row.values() if isinstance(value, int) and begin <= value <= end]
                assert not kept, (name, row)
        bag = world.tables()["review_bag"]
        assert [set(row) for row in bag] == [{"review_id", "voices"}]
        for key, voice in json.loads(bag[0]["voices"]).items():
            assert re.fullmatch(r"[0-9a-f]{32}", key)
            assert voice == {
                "name": "",
                "answers": {"supposed": "", "happened": SAID, "difference": "", "next": ""},
            }


def test_the_text_lies_in_the_bag_alone_and_no_account_near_it(worlds: tuple[World, World]) -> None:
    for world in worlds:
        marker = SAID.split(":", maxsplit=1)[0].encode()
        holding = [name for name, data in world.files.items() if marker in data]
        assert holding == ["people.db"], "neither the log, the index, the catalog nor git holds it"
        assert marker.decode() not in world.printed
        for account_id in world.ids.values():
            assert account_id not in world.printed
        page = world.files["people.db"]
        places = [match.start() for match in re.finditer(re.escape(marker), page)]
        assert len(places) == 1, "no older version of the bag is left in free pages"
        start = places[0] // 4096 * 4096
        around = page[start : start + 4096]
        for name, account_id in world.ids.items():
            assert account_id.encode() not in around, name


def test_nothing_personal_was_written_for_whoever_answered(worlds: tuple[World, World]) -> None:
    for world in worlds:
        tables = world.tables()
        for name in ("draft", "judgement", "review_answer"):
            assert not tables[name], name
        assert {row["account_id"] for row in tables["review_person"]} == set(world.ids.values())


def test_tables_of_voices_have_no_row_numbers(worlds: tuple[World, World]) -> None:
    with closing(sqlite3.connect(worlds[0].instance / "people.db")) as connection:
        for name in ("review_bag", "review_answer", "review_person"):
            made = connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).fetchone()[0]
            assert "WITHOUT ROWID" in made, name
