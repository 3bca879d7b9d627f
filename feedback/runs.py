"""The runs of the trainer's schedule: what was due, and what became of it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from feedback.tables import runs

RUNNING: Final = "running"
PUBLISHING: Final = "publishing"
MISSED: Final = "missed"
LOST: Final = "lost"
PUBLISHED: Final = "published"
REFUSED: Final = "refused"
SKIPPED: Final = "skipped"
# How a run can end; `lost`: its host died, or another one took over.
OUTCOMES: Final = (
    PUBLISHED, REFUSED, SKIPPED, "failed", "stopped", LOST, MISSED,
)  # fmt: skip
_R = runs.c
_UNFINISHED = _R.state.in_([RUNNING, PUBLISHING])


@dataclass(frozen=True)
class RunRecord:
    """A row of the table `runs`; see feedback/tables.py."""

    id: int
    due: datetime | None
    started: datetime | None
    ended: datetime | None
    state: str
    host: str | None
    token: int | None
    fingerprint: str | None
    version: int | None
    verdict: str | None
    error: str | None
    joules: float | None

    @property
    def seconds(self) -> float | None:
        """How long it took; None if it did not begin, or has not ended."""
        if self.started is None or self.ended is None:
            return None
        return (self.ended - self.started).total_seconds()

    def to_dict(self) -> dict[str, Any]:
        """The run for JSON."""
        moments = {
            name: moment and moment.isoformat(timespec="seconds")
            for name in ("due", "started", "ended")
            for moment in [getattr(self, name)]
        }
        return {**asdict(self), **moments, "seconds": self.seconds}


def begin(
    connection: Connection, due: datetime | None, started: datetime, **facts: Any
) -> int | None:
    """The id of a run that begins now; None if there is one for that moment already.

    facts: host and token. due: None for a run that the schedule did not name.
    """
    if due is not None and connection.scalar(select(_R.id).where(_R.due == due)):
        return None
    row = {"due": due, "started": started, "state": RUNNING, **facts}
    run: int = connection.scalars(insert(runs).values(row).returning(_R.id)).one()
    return run


def change(connection: Connection, run: int, token: int, **values: Any) -> bool:
    """Change a run that has not ended; False if it has, or is another owner's."""
    ours = (_R.id == run, _R.token == token, _UNFINISHED)
    return connection.execute(update(runs).where(*ours).values(values)).rowcount == 1


def record_missed(connection: Connection, moments: Iterable[datetime]) -> None:
    """Note that nothing was done at these moments."""
    for due in moments:
        if not connection.scalar(select(_R.id).where(_R.due == due)):
            connection.execute(insert(runs).values(due=due, state=MISSED))


def give_up(connection: Connection, token: int, now: datetime) -> list[RunRecord]:
    """Mark as lost what owners of earlier tokens have left unfinished."""
    theirs = (_UNFINISHED, _R.token < token)
    left = [_record(row) for row in connection.execute(select(runs).where(*theirs))]
    ended = {"state": LOST, "ended": now, "error": "its scheduler went away"}
    connection.execute(update(runs).where(*theirs).values(ended))
    return left


def last_due(connection: Connection) -> datetime | None:
    """The newest moment of the schedule that has a row."""
    newest: datetime | None = connection.scalar(
        select(_R.due).where(_R.due.is_not(None)).order_by(_R.due.desc()).limit(1)
    )
    return newest


def newest(connection: Connection, most: int, *states: str) -> list[RunRecord]:
    """The last runs, of these states if any are given, the newest first."""
    query = select(runs).order_by(_R.id.desc()).limit(most)
    if states:
        query = query.where(_R.state.in_(states))
    return [_record(row) for row in connection.execute(query)]


def failures_in_a_row(connection: Connection) -> int:
    """How many runs have failed, or were refused or lost, since one that was not."""
    good = select(func.max(_R.id)).where(_R.state.in_([PUBLISHED, SKIPPED]))
    after = func.coalesce(good.scalar_subquery(), 0)
    bad = (_R.id > after, _R.state.in_(["failed", REFUSED, LOST]))
    return connection.scalar(select(func.count()).where(*bad)) or 0


def counts(connection: Connection) -> dict[str, int]:
    """How many runs there are of each state."""
    query = select(_R.state, func.count().label("runs")).group_by(_R.state)
    return {row.state: row.runs for row in connection.execute(query)}


def _record(row: Any) -> RunRecord:
    return RunRecord(**row._mapping)
