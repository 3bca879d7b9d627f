"""The database of a study, opened or refused in one line."""

import re
import time
import warnings
from pathlib import Path

from optuna.exceptions import ExperimentalWarning, StorageInternalError
from optuna.storages import RDBStorage, RetryHeartbeatStaleTrialCallback
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from trainer.errors import BadDatabase

HEARTBEAT_S = 5
STALE_AFTER_S = 20
_RETRIES = 3  # of a trial whose worker dies; perhaps the trial kills it
_CREATIONS = 5
_RACE = re.compile("already exists|duplicate key|UNIQUE constraint")
_PSYCOPG = "postgresql+psycopg"

DATABASE_ERRORS = (StorageInternalError, SQLAlchemyError)


class StudyStorage(RDBStorage):
    """Optuna's storage; workers that die are noticed by their heartbeat."""

    def record_heartbeat(self, trial_id: int) -> None:
        """Leave one out while the database is away; the thread goes on."""
        try:
            super().record_heartbeat(trial_id)
        except DATABASE_ERRORS:
            return

    def close(self) -> None:
        """End every connection."""
        self.remove_session()
        self.engine.dispose()


def open_storage(url: str | None, state: Path) -> StudyStorage:
    """The database that is named, else one file in the state directory.

    Raises BadDatabase.
    """
    return _created(_parsed(url) if url else _own_file(state))


def _own_file(state: Path) -> URL:
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadDatabase(f"{state}: {error.strerror}") from None
    return URL.create("sqlite", database=str(state / "sweep.db"))


def _parsed(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadDatabase(
            "it is no address of a database, such as"
            " postgresql://user:password@host/name"
        ) from None
    if url.drivername not in ("postgresql", "postgresql+psycopg", "sqlite"):
        raise BadDatabase(f"{url.drivername} is neither postgresql nor sqlite")
    return url.set(drivername="sqlite" if "sqlite" in url.drivername else _PSYCOPG)


def _created(url: URL) -> StudyStorage:
    """Workers that start at once create the same tables; the slower one tries again."""
    for _ in range(_CREATIONS):
        try:
            return _storage(url)
        except (*DATABASE_ERRORS, RuntimeError, TypeError, ValueError) as error:
            failure = error
        if not _RACE.search(str(failure)):
            break
        time.sleep(0.5)
    raise BadDatabase(_without_password(failure, url)) from None


def _storage(url: URL) -> StudyStorage:
    timeout = "connect_timeout" if url.drivername == _PSYCOPG else "timeout"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ExperimentalWarning)  # the heartbeat
        return StudyStorage(
            url.render_as_string(hide_password=False),
            {"pool_pre_ping": True, "connect_args": {timeout: 10}},
            heartbeat_interval=HEARTBEAT_S,
            grace_period=STALE_AFTER_S,
            heartbeat_stale_trial_callback=RetryHeartbeatStaleTrialCallback(_RETRIES),
        )


def _without_password(error: Exception, url: URL) -> str:
    """The first line of what the driver says, with the address that it was about."""
    cause = getattr(error, "orig", None) or error.__cause__ or error
    text = (str(cause).splitlines() or [type(cause).__name__])[0]
    for secret in (url.password, url.query.get("password")):
        if secret:
            text = text.replace(str(secret), "***")
    return f"{url.set(query={}).render_as_string()}: {text}"
