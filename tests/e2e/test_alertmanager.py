"""Three alerts end to end: the thing breaks, Prometheus sees it, Alertmanager has it.

The queries of the dashboard are asked of the same Prometheus.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from feedback import runs
from feedback.database import Database
from model_store import Card, ModelStore, Network
from model_store.reference import CONFIDENCE_BOUNDS, INK_BOUNDS, Reference, Shares
from tests.e2e.alertmanager import Alertmanager, alerting
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.environment import ROOT, without_settings
from tests.support.installation import Installation, Service, free_port
from tests.support.waiting import ended, wait_until


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alerting")


@pytest.fixture(scope="module")
def place(scratch: Path) -> Installation:
    """A store whose version is unsure of everything, and was sure in its test."""
    rng = np.random.default_rng(0)
    weights = rng.normal(0, 0.001, (784, 10)).astype(np.float32)
    network = Network((weights,), (np.zeros(10, np.float32),), ("softmax",))
    sure = Shares.of([1.0] * 100, CONFIDENCE_BOUNDS)
    reference = Reference((10,) * 10, sure, Shares.of([0.1] * 100, INK_BOUNDS))
    card = Card(
        created="2026-01-02T03:04:05+00:00",
        layers=[784, 10],
        activations=["softmax"],
        loss="cross-entropy",
        data={"source": "embedded"},
        metrics={"reference": reference.to_dict()},
        energy={"joules": 100.0, "source": "estimate", "seconds": 1.0},
    )
    place = Installation(scratch)
    ModelStore(place.store, scratch / "state").publish(network, card)
    return place


@pytest.fixture(scope="module")
def service(place: Installation) -> Iterator[Service]:
    with place.serving() as service:
        wait_until("the service is ready", service.is_ready)
        yield service


@pytest.fixture(scope="module")
def trainer_url(scratch: Path, place: Installation) -> Iterator[str]:
    """A scheduler that failed in the last two nights; its first run fails as well."""
    port = free_port()
    with Database.at(None, scratch / "state").writing() as connection:
        for night, state in ((1, "published"), (2, "failed"), (3, "failed")):
            due = datetime(2026, 1, night, 3, tzinfo=UTC)
            run = runs.begin(connection, due, due, host="a", token=0)
            assert run
            runs.change(connection, run, 0, state=state, ended=due)
    command = [
        sys.executable, "-m", "trainer", "schedule", "--cron", "0 3 1 1 *",
        "--train", "gone.csv", "--port", str(port),
    ]  # fmt: skip
    settings = {
        "DIGITS_STORE": str(place.store),
        "DIGITS_STATE": str(scratch / "state"),
    }
    environ = {**without_settings(), **settings, "PYTHONPATH": str(ROOT)}
    with (scratch / "trainer.log").open("w") as log:
        process = subprocess.Popen(command, env=environ, cwd=scratch, stderr=log)
    with ended(process):
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="module")
def alertmanager(
    scratch: Path, service: Service, trainer_url: str
) -> Iterator[Alertmanager]:
    need_tools()
    with alerting(scratch, service.url, trainer_url) as alertmanager:
        yield alertmanager


def test_confidence_that_drifts_opens_a_ticket(
    alertmanager: Alertmanager, service: Service
) -> None:
    def drifted() -> bool:
        for i in range(20):
            assert service.predict(digits.picture(i % 10)).ok
        return "DigitsConfidenceDrift" in alertmanager.alerts()

    wait_until("the drift has come", drifted)
    alert = alertmanager.wait_for("DigitsConfidenceDrift")
    assert alert["labels"]["model_version"] == "1"
    assert [receiver["name"] for receiver in alert["receivers"]] == ["ticket"]
    assert alert["annotations"]["runbook_url"].endswith("#digitsconfidencedrift")


def test_training_that_fails_three_times_opens_a_ticket(
    alertmanager: Alertmanager,
) -> None:
    alert = alertmanager.wait_for("DigitsTrainingFails")
    assert "3 trainings" in alert["annotations"]["summary"]
    assert [receiver["name"] for receiver in alert["receivers"]] == ["ticket"]


DASHBOARD = json.loads((ROOT / "deploy/grafana/digits.json").read_text())
QUERIES = [t["expr"] for panel in DASHBOARD["panels"] for t in panel.get("targets", [])]


@pytest.mark.parametrize("query", QUERIES)
def test_query_of_the_dashboard_has_something_to_show(
    alertmanager: Alertmanager, service: Service, query: str
) -> None:
    def shows() -> bool:
        service.predict(digits.picture(3))
        return bool(alertmanager.prometheus.query(query))

    wait_until(f"{query} has data", shows)


def test_service_that_is_down_pages(
    alertmanager: Alertmanager, service: Service
) -> None:
    assert "DigitsDown" not in alertmanager.alerts()
    service.process.terminate()
    alert = alertmanager.wait_for("DigitsDown")
    assert [receiver["name"] for receiver in alert["receivers"]] == ["page"]
