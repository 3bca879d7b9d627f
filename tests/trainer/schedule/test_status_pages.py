"""The scheduler's own pages: alive, ready, and what Prometheus scrapes."""

import re
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from feedback import runs
from feedback.database import Database
from model_store import ModelStore
from tests.support.environment import ROOT
from trainer.schedule.cron import CronSchedule
from trainer.schedule.http import StatusPages, serve
from trainer.schedule.metrics import ScheduleMetrics
from trainer.schedule.status import Status
from trainer.training.epoch_report import EpochReport

BEGAN = datetime(2026, 1, 3, 3, 0, 2, tzinfo=UTC)
DUE = BEGAN - timedelta(seconds=2)


@pytest.fixture
def status() -> Status:
    return Status(datetime.now(UTC), holds_lease=True)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database.at(None, tmp_path / "state")


@pytest.fixture
def pages(status: Status, database: Database, tmp_path: Path) -> StatusPages:
    cron = CronSchedule("0 3 * * *", datetime.now(UTC))
    store = ModelStore(tmp_path / "models", tmp_path / "state")
    return StatusPages(ScheduleMetrics(status, database, cron), store)


@pytest.fixture
def samples(pages: StatusPages) -> Callable[[], dict[str, float]]:
    def samples() -> dict[str, float]:
        text = pages.answer("/metrics")[2].decode()
        return {
            " ".join([sample.name, *sample.labels.values()]): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    return samples


def test_health_is_lost_with_the_loop(pages: StatusPages, status: Status) -> None:
    assert pages.answer("/healthz")[0] == 200
    status.ticked -= timedelta(minutes=4)
    code, _, body = pages.answer("/healthz")
    assert (code, b"does nothing since" in body) == (503, True)


def test_readiness_says_what_is_away(
    pages: StatusPages, status: Status, tmp_path: Path
) -> None:
    assert b'"trains"' in pages.answer("/readyz")[2]
    status.holds_lease = False
    assert b'"stands by"' in pages.answer("/readyz")[2]
    status.fault = "the database cannot be used: no answer"
    code, _, body = pages.answer("/readyz")
    assert (code, b"no answer" in body) == (503, True)
    (tmp_path / "models").write_text("a file where a directory belongs")
    assert b"the store cannot be used" in pages.answer("/readyz")[2]


def test_runs_that_the_database_remembers_are_metrics(
    database: Database, samples: Callable[[], dict[str, float]]
) -> None:
    with database.writing() as connection:
        run = runs.begin(connection, DUE, BEGAN, host="a", token=1)
        assert run
        ended = BEGAN + timedelta(seconds=90)
        runs.change(connection, run, 1, state="refused", ended=ended)
        runs.record_missed(connection, [DUE - timedelta(days=1)])
    found = samples()
    assert found["digits_training_runs_total refused"] == 1
    assert found["digits_training_runs_total missed"] == 1
    assert found["digits_training_runs_total failed"] == 0
    assert found["digits_training_last_success_timestamp_seconds"] == ended.timestamp()
    assert found["digits_training_duration_seconds"] == 90
    assert found["digits_training_lateness_seconds"] == 2
    assert found["digits_training_period_seconds"] == 86_400
    assert found["digits_training_lease_held"] == 1


def test_live_run_is_shown_and_what_is_not_known_is_absent(
    status: Status, samples: Callable[[], dict[str, float]]
) -> None:
    assert "digits_training_epoch" not in samples()
    status.running = 1
    status.epoch = EpochReport(3, 50, 12.5, 0.97, 5000.0, None, 9.0)
    found = samples()
    assert (found["digits_training_running"], found["digits_training_epoch"]) == (1, 3)
    assert found["digits_training_validation_accuracy_ratio"] == 0.97
    assert "digits_training_energy_joules" not in found


def test_metrics_and_their_descriptions_are_the_same(
    status: Status, database: Database, tmp_path: Path
) -> None:
    with database.writing() as connection:
        run = runs.begin(connection, DUE, BEGAN, host="a", token=1)
        assert run
        runs.change(connection, run, 1, state="published", ended=BEGAN)
    status.running = 2
    status.epoch = EpochReport(3, 50, 12.5, 0.97, 5000.0, 1.0, 9.0)
    cron = CronSchedule("0 3 * * *", datetime.now(UTC))
    metrics = ScheduleMetrics(status, database, cron, {"state": tmp_path})
    text = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    part = text.split("\n## Of the schedule\n")[1].split("\n## ")[0]
    described = set(re.findall(r"`(digits_training_\w+?)(?:_total)?[`{]", part))
    assert {metric.name for metric in metrics.collect()} == described


def test_scrape_goes_on_without_the_database(
    tmp_path: Path, samples: Callable[[], dict[str, float]]
) -> None:
    (tmp_path / "state").write_text("a file where a directory belongs")
    found = samples()
    assert found["digits_training_database_up"] == 0
    assert found["digits_training_next_run_timestamp_seconds"] > 0
    assert "digits_training_last_success_timestamp_seconds" not in found


def test_pages_are_answered_over_http(pages: StatusPages) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    serve(pages, "127.0.0.1", port)
    url = f"http://127.0.0.1:{port}"
    assert requests.get(f"{url}/healthz", timeout=10).json() == {"status": "alive"}
    scraped = requests.get(f"{url}/metrics", timeout=10)
    assert scraped.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert requests.get(f"{url}/nothing", timeout=10).status_code == 404
    with pytest.raises(OSError, match="in use"):
        serve(pages, "127.0.0.1", port)
