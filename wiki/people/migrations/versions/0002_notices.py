"""Notices: what somebody is told in the program."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "notice",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("link", sa.String(500), nullable=False),
        sa.Column("entry_id", sa.String(64)),
        sa.Column("told_at", sa.BigInteger, nullable=False),
        sa.Column("settled_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("account_id", "key", name="pk_notice"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_notice_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_notice_account_id_settled_at", "notice", ["account_id", "settled_at", "told_at"])


def downgrade() -> None:
    """Back from it."""
    op.drop_table("notice")
