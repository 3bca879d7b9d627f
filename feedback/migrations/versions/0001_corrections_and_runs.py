"""Corrections, reviews and training rows; runs, leases and events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    _corrections()
    _reviews()
    _training_rows()
    _runs()
    _leases()
    _events()


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("pixels", sa.LargeBinary),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("predicted", sa.String(4), nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("label", sa.String(4), nullable=False),
        sa.Column("client", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("panel", sa.Float),
        sa.Column("reason", sa.Text),
        sa.UniqueConstraint("digest", "client", "label"),
        sqlite_autoincrement=True,
    )
    op.create_index("corrections_by_state", "corrections", ["state", "created"])
    op.create_index("corrections_by_client", "corrections", ["client", "created"])


def _reviews() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("correction", sa.Integer, nullable=False),
        sa.Column("reviewer", sa.String(100), nullable=False),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("decision", sa.String(16), nullable=False),
        sa.Column("label", sa.String(4)),
        sa.ForeignKeyConstraint(["correction"], ["corrections.id"]),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reviews_correction", "reviews", ["correction"])


def _training_rows() -> None:
    op.create_table(
        "training_rows",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("correction", sa.Integer, primary_key=True),
        sa.Column("weight", sa.Float, nullable=False),
        sa.ForeignKeyConstraint(["correction"], ["corrections.id"]),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("due", _MOMENT, unique=True),
        sa.Column("started", _MOMENT),
        sa.Column("ended", _MOMENT),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("host", sa.String(255)),
        sa.Column("token", sa.Integer),
        sa.Column("fingerprint", sa.String(64)),
        sa.Column("version", sa.Integer),
        sa.Column("verdict", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("joules", sa.Float),
        sqlite_autoincrement=True,
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(50), primary_key=True),
        sa.Column("owner", sa.String(255), nullable=False),
        sa.Column("token", sa.Integer, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("created", _MOMENT, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("who", sa.String(100), nullable=False),
        sa.Column("why", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_created", "events", ["created"])
