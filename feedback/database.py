"""The database: opened at its address, and used in short transactions."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, String, column, inspect, select, table
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from feedback.engine import MAKES_CHANGES, new_engine
from feedback.errors import DatabaseAway, SchemaBehind
from feedback.tables import HEAD, VERSION_TABLE


@dataclass(frozen=True, eq=False)
class Database:
    """SQLite in a file of this host, or PostgreSQL for several hosts."""

    engine: Engine

    @classmethod
    def at(cls, url: str | None, state: Path) -> "Database":
        """The database of that address, else a file in the state directory.

        Nothing is connected yet. Raises BadDatabase.
        """
        return cls(new_engine(url, state))

    @property
    def is_missing(self) -> bool:
        """Whether it is a SQLite file that nobody has used yet."""
        if self._file is None:
            return False
        try:
            return self._file.stat().st_size == 0
        except OSError:
            return True

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that only reads. Raises DatabaseAway, SchemaBehind."""
        return self._transaction(changes=False)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that may write; one at a time, the others wait their turn.

        It is committed at the end of the block, unless that raises. Raises
        DatabaseAway, SchemaBehind.
        """
        return self._transaction(changes=True)

    def migrate(self) -> None:
        """Bring the tables to those of this program; several callers take turns.

        Raises DatabaseAway.
        """
        with self._begun(changes=True) as connection:
            _upgrade(connection)

    def close(self) -> None:
        """End every connection."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, changes: bool) -> Iterator[Connection]:
        with self._begun(changes) as connection:
            if not (self._file and _is_empty(connection)):
                _check_step(connection)
                yield connection
                return
        self.migrate()  # a new file
        with self._begun(changes) as connection:
            yield connection

    @contextmanager
    def _begun(self, changes: bool) -> Iterator[Connection]:
        if self._file:
            _make_directory(self._file.parent)
        engine = self.engine.execution_options(**{MAKES_CHANGES: changes})
        try:
            with engine.begin() as connection:
                yield connection
        except (IntegrityError, ProgrammingError):  # ours
            raise
        except DBAPIError as error:
            raise DatabaseAway(_told(error, self.engine)) from None

    @property
    def _file(self) -> Path | None:
        url = self.engine.url
        return Path(url.database or "") if url.drivername == "sqlite" else None


def _make_directory(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseAway(f"{path}: {error.strerror}") from None


def _is_empty(connection: Connection) -> bool:
    return not inspect(connection).get_table_names()


def _check_step(connection: Connection) -> None:
    """Raises SchemaBehind if the last migration that was done is not the newest."""
    found = None
    if inspect(connection).has_table(VERSION_TABLE):
        step = column("version_num", String)
        found = connection.scalar(select(step).select_from(table(VERSION_TABLE)))
    if found != HEAD:
        raise SchemaBehind(found, HEAD)


def _upgrade(connection: Connection) -> None:
    # Alembic takes a moment to load, and only who migrates needs it.
    from feedback.migrations.upgrade import upgrade  # noqa: PLC0415

    upgrade(connection)


def _told(error: DBAPIError, engine: Engine) -> str:
    """The first line of what the driver says, and of which database; no password."""
    line = (str(error.orig).splitlines() or [type(error.orig).__name__])[0]
    if password := engine.url.password:
        line = line.replace(str(password), "***")
    return f"{engine.url.set(query={}).render_as_string()}: {line}"
