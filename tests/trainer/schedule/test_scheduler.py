"""Schedulers that share a database: one trains at a time, and nothing is done twice."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from feedback import runs
from feedback.database import Database
from feedback.errors import DatabaseAway
from feedback.runs import RunRecord
from trainer.occasion import LeaseLost, Occasion
from trainer.schedule.cron import CronSchedule
from trainer.schedule.ledger import Ledger
from trainer.schedule.live_reporter import LiveReporter
from trainer.schedule.scheduler import Ended, Scheduler
from trainer.schedule.status import Status
from trainer.training.progress import SilentReporter

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
NIGHTLY = CronSchedule("0 3 * * *", NOON)


@dataclass
class Clock:
    """A clock that the test sets."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(f"{text}+00:00")


@dataclass
class Training:
    """Work that notes its runs; `during` happens in the middle of each."""

    facts: dict[str, object] = field(default_factory=lambda: {"rows": 1, "seed": 7})
    begun: int = 0
    published: int = 0
    wanted_at_once: bool = False
    kept: bool = True
    during: Callable[[], None] = lambda: None
    watched: str | None = None

    def run(self, occasion: Occasion) -> Ended:
        self.begun += 1
        occasion.begin(self.facts)
        self.during()
        occasion.permit()
        self.published += 1
        return Ended("published", {"version": self.published, "verdict": "better"})

    def is_wanted_at_once(self) -> bool:
        return self.wanted_at_once

    def watch(self) -> str | None:
        return self.watched

    def still_counts(self, run: RunRecord) -> bool:
        return self.kept


class Lines(SilentReporter):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


@dataclass
class Host:
    """A scheduler, what it does, what it says and how it stands."""

    training: Training
    scheduler: Scheduler
    ledger: Ledger
    reporter: LiveReporter
    said: Lines

    @property
    def status(self) -> Status:
        return self.reporter.status


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.at(None, tmp_path / "state")


@pytest.fixture
def new_host(database: Database, clock: Clock) -> Callable[..., Host]:
    """Another scheduler on the same database, as on another machine."""

    def new_host(code: str = "", **training: object) -> Host:
        work, said = Training(**training), Lines()  # type: ignore[arg-type]
        ledger = Ledger(database, code, clock)
        reporter = LiveReporter(said, Status(clock()))
        scheduler = Scheduler(NIGHTLY, ledger, work, reporter)
        return Host(work, scheduler, ledger, reporter, said)

    return new_host


def states(database: Database) -> list[str]:
    with database.reading() as connection:
        return [run.state for run in runs.newest(connection, 100)][::-1]


