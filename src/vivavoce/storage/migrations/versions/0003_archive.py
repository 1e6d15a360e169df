"""The ledger of back catalogues."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "archive_items",
        sa.Column("archive", sa.String(length=255), nullable=False),
        sa.Column("source_id", sa.String(length=512), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("driver", sa.String(length=64), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("archive", "source_id", name=op.f("pk_archive_items")),
    )
    op.create_index(op.f("ix_archive_items_archive_state"), "archive_items", ["archive", "state"], unique=False)
