"""${message}."""

import sqlalchemy as sa
from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Only add: old and new versions of vivavoce run side by side on one database."""
    ${upgrades if upgrades else "pass"}
