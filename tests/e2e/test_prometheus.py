"""A real Prometheus reads the metrics, and finds every request that was sent."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.prometheus import CONFIG, Prometheus, scraping
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until

COUNTED = "digits_predictions_total{"
SENT = 'sum(digits_http_requests_total{route="/predict",method="POST",code="200"})'
PREDICTED = "sum(digits_predictions_total)"
ALWAYS = [
    "digits_http_requests_total",
    "digits_http_request_duration_seconds_bucket",
    "digits_predictions_total",
    "digits_prediction_confidence_count",
    "digits_model_info",
    "digits_model_loads_total",
    "digits_prediction_cpu_seconds_count",
    "digits_model_test_accuracy_ratio",
    "digits_model_training_duration_seconds",
]
WITH_AN_ENERGY_SOURCE = [
    "digits_prediction_energy_joules_count",
    "digits_process_energy_joules_total",
    "digits_energy_source_info",
    "digits_model_training_energy_joules",
    'digits_model_training_bulb_seconds{bulb_watts="28"}',
]


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, first_store: Path
) -> Iterator[Service]:
    """A service with two workers and the estimate as its energy source."""
    place = Installation(tmp_path_factory.mktemp("measured"))
    shutil.copytree(first_store, place.store)
    with place.serving(DIGITS_ENERGY_SOURCE="estimate") as service:
        wait_until("the service is ready", service.is_ready)
        yield service


@pytest.fixture(scope="module")
def sender(service: Service) -> "Sender":
    """The only one who asks that service for predictions."""
    return Sender(service)


@pytest.fixture(scope="module")
def prometheus(
    service: Service, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """A Prometheus that scrapes it."""
    need_tools()
    with scraping(service.url, tmp_path_factory.mktemp("prometheus")) as prometheus:
        yield prometheus


@dataclass
class Sender:
    """Sends predictions and counts them."""

    service: Service
    sent: int = 0

    def send(self, count: int) -> None:
        """Send so many more, each on a connection of its own."""
        for i in range(count):
            assert self.service.predict(digits.picture(i % 10)).ok
            self.sent += 1


def test_configuration_is_valid() -> None:
    need_tools()
    subprocess.run(["promtool", "check", "config", CONFIG], check=True)


@pytest.mark.parametrize("name", ALWAYS + WITH_AN_ENERGY_SOURCE)
def test_metric_arrives(sender: Sender, prometheus: Prometheus, name: str) -> None:
    sender.send(1)
    wait_until(f"{name} is scraped", lambda: prometheus.query(name))


def test_every_request_is_counted_once(sender: Sender, prometheus: Prometheus) -> None:
    sender.send(60)
    prometheus.wait_for(SENT, sender.sent)
    prometheus.wait_for(PREDICTED, sender.sent)


def test_scrape_sees_every_answer_already_received(sender: Sender) -> None:
    for _ in range(10):
        sender.send(3)
        page = sender.service.get("/metrics").text
        lines = [line for line in page.splitlines() if line.startswith(COUNTED)]
        assert sum(float(line.rsplit(" ", 1)[1]) for line in lines) == sender.sent


def test_counters_outlive_killed_workers(
    sender: Sender, prometheus: Prometheus
) -> None:
    for _ in range(3):
        sender.send(20)
        _replace_a_worker(sender.service)
    sender.send(20)
    prometheus.wait_for(SENT, sender.sent)
    prometheus.wait_for(PREDICTED, sender.sent)


def test_promtool_finds_no_fault_in_the_metrics(sender: Sender) -> None:
    need_tools()
    sender.send(1)
    lint = subprocess.run(
        ["promtool", "check", "metrics"],
        input=sender.service.get("/metrics").text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (lint.returncode, lint.stderr) == (0, "")


def _replace_a_worker(service: Service) -> None:
    """Kill -9 one, and wait for the one that takes its place."""
    killed, *others = service.workers()
    os.kill(killed, signal.SIGKILL)
    wait_until(
        "a new worker",
        lambda: (
            killed not in service.workers()
            and len(service.workers()) == len(others) + 1
        ),
    )
