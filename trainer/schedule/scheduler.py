"""The loop of a schedule: hold the lease, see what is due, do it, write it down."""

import contextlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from feedback.errors import FeedbackError
from feedback.runs import LOST, RunRecord
from trainer.occasion import LeaseLost, NothingNew, Occasion
from trainer.schedule.cron import CronSchedule
from trainer.schedule.ledger import CATCH_UP, Ledger
from trainer.schedule.live_reporter import LiveReporter
from trainer.schedule.scheduled import Scheduled
from trainer.schedule.status import beating

BEAT_S: Final = 20.0


@dataclass(frozen=True)
class Ended:
    """What came of a run: one of the states of feedback/runs.py, and its facts."""

    state: str
    facts: Mapping[str, Any]


class Work(Protocol):
    """What the schedule is there for."""

    def run(self, occasion: Occasion) -> Ended:
        """Do it. Raises LeaseLost, NothingNew, and what is to end the program."""

    def is_wanted_at_once(self) -> bool:
        """Whether it is, when the lease is held for the first time."""

    def watch(self) -> str | None:
        """Called at each turn with the lease; what was done, if anything."""

    def still_counts(self, run: RunRecord) -> bool:
        """Whether what an earlier run did is still there, so need not be done."""


class Scheduler:
    """Does the work whenever it is due, as long as no other scheduler does."""

    def __init__(
        self, cron: CronSchedule, ledger: Ledger, work: Work, reporter: LiveReporter
    ) -> None:
        self._cron = cron
        self._ledger = ledger
        self._now = ledger.clock
        self._work = work
        self._say = reporter.say
        self._status = reporter.status
        self._is_prepared = self._had_lease = False
        self._told = ""
        self._unwritten: list[tuple[int, Ended]] = []  # while the database was away

    def run_forever(self) -> None:
        """Until a signal ends it; the lease is then given back."""
        try:
            while True:
                time.sleep(self.turn())
        finally:
            with contextlib.suppress(FeedbackError):
                self._ledger.release()

    def turn(self) -> float:
        """Do what is due, if anything is; the seconds until the next turn."""
        self._status.ticked = self._now()
        try:
            self._do_what_is_due()
        except FeedbackError as error:
            self._status.fault = str(error)
            self._tell(f"nothing is trained: {error}")
        now = self._now()
        return min(BEAT_S, (self._cron.next_after(now) - now).total_seconds())

    def _do_what_is_due(self) -> None:
        if not self._has_lease():
            return
        self._write_down()
        if done := self._work.watch():
            self._say(done)
        self._make_up()
        if self._status.holds_lease:  # it may have been lost in the run above
            self._follow_schedule()

    def _has_lease(self) -> bool:
        if not self._is_prepared:
            self._ledger.prepare()
            self._is_prepared = True
        other = self._ledger.claim()
        self._status.fault = ""
        self._status.holds_lease = other is None
        if other:
            self._tell(f"another scheduler trains ({other}): this one stands by")
        return other is None

    def _make_up(self) -> None:
        """Do what the schedule does not name: a first run, or one that was lost."""
        wanted = [run for run in self._ledger.left_behind() if self._is_wanted(run)]
        if wanted or (not self._had_lease and self._work.is_wanted_at_once()):
            self._run(None)
        self._had_lease = True

    def _follow_schedule(self) -> None:
        due = self._ledger.due(self._cron)
        if due.missed:
            last = due.missed[-1].isoformat()
            self._say(f"missed {len(due.missed)} moments, the last at {last}")
        if due.moment:
            self._run(due.moment)
        if self._status.holds_lease:
            following = self._cron.next_after(self._now())
            self._tell(f"next training at {following:%Y-%m-%d %H:%M %Z}")

    def _is_wanted(self, lost: RunRecord) -> bool:
        """A run that its host lost is done again, once, if it is not too old."""
        self._say(f"run {lost.id} of {lost.host} did not end: its scheduler went away")
        return lost.due is not None and self._now() - lost.due <= CATCH_UP

    def _run(self, due: datetime | None) -> None:
        run = self._ledger.begin(due)
        if run is None:
            return
        self._say(f"run={run} due={due.isoformat() if due else '-'} outcome=begun")
        self._status.running, stop = run, threading.Event()
        self._status.lost.clear()
        heart = beating(self._beat, BEAT_S, stop)
        ended = Ended("stopped", {})
        try:
            ended = self._done(run)
        except Exception as error:
            ended = Ended("failed", {"error": f"{type(error).__name__}: {error}"})
            raise
        finally:
            stop.set()
            heart.join()
            self._status.running = self._status.epoch = None
            self._say(_line(run, ended))
            self._unwritten.append((run, ended))
            with contextlib.suppress(FeedbackError):  # else at the next turn
                self._write_down()

    def _done(self, run: int) -> Ended:
        occasion = Scheduled(run, self._ledger, self._work.still_counts)
        try:
            ended = self._work.run(occasion)
        except NothingNew as error:
            ended = Ended("skipped", {"verdict": str(error)})
        except LeaseLost as error:
            self._status.holds_lease = False
            self._status.leases_lost += 1
            ended = Ended(LOST, {"error": str(error)})
        return Ended(ended.state, {"fingerprint": occasion.fingerprint, **ended.facts})

    def _write_down(self) -> None:
        while self._unwritten:
            run, ended = self._unwritten[0]
            self._ledger.end(run, ended.state, **ended.facts)
            del self._unwritten[0]

    def _beat(self) -> None:
        """Keep the lease while a run is under way; a database may come back."""
        try:
            if not self._ledger.renew():
                self._status.lost.set()
            self._status.fault = ""
        except FeedbackError as error:
            self._status.fault = str(error)
        self._status.ticked = self._now()

    def _tell(self, text: str) -> None:
        """Say it, unless that was the last thing said so."""
        if text != self._told:
            self._say(text)
        self._told = text


def _line(run: int, ended: Ended) -> str:
    """key=value pairs, for people and for programs."""
    facts = {"run": run, "outcome": ended.state, **ended.facts}
    facts.pop("fingerprint", None)
    return " ".join(f"{k}={_quoted(v)}" for k, v in facts.items() if v is not None)


def _quoted(value: Any) -> str:
    text = str(value).replace("\n", " ").replace('"', "'")
    return f'"{text}"' if " " in text else text
