"""The schedule's part of the database: the lease, and a row for each due moment."""

import hashlib
import json
import socket
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from feedback import leases, runs
from feedback.database import Database
from feedback.errors import SchemaBehind
from feedback.leases import Lease
from feedback.runs import RunRecord
from trainer.schedule.cron import CronSchedule

CATCH_UP: Final = timedelta(hours=12)
_LEASE: Final = "training"
_MOST_MISSED: Final = 1000  # a schedule of each minute, after a year

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The time of this host."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Due:
    """What is to be done now: a run for a moment, and moments that went by."""

    moment: datetime | None
    missed: list[datetime]


class Ledger:
    """What one scheduler reads and writes; every method raises FeedbackError.

    code: which build of the trainer this is.

    Attributes:
        clock: what it takes for the time.
        owner: this scheduler, as leases name it.
        lease: the one that it has, or had; None before the first.
    """

    def __init__(
        self, database: Database, code: str = "", clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._code = code
        self.clock = clock
        self._began = clock()
        self.host = socket.gethostname()
        self.owner = f"{self.host} {uuid.uuid4().hex[:12]}"
        self.lease: Lease | None = None

    def prepare(self) -> None:
        """Bring tables of an earlier release, or none, to those of this one."""
        try:
            with self._database.reading():
                return
        except SchemaBehind as behind:
            if behind.found and behind.found > behind.needed:
                raise
        self._database.migrate()

    def claim(self) -> str | None:
        """Take the lease, or renew it; if another scheduler has it, who that is."""
        with self._database.writing() as connection:
            self.lease = leases.claim(connection, _LEASE, self.owner, self.clock())
            other = leases.current(connection, _LEASE)
        return other.owner if other and not self.lease else None

    def renew(self) -> bool:
        """Keep the lease; False if another scheduler has it."""
        if self.lease is None:
            return False
        with self._database.writing() as connection:
            return leases.renew(connection, self.lease, self.clock())

    def release(self) -> None:
        """Let another scheduler begin at once."""
        if self.lease:
            with self._database.writing() as connection:
                leases.release(connection, self.lease, self.clock())
            self.lease = None

    def left_behind(self) -> list[RunRecord]:
        """The runs that schedulers which are gone have not ended; lost from now on."""
        with self._database.writing() as connection:
            return runs.give_up(connection, self._token, self.clock())

    def due(self, cron: CronSchedule) -> Due:
        """The newest moment that has no row yet, if it is not too long ago.

        The moments before it are recorded as missed. Before the first row nothing was
        due, except since this scheduler started.
        """
        now = self.clock()
        with self._database.writing() as connection:
            since = runs.last_due(connection) or self._began
            moments = (moment.astimezone(UTC) for moment in cron.between(since, now))
            passed = list(deque(moments, maxlen=_MOST_MISSED))
            newest = passed.pop() if passed and now - passed[-1] <= CATCH_UP else None
            runs.record_missed(connection, passed)
        return Due(newest, passed)

    def begin(self, due: datetime | None) -> int | None:
        """The id of a run; None if another scheduler has begun it, or has the lease."""
        facts = {"host": self.host, "token": self._token}
        with self._database.writing() as connection:
            if not (self.lease and leases.renew(connection, self.lease, self.clock())):
                return None
            return runs.begin(connection, due, self.clock(), **facts)

    def permit(self, run: int) -> bool:
        """Whether the lease is ours still; the run is then marked as publishing."""
        if self.lease is None:
            return False
        with self._database.writing() as connection:
            held = leases.renew(connection, self.lease, self.clock())
            return held and runs.change(
                connection, run, self._token, state=runs.PUBLISHING
            )

    def end(self, run: int, state: str, **facts: Any) -> None:
        """Write down what came of a run, unless another scheduler gave it up."""
        with self._database.writing() as connection:
            ended = {"state": state, "ended": self.clock(), **facts}
            runs.change(connection, run, self._token, **ended)

    def fingerprint(self, facts: Mapping[str, Any]) -> str:
        """A digest of all that a run would learn from, and of how; not of its seed."""
        lasting = {name: fact for name, fact in facts.items() if name != "seed"}
        text = json.dumps([self._code, lasting], sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    def last_of(self, fingerprint: str) -> RunRecord | None:
        """The last run that learnt, or was refused, if it had that fingerprint."""
        states = (runs.PUBLISHED, runs.REFUSED)
        with self._database.reading() as connection:
            last = runs.newest(connection, 1, *states)
        return last[0] if last and last[0].fingerprint == fingerprint else None

    @property
    def _token(self) -> int:
        return self.lease.token if self.lease else 0
