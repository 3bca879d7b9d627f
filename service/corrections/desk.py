"""Where requests reach the corrections' database: one at a time, and not for long.

A database that hangs must not take the threads that answer predictions. So each call
runs in a thread of its own, and is given up after a while.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from feedback.corrections.records import Waiting
from feedback.errors import DatabaseAway, FeedbackError, SchemaBehind
from feedback.place import database_file
from service.telemetry.background import LoggedOnce

if TYPE_CHECKING:
    from feedback.corrections.store import CorrectionStore

Result = TypeVar("Result")
Action = Callable[["CorrectionStore"], Result]

_ANSWER_S = 8.0
_SCRAPE_S = 1.0
_AWAY_S = 15.0  # how long a scrape does not ask again after a fault


class Desk:
    """The corrections of a database, which is opened by the first request for it."""

    def __init__(self, url: str | None, state: Path) -> None:
        self._url = url
        self._state = state
        self._store: CorrectionStore | None = None
        self._turn = threading.Lock()
        self._logged = LoggedOnce()
        self._away_until = 0.0
        self._hangs = False  # so that others need not find out for themselves

    def ask(self, action: Action[Result], patience_s: float = _ANSWER_S) -> Result:
        """What the action returns or raises.

        Raises DatabaseAway, also if that takes too long: whether it was done is not
        known then. Raises SchemaBehind.
        """
        try:
            result = self._within(patience_s, action)
        except (DatabaseAway, SchemaBehind) as error:
            self._logged.report(str(error))
            raise
        self._logged.report("")
        return result

    def waiting(self) -> Waiting | None:
        """The queue of reviews, for a scrape; None if it cannot be known at once."""
        if self._url is None and not database_file(self._state).exists():
            return Waiting(0, None)
        if time.monotonic() < self._away_until:
            return None
        try:
            return self.ask(lambda store: store.waiting(), _SCRAPE_S)
        except FeedbackError:
            self._away_until = time.monotonic() + _AWAY_S
            return None

    def _within(self, patience_s: float, action: Action[Result]) -> Result:
        store = self._opened()
        if self._hangs or not self._turn.acquire(timeout=patience_s):
            raise DatabaseAway("an earlier request still waits for it")
        outcome: Future[Result] = Future()
        work = (lambda: action(store)), outcome
        # A daemon, so that one that hangs does not hold up the end of a worker.
        threading.Thread(target=self._run, args=work, daemon=True).start()
        try:
            return outcome.result(patience_s)
        except TimeoutError:
            self._hangs = True
            raise DatabaseAway(f"no answer within {patience_s:g} s") from None

    def _run(self, action: Callable[[], Result], outcome: Future[Result]) -> None:
        try:
            outcome.set_result(action())
        except Exception as error:  # noqa: BLE001 (raised again by who waits for it)
            outcome.set_exception(error)
        finally:
            self._hangs = False
            self._turn.release()

    def _opened(self) -> "CorrectionStore":
        """The store; the first correction waits for its library, and for a new file."""
        from feedback.corrections.store import CorrectionStore  # noqa: PLC0415 (takes 20 MB)

        if self._store is None:
            store = CorrectionStore.at(self._url, self._state)
            if store.database.is_missing:
                store.database.migrate()
            self._store = store
        return self._store
