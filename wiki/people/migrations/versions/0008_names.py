"""Claims that were confirmed stay, names are compared without regard to case, and what people elsewhere are called."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from wiki.people.rules import person_key

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _claim() -> sa.Table:
    return op.create_table(
        "claim",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name_key", sa.String(240), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("confirmed_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("account_id", "name_key", name="pk_claim"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_claim_account_id", ondelete="CASCADE"),
    )


def upgrade() -> None:
    """To this revision."""
    kept = list(op.get_bind().execute(sa.text("SELECT account_id, name, asked_at FROM claim")))
    op.drop_table("claim")
    claim = _claim()
    op.create_index("ix_claim_name_key", "claim", ["name_key"])
    rows = {(row[0], person_key(row[1])): row for row in kept}
    for (account_id, key), row in rows.items():
        values = {"account_id": account_id, "name_key": key, "name": row[1], "asked_at": row[2]}
        op.get_bind().execute(claim.insert().values(values))
    op.create_table(
        "known_as",
        sa.Column("id", sa.String(80), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_known_as"),
    )


def downgrade() -> None:
    """Back from it."""
    kept = list(op.get_bind().execute(sa.text("SELECT account_id, name, asked_at FROM claim")))
    op.drop_table("known_as")
    op.drop_table("claim")
    claim = op.create_table(
        "claim",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_claim"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_claim_account_id", ondelete="CASCADE"),
    )
    for row in kept:
        op.get_bind().execute(claim.insert().values(account_id=row[0], name=row[1], asked_at=row[2]))
