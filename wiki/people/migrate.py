"""Bringing the people database to the schema that this program needs, by Alembic, at start.

Several processes may start at once: the upgrade runs in one transaction behind a lock, and whoever comes second finds
nothing to do. A database that is up to date is recognised by one query, without loading Alembic.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from wiki.people.database import Database
from wiki.people.schema import REVISION

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaTooNew(RuntimeError):
    """The database was made by a newer version of the program, which this one must not touch."""


def upgrade(database: Database) -> None:
    """Bring the schema to `REVISION`; does nothing when it is there. Raises SchemaTooNew."""
    if current(database) == REVISION:
        return
    with database.write(exclusive=True) as connection:
        if _version(connection) != REVISION:
            _run(connection)


def current(database: Database) -> str | None:
    """The revision of the database, or None when it is empty."""
    with database.read() as connection:
        try:
            return _version(connection)
        except DBAPIError:
            return None


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    settings.attributes["connection"] = connection
    try:
        command.upgrade(settings, "head")
    except CommandError as error:
        if "locate revision" not in str(error):
            raise
        found = _version(connection)
        raise SchemaTooNew(
            f"The people database has the schema {found}, which this version does not know. Update the program."
        ) from error
