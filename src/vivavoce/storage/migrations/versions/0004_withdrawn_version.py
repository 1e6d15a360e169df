"""Which version was out when an edition was withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; of editions withdrawn before, nobody knows."""
    op.add_column("editions", sa.Column("withdrawn_version", sa.Integer(), nullable=True))
