"""The tables: corrections and what became of them, and the trainer's runs."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

# The newest step in migrations/versions, and the table that says which one is done.
# Optuna keeps its studies in the same database, and its own step in alembic_version.
HEAD = "0002"
VERSION_TABLE = "digits_schema"

metadata = MetaData()


class Utc(TypeDecorator[datetime]):
    """A moment with its time zone in Python, in UTC in every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """To UTC; a moment without a zone is a fault of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(
        self, value: datetime | None, dialect: Dialect
    ) -> datetime | None:
        """SQLite gives the time zone back no more."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


# What a person says of a picture. `pixels`: 784 grey levels as the network saw them,
# NULL once erased; `digest`: their SHA-256. `label`, `predicted`: "0" to "9"; a label
# may be "none", no digit. `client`: a keyed hash, which leads back to nobody. `panel`:
# the probability that the newest versions give the label. `reason`: the rule that it
# broke.
corrections = Table(
    "corrections",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("created", Utc, nullable=False),
    Column("pixels", LargeBinary),
    Column("digest", String(64), nullable=False),
    Column("predicted", String(4), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("version", Integer, nullable=False),
    Column("label", String(4), nullable=False),
    Column("client", String(32), nullable=False),
    Column("state", String(16), nullable=False),
    Column("panel", Float),
    Column("reason", Text),
    UniqueConstraint("digest", "client", "label"),
    Index("corrections_by_state", "state", "created"),
    Index("corrections_by_client", "client", "created"),
    sqlite_autoincrement=True,
)

# Every decision on a correction, appended, never changed. `decision`: the state that it
# brought; `label`: what it was relabelled to, NULL if nothing.
reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("correction", ForeignKey("corrections.id"), nullable=False, index=True),
    Column("reviewer", String(100), nullable=False),
    Column("created", Utc, nullable=False),
    Column("decision", String(16), nullable=False),
    Column("label", String(4)),
    sqlite_autoincrement=True,
)

# Which corrections exactly a published version learnt from.
training_rows = Table(
    "training_rows",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("correction", ForeignKey("corrections.id"), primary_key=True),
    Column("weight", Float, nullable=False),
)

# A row for each moment that a schedule was due at; a training by hand has no `due`.
# `token`: of the lease that it ran under. `fingerprint`: of what it learnt from, so
# that the next one can tell that nothing is new.
runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("due", Utc, unique=True),
    Column("started", Utc),
    Column("ended", Utc),
    Column("state", String(16), nullable=False),
    Column("host", String(255)),
    Column("token", Integer),
    Column("fingerprint", String(64)),
    Column("version", Integer),
    Column("verdict", Text),
    Column("error", Text),
    Column("joules", Float),
    sqlite_autoincrement=True,
)

# Who may do something alone until when; `token` grows with each new owner.
leases = Table(
    "leases",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("owner", String(255), nullable=False),
    Column("token", Integer, nullable=False),
    Column("until", Utc, nullable=False),
)

# How many predictions one start of a service has made with a version so far, as of its
# last correction or review. `instance`: which start, of which host.
predictions = Table(
    "predictions",
    metadata,
    Column("instance", String(255), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("made", BigInteger, nullable=False),
)
