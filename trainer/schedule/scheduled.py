"""The occasion of a run by the schedule: only if there is news, only with the lease."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from feedback.errors import FeedbackError
from feedback.runs import RunRecord
from trainer.occasion import LeaseLost, NothingNew, Occasion
from trainer.schedule.ledger import Ledger

_PATIENCE_S: Final = 120.0  # of a finished training with a database that is away
_AGAIN_S: Final = 5.0


class Scheduled(Occasion):
    """A run of the schedule: skipped if nothing is new, published under the lease.

    Attributes:
        fingerprint: of what it learns from, once that is known.
    """

    def __init__(
        self, run: int, ledger: Ledger, counts: Callable[[RunRecord], bool]
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._counts = counts
        self.fingerprint: str | None = None

    def begin(self, facts: Mapping[str, Any]) -> None:
        self.fingerprint = self._ledger.fingerprint(facts)
        last = self._ledger.last_of(self.fingerprint)
        if last and self._counts(last):
            raise NothingNew(f"run {last.id}, which was {last.state}")

    def permit(self) -> None:
        """Wait for a database that is away, but not for ever."""
        give_up = time.monotonic() + _PATIENCE_S
        while True:
            try:
                if self._ledger.permit(self._run):
                    return
                raise LeaseLost
            except FeedbackError:
                if time.monotonic() > give_up:
                    raise LeaseLost from None
            time.sleep(_AGAIN_S)
