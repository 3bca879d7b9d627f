"""Predictions by version; the events go: nothing was ever written to that table."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table of predictions."""
    op.create_table(
        "predictions",
        sa.Column("instance", sa.String(255), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("made", sa.BigInteger, nullable=False),
    )
    op.drop_table("events")