def test_run_is_done_once_at_its_moment(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    host = new_host()
    assert host.scheduler.turn() == 20
    assert "next training at 2026-01-03 03:00 UTC" in host.said.lines[-1]
    clock.set("2026-01-03 02:59:50")
    assert host.scheduler.turn() == 10
    clock.set("2026-01-03 03:00:00")
    for _ in range(3):
        host.scheduler.turn()
    assert (host.training.published, states(database)) == (1, ["published"])
    with database.reading() as connection:
        [run] = runs.newest(connection, 1)
    assert (run.due, run.version, run.verdict) == (clock(), 1, "better")
    [line] = [line for line in host.said.lines if "outcome=published" in line]
    assert "run=1 outcome=published version=1 verdict=better" in line


def test_what_ended_between_two_runs_is_said(new_host: Callable[..., Host]) -> None:
    host = new_host(watched="version 1 is pinned")
    host.scheduler.turn()
    assert host.said.lines[0].endswith(" version 1 is pinned")


def test_of_two_schedulers_one_trains_and_the_other_stands_by(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    one, two = new_host(), new_host()
    for text in ("2026-01-03 02:59:59", "2026-01-03 03:00:00", "2026-01-03 03:00:20"):
        clock.set(text)
        one.scheduler.turn()
        two.scheduler.turn()
    assert (one.training.published, two.training.begun) == (1, 0)
    assert "this one stands by" in two.said.lines[0]
    assert len(two.said.lines) == 1
    assert [one.status.holds_lease, two.status.holds_lease] == [True, False]


def test_scheduler_that_went_away_is_replaced_and_its_run_done_again_once(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    class KilledError(BaseException):
        pass

    def killed() -> None:
        clock.now += timedelta(minutes=2)
        raise KilledError

    one, two = new_host(during=killed), new_host(facts={"rows": 2})
    clock.set("2026-01-03 03:00:00")
    one.ledger.end = lambda *_, **__: None  # type: ignore[method-assign]
    with pytest.raises(KilledError):
        one.scheduler.turn()
    assert states(database) == ["running"]
    for _ in range(3):
        two.scheduler.turn()
    assert states(database) == ["lost", "published"]
    assert "run 1 of" in two.said.lines[0]


def test_frozen_scheduler_publishes_nothing_when_it_wakes_up(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    other = new_host(facts={"rows": 2})

    def frozen_for_two_minutes() -> None:
        clock.now += timedelta(minutes=2)
        other.scheduler.turn()

    host = new_host(during=frozen_for_two_minutes)
    clock.set("2026-01-03 03:00:00")
    host.scheduler.turn()
    assert (host.training.published, other.training.published) == (0, 1)
    assert states(database) == ["lost", "published"]
    assert (host.status.leases_lost, host.status.holds_lease) == (1, False)
    assert "next training" not in host.said.lines[-1]
    assert host.ledger.begin(None) is None
    host.scheduler.turn()
    assert "this one stands by" in host.said.lines[-1]


def test_lease_that_ended_but_that_nobody_took_is_kept(
    new_host: Callable[..., Host], clock: Clock
) -> None:
    def slept() -> None:
        clock.now += timedelta(minutes=10)

    host = new_host(during=slept)
    clock.set("2026-01-03 03:00:00")
    host.scheduler.turn()
    assert host.training.published == 1


def test_scheduler_that_ends_lets_the_next_one_begin_at_once(
    new_host: Callable[..., Host], clock: Clock
) -> None:
    one, two = new_host(), new_host()
    one.scheduler.turn()
    one.ledger.release()
    clock.set("2026-01-03 03:00:00")
    two.scheduler.turn()
    assert two.training.published == 1


@pytest.mark.parametrize(
    ("woken", "done"),
    [
        ("2026-01-08 09:00:00", ["missed"] * 5 + ["published"]),  # 6 h late
        ("2026-01-08 16:00:00", ["missed"] * 6),  # 13 h late
    ],
)
def test_of_missed_moments_the_newest_is_made_up_for_within_12_hours(
    new_host: Callable[..., Host],
    clock: Clock,
    database: Database,
    woken: str,
    done: list[str],
) -> None:
    late = new_host()
    late.scheduler.turn()
    clock.set(woken)
    late.scheduler.turn()
    late.scheduler.turn()
    assert states(database) == done


def test_clock_that_is_set_back_repeats_no_run(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    host = new_host()
    clock.set("2026-01-03 03:00:00")
    host.scheduler.turn()
    clock.set("2026-01-03 01:00:00")
    host.scheduler.turn()
    clock.set("2026-01-03 03:00:10")
    host.scheduler.turn()
    assert states(database) == ["published"]


def test_run_that_would_learn_nothing_new_is_skipped_and_says_so(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    host = new_host()
    for day in (3, 4, 5):
        clock.set(f"2026-01-0{day} 03:00:00")
        host.training.facts["seed"] = day  # drawn anew each time
        host.scheduler.turn()
    assert states(database) == ["published", "skipped", "skipped"]
    assert "the same data, corrections, settings and code as run 1" in str(
        host.said.lines
    )
    clock.set("2026-01-06 03:00:00")
    host.training.facts["rows"] = 2
    host.scheduler.turn()
    clock.set("2026-01-07 03:00:00")
    host.training.kept = False  # its version was withdrawn
    host.scheduler.turn()
    assert states(database)[3:] == ["published", "published"]


def test_other_code_learns_anew(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    host = new_host("a")
    clock.set("2026-01-06 03:00:00")
    host.scheduler.turn()
    host.ledger.release()
    for code, expected in (("a", "skipped"), ("b", "published")):
        clock.now += timedelta(days=1)
        host = new_host(code)
        host.scheduler.turn()
        host.ledger.release()
        assert states(database)[-1] == expected


def test_run_at_once_is_outside_the_schedule(
    new_host: Callable[..., Host], database: Database
) -> None:
    host = new_host(wanted_at_once=True)
    for _ in range(2):
        host.scheduler.turn()
    with database.reading() as connection:
        [run] = runs.newest(connection, 10)
    assert (run.due, run.state) == (None, "published")


def test_run_that_fails_unexpectedly_is_written_down_and_ends_the_program(
    new_host: Callable[..., Host], clock: Clock, database: Database
) -> None:
    def broken() -> None:
        raise ZeroDivisionError("a fault of ours")

    host = new_host(during=broken)
    clock.set("2026-01-03 03:00:00")
    with pytest.raises(ZeroDivisionError):
        host.scheduler.turn()
    with database.reading() as connection:
        [run] = runs.newest(connection, 1)
    assert (run.state, run.error) == ("failed", "ZeroDivisionError: a fault of ours")


def test_database_that_is_away_is_told_once_and_followed_when_it_is_back(
    new_host: Callable[..., Host],
    clock: Clock,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = new_host()

    def away(self: Database) -> None:
        raise DatabaseAway("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(Database, "writing", away)
        clock.set("2026-01-03 03:00:00")
        for _ in range(3):
            host.scheduler.turn()
        assert "no answer" in host.status.fault
        assert len(host.said.lines) == 1
        assert "nothing is trained" in host.said.lines[0]
    host.scheduler.turn()
    assert (host.status.fault, states(database)) == ("", ["published"])


def test_outcome_is_written_down_when_the_database_is_back(
    new_host: Callable[..., Host],
    clock: Clock,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = new_host()
    real = host.ledger.end

    def away(*_: object, **__: object) -> None:
        raise DatabaseAway("no answer")

    host.ledger.end = away  # type: ignore[method-assign]
    clock.set("2026-01-03 03:00:00")
    host.scheduler.turn()
    assert states(database) == ["publishing"]
    host.ledger.end = real  # type: ignore[method-assign]
    host.scheduler.turn()
    assert states(database) == ["published"]


def test_batch_after_a_lost_lease_ends_the_run(new_host: Callable[..., Host]) -> None:
    reporter = new_host().reporter
    reporter.advance(0.5)
    reporter.status.lost.set()
    with pytest.raises(LeaseLost):
        reporter.advance(0.6)
