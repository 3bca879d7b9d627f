"""How a database is connected to: PostgreSQL, or SQLite with a log of its writes."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from feedback.errors import BadDatabase
from feedback.place import ADDRESS, database_file, refuse_network

MAKES_CHANGES = "digits_makes_changes"  # an execution option of transactions
_PATIENCE_S = 5
_POSTGRESQL = "postgresql+psycopg"
# Writers take turns, as SQLite's do, so that what one counts stays true until it has
# written; and a frozen one is cut off. The number is this program's own.
_TURN = (
    "SET LOCAL lock_timeout = '5s'",
    "SET LOCAL idle_in_transaction_session_timeout = '10s'",
    "SELECT pg_advisory_xact_lock(784500200)",
)


def new_engine(url: str | None, state: Path) -> Engine:
    """The engine for that address, else for a file in the state directory.

    Nothing is connected yet. Raises BadDatabase.
    """
    address = _parsed(url) if url else _file(database_file(state))
    if address.drivername == _POSTGRESQL:
        return _postgresql(address)
    # A new connection for each transaction costs little, and follows a moved file.
    engine = create_engine(
        address, poolclass=NullPool, connect_args={"timeout": _PATIENCE_S}
    )
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(address: URL) -> Engine:
    patience = {"connect_timeout": _PATIENCE_S}
    engine = create_engine(
        address, pool_pre_ping=True, pool_size=2, connect_args=patience
    )
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _parsed(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadDatabase(
            f"it is no address of a database, such as {ADDRESS}"
        ) from None
    kind = url.drivername
    if kind == "sqlite" and url.database not in (None, "", ":memory:"):
        return _file(Path(str(url.database)))
    if kind in ("postgresql", _POSTGRESQL):
        return url.set(drivername=_POSTGRESQL)
    raise BadDatabase(f"{kind} is neither postgresql nor sqlite with a file")


def _file(path: Path) -> URL:
    refuse_network(path)
    return URL.create("sqlite", database=str(path))


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself
    with contextlib.suppress(sqlite3.OperationalError):  # another one sets it just now
        connection.execute("PRAGMA journal_mode = WAL")  # readers and a writer at once
    connection.execute("PRAGMA synchronous = FULL")  # an answered correction stays
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # erased pixels are overwritten


def _begin_sqlite(connection: Connection) -> None:
    """With the right to write from the start, where it is needed.

    Who first reads and then asks to write is refused at once if another one has
    written meanwhile, whatever the timeout.
    """
    changes = connection.get_execution_options().get(MAKES_CHANGES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if changes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(MAKES_CHANGES):
        for statement in _TURN:
            connection.exec_driver_sql(statement)
