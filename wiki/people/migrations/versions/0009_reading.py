"""In which language and time zone somebody reads, and notices that can be told in it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.add_column("account", sa.Column("language", sa.String(20)))
    op.add_column("account", sa.Column("zone", sa.String(64)))
    op.add_column("notice", sa.Column("said", sa.Text))


def downgrade() -> None:
    """Back from it."""
    op.drop_column("notice", "said")
    op.drop_column("account", "zone")
    op.drop_column("account", "language")
