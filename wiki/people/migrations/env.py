"""What Alembic runs: on the connection that `wiki.people.migrate` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from wiki.people.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transaction_per_migration=False,
)
context.run_migrations()
