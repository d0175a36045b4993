"""The people room on both of its databases: SQLite in a temporary folder, PostgreSQL in a throwaway cluster.

A test module imports `postgres_fixture` and `people_fixture` and then asks for `people`; each test gets an empty,
migrated database. The cluster listens on a Unix socket alone and runs as another user where the tests run as root,
because PostgreSQL refuses root.
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.needs import missing
from wiki.people import People
from wiki.people.passwords import Passwords

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
UNPRIVILEGED = "postgres"


class Cluster:
    """A running PostgreSQL in `folder`, which also holds its socket."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self._programs = programs
        self._user = UNPRIVILEGED if os.geteuid() == 0 else getpass.getuser()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", UNPRIVILEGED, "--", *command]
        done = subprocess.run(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def start(self) -> None:
        """Make the cluster and start it."""
        if os.geteuid() == 0:
            shutil.chown(self.folder, UNPRIVILEGED)
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", self._user, "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C")
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=50"
        self._run("pg_ctl", "-D", data, "-w", "-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        """End it without ceremony."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")

    def new_database(self) -> str:
        """The SQLAlchemy URL of a new, empty database."""
        name = f"people_{uuid4().hex}"
        with psycopg.connect(host=str(self.folder), user=self._user, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql://{self._user}@/{name}?host={self.folder}"


def _programs() -> Path:
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if (place / "initdb").exists():
            return place
    missing("PostgreSQL (initdb)")
    raise AssertionError("unreachable")


@pytest.fixture(name="postgres", scope="session")
def postgres_fixture() -> Iterator[Cluster]:
    """One cluster for the whole run; its path is short because a socket's name is bounded."""
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pg", dir="/tmp", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder), programs)
        cluster.start()
        try:
            yield cluster
        finally:
            cluster.stop()


@pytest.fixture(name="url", params=BOTH)
def url_fixture(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'people.db'}"
    cluster: Cluster = request.getfixturevalue("postgres")
    return cluster.new_database()


@pytest.fixture(name="people")
def people_fixture(url: str) -> Iterator[People]:
    """The people of an empty, migrated database."""
    people = People(url, passwords=Passwords.quick())
    people.migrate()
    yield people
    people.close()
