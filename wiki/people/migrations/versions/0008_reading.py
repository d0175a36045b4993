"""In which language and time zone somebody reads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.add_column("account", sa.Column("language", sa.String(20)))
    op.add_column("account", sa.Column("zone", sa.String(64)))


def downgrade() -> None:
    """Back from it."""
    op.drop_column("account", "zone")
    op.drop_column("account", "language")
