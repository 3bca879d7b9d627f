"""What a scrape of the scheduler shows: its status, and what the database remembers.

Counts come from the database, so that they outlive this process and are the same from
each scheduler: take their maximum, not their sum.
"""

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from feedback import runs
from feedback.database import Database
from feedback.errors import FeedbackError
from feedback.runs import RunRecord
from trainer.schedule.cron import CronSchedule
from trainer.schedule.status import Status


@dataclass(frozen=True, eq=False)  # a registry wants to hash it
class ScheduleMetrics(Collector):
    """Everything that is known at this moment; what is not known is absent.

    volumes: the directories whose disks may fill up, by a name for each.
    """

    status: Status
    database: Database
    cron: CronSchedule
    volumes: Mapping[str, Path] = field(default_factory=dict)

    def collect(self) -> Iterator[Metric]:
        yield from self._status()
        yield from self._epoch()
        yield from self._volumes()
        try:
            with self.database.reading() as connection:
                counts = runs.counts(connection)
                last = runs.newest(connection, 1, *runs.OUTCOMES[:-1])
                good = runs.newest(connection, 1, *_SUCCESS)
                failures = runs.failures_in_a_row(connection)
        except FeedbackError:
            yield _gauge("database_up", "Whether the database answers.", 0)
            return
        yield _gauge("database_up", "Whether the database answers.", 1)
        yield _gauge(
            "failures_in_a_row",
            "How many of the last runs failed, were lost or refused, up to now.",
            failures,
        )
        yield from _remembered(counts, last, good)

    def _status(self) -> Iterator[Metric]:
        status = self.status
        now = datetime.now(UTC)
        first = self.cron.next_after(now)
        period = self.cron.next_after(first.astimezone(UTC)) - first
        yield _gauge(
            "next_run_timestamp_seconds",
            "When the schedule trains next.",
            first.timestamp(),
        )
        yield _gauge(
            "period_seconds",
            "From the next moment of the schedule to the one after it.",
            period.total_seconds(),
        )
        yield _gauge(
            "lease_held",
            "Whether this scheduler is the one that trains.",
            float(status.holds_lease),
        )
        lost = CounterMetricFamily(
            "digits_training_leases_lost",
            "How often another scheduler took over during a run.",
        )
        lost.add_metric([], status.leases_lost)
        yield lost
        yield _gauge(
            "running", "Whether a run is under way.", float(status.running is not None)
        )

    def _volumes(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(
            "digits_training_volume_free_ratio",
            "The share of a directory's disk that is free, 0 to 1.",
            labels=["volume"],
        )
        for name, path in self.volumes.items():
            with contextlib.suppress(OSError):  # not made yet
                usage = shutil.disk_usage(path)
                family.add_metric([name], usage.free / usage.total)
        if family.samples:
            yield family

    def _epoch(self) -> Iterator[Metric]:
        epoch = self.status.epoch
        if epoch is None:
            return
        for name, text, value in (
            ("epoch", "The epoch of the run under way that ended last.", epoch.epoch),
            ("epochs", "How many epochs that run has.", epoch.epochs),
            ("cost", "The loss summed over the training rows.", epoch.cost),
            ("validation_accuracy_ratio", "The share of the held-out rows read right.",
             epoch.validation_accuracy),
            ("energy_joules", "The energy of that run so far.", epoch.joules),
        ):  # fmt: skip
            if value is not None:
                yield _gauge(name, text, value)


# A run that found nothing new has done its work, too: the schedule is not late.
_SUCCESS = (runs.PUBLISHED, runs.REFUSED, "skipped")


def _remembered(
    counts: dict[str, int], last: list[RunRecord], good: list[RunRecord]
) -> Iterator[Metric]:
    family = CounterMetricFamily(
        "digits_training_runs",
        "Runs of the schedule by how they ended, of all schedulers ever.",
        labels=["outcome"],
    )
    for outcome in runs.OUTCOMES:
        family.add_metric([outcome], counts.get(outcome, 0))
    yield family
    if good and good[0].ended:
        yield _gauge(
            "last_success_timestamp_seconds",
            "When a run last ended without a fault, published or not.",
            good[0].ended.timestamp(),
        )
    if not last:
        return
    run = last[0]
    if run.seconds is not None:
        yield _gauge("duration_seconds", "How long the last run took.", run.seconds)
    if run.due and run.started:
        text, late = "From the last run's moment to its start.", run.started - run.due
        yield _gauge("lateness_seconds", text, late.total_seconds())


def _gauge(name: str, text: str, value: float) -> Metric:
    family = GaugeMetricFamily(f"digits_training_{name}", text)
    family.add_metric([], value)
    return family
