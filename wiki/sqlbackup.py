"""The people database in a file, and back: SQLite by its own online backup, PostgreSQL as portable JSON.

Either kind of file can be restored into either database: rows travel through the tables that the program knows.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url

from wiki.config import Config

DATABASE = "people.db"
DUMP = "people.json"


class BackupError(Exception):
    """A backup cannot be made or restored; the message is a sentence that says why and what to do."""


def dump_people(config: Config, folder: Path) -> str:
    """Copy the people database into `folder` as it stands in one moment; gives the name of the file."""
    from wiki.people import People

    People.prepare(config.people_url)
    source = _sqlite_path(config.people_url)
    if source is not None:
        _copy_sqlite(source, folder / DATABASE)
        return DATABASE
    with _connection(config.people_url, snapshot=True) as connection:
        document = {"revision": _revision(connection), "tables": dict(_tables(connection))}
    (folder / DUMP).write_text(json.dumps(document, default=_encode), encoding="utf-8")
    return DUMP


def load_people(config: Config, file: Path) -> None:
    """Make the people database what `file` holds; what stood in it is replaced. Raises BackupError."""
    from wiki.people import People

    target = _sqlite_path(config.people_url)
    if target is not None and file.name == DATABASE:
        _replace_sqlite(file, target)
        People.prepare(config.people_url)
        return
    tables = _rows_of_dump(file) if file.name == DUMP else _rows_of_sqlite(file)
    People.prepare(config.people_url)
    _fill(config.people_url, tables)


def _sqlite_path(url: str) -> Path | None:
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup: a consistent copy while others write, checked afterwards."""
    with (
        contextlib.closing(sqlite3.connect(source, timeout=30)) as reading,
        contextlib.closing(sqlite3.connect(target)) as writing,
    ):
        reading.backup(writing)  # in one step, so that it never has to begin again
        writing.execute("PRAGMA journal_mode=DELETE")
        _check_sqlite(writing)


def _check_sqlite(connection: sqlite3.Connection) -> None:
    try:
        found = connection.execute("PRAGMA integrity_check").fetchone()
        broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise BackupError(f"The people database in the backup cannot be read: {error}.") from None
    if found != ("ok",) or broken is not None:
        raise BackupError("The people database is damaged: SQLite's integrity check failed.")


def _replace_sqlite(file: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        _check_sqlite(connection)
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.restored")
    shutil.copyfile(file, fresh)
    fresh.chmod(0o600)
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    fresh.replace(target)


@contextlib.contextmanager
def _connection(url: str, *, snapshot: bool = False) -> Iterator[Connection]:
    """A connection in one transaction, committed at the end; with `snapshot` it sees one moment throughout."""
    from wiki.people.database import Database

    database = Database(url, pool_size=1)
    try:
        with database.engine.connect() as connection:
            if snapshot and database.dialect == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection
    finally:
        database.close()


def _revision(connection: Connection) -> str:
    return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def _tables(connection: Connection) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    from wiki.people.schema import metadata

    for table in metadata.sorted_tables:
        yield table.name, [dict(row._mapping) for row in connection.execute(select(table))]


def _rows_of_dump(file: Path) -> dict[str, list[dict[str, Any]]]:
    from wiki.people.schema import REVISION, Moment, metadata

    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        revision, tables = document["revision"], document["tables"]
    except (ValueError, KeyError, TypeError):
        raise BackupError("The people in the backup cannot be read. The backup is damaged.") from None
    if revision != REVISION:
        raise BackupError(
            f"The people in the backup have the schema {revision}, and this version of the program has {REVISION}. "
            "Restore it with the version that made it, then update."
        )
    for table in metadata.sorted_tables:
        moments = [column.name for column in table.columns if isinstance(column.type, Moment)]
        for row in tables.get(table.name, ()):
            row |= {name: datetime.fromisoformat(row[name]) for name in moments if row.get(name)}
    return dict(tables)


def _rows_of_sqlite(file: Path) -> dict[str, list[dict[str, Any]]]:
    """The rows of a backed up SQLite file, brought to the present schema first (on a copy)."""
    from wiki.people import People

    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        copy = Path(folder) / DATABASE
        shutil.copyfile(file, copy)
        url = f"sqlite:///{copy}"
        People.prepare(url)
        with _connection(url) as connection:
            return dict(_tables(connection))


def _fill(url: str, tables: dict[str, list[dict[str, Any]]]) -> None:
    """Replace everything in the database by these rows, in one transaction, and count what arrived."""
    from wiki.people.schema import metadata

    with _connection(url) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
        for table in metadata.sorted_tables:
            rows = tables.get(table.name, [])
            if rows:
                connection.execute(table.insert(), rows)
            arrived = connection.execute(select(func.count()).select_from(table)).scalar_one()
            if arrived != len(rows):
                raise BackupError(
                    f"Of the {len(rows)} rows of {table.name} only {arrived} arrived; nothing was changed."
                )


def _encode(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not kept in the people room")
