"""A reporter that also keeps the status, and ends a run whose lease is lost."""

from dataclasses import dataclass
from datetime import UTC, datetime

from trainer.occasion import LeaseLost
from trainer.schedule.status import Status
from trainer.training.epoch_report import EpochReport
from trainer.training.progress import Reporter


@dataclass(frozen=True)
class LiveReporter:
    """Tells what another reporter tells, each line with its time."""

    inner: Reporter
    status: Status

    def say(self, text: str) -> None:
        """A line for a person, after the time in UTC."""
        self.inner.say(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {text}")

    def advance(self, fraction: float) -> None:
        """Called after every batch. Raises LeaseLost."""
        if self.status.lost.is_set():
            raise LeaseLost
        self.inner.advance(fraction)

    def epoch_done(self, report: EpochReport) -> None:
        """Also shown by /metrics."""
        self.status.epoch = report
        self.inner.epoch_done(report)

    def close(self) -> None:
        """The fit is over."""
        self.inner.close()
