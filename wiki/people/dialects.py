"""The one thing that SQLite and PostgreSQL spell alike but SQLAlchemy keeps apart: INSERT ... ON CONFLICT."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from wiki.people.database import Database


def insert(database: Database, table: Table) -> sqlite.Insert:
    """An INSERT that knows on_conflict_do_update and on_conflict_do_nothing."""
    if database.dialect == "postgresql":
        return cast(sqlite.Insert, postgresql.insert(table))
    return sqlite.insert(table)
