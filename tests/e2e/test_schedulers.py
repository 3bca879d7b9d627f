"""Schedulers on one PostgreSQL: one is killed, one is frozen, and one publishes."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from feedback import runs
from feedback.database import Database
from model_store import Card, ModelStore, Network
from tests.e2e.postgres import running_postgres
from tests.e2e.tools import need_tools
from tests.support.environment import ROOT
from tests.support.installation import Installation, free_port
from tests.support.waiting import TIMEOUT_S, ended, wait_until

# The trainer, but for its patience: a lease of 90 s lasts 6 s here.
PROGRAM = """
from feedback import leases
from trainer.schedule import scheduler
leases.LASTS_S, scheduler.BEAT_S = 6.0, 1.0
from trainer.__main__ import main
main()
"""
NEVER = "0 0 29 2 *"
SHORT = ("--epochs", "300", "--hidden", "32", "--no-augment", "--threads", "1")


class Host:
    """A scheduler as a process, with its log."""

    def __init__(self, place: Installation, url: str, name: str) -> None:
        self._log = place.root / f"{name}.log"
        command = [
            sys.executable, "-c", PROGRAM, "schedule", "--cron", NEVER,
            "--data", "embedded", *SHORT, "--port", str(free_port()),
        ]  # fmt: skip
        settings = {**place.environ(), "DIGITS_DATABASE_URL": url}
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=settings, stdout=log, stderr=log
            )

    def said(self) -> str:
        return self._log.read_text()

    def send(self, number: signal.Signals) -> None:
        os.kill(self.process.pid, number)


@dataclass(frozen=True)
class Cluster:
    """Hosts that share a store and a database."""

    place: Installation
    url: str
    database: Database
    stack: ExitStack

    def start(self, name: str) -> Host:
        host = Host(self.place, self.url, name)
        self.stack.enter_context(ended(host.process))
        return host

    def states(self) -> list[str]:
        """Those of all runs, the first one first."""
        with self.database.reading() as connection:
            return [run.state for run in runs.newest(connection, 99)][::-1]


@pytest.fixture
def cluster(place: Installation, network: Network, card: Card) -> Iterator[Cluster]:
    """A store with a version that each host wants to better at once."""
    need_tools()
    store = ModelStore(place.store, place.root / "state")
    store.publish(network, replace(card, data={"source": "embedded"}))
    with running_postgres() as postgres, ExitStack() as stack:
        database = Database.at(postgres.url, place.root)
        stack.callback(database.close)
        database.migrate()
        yield Cluster(place, postgres.url, database, stack)


def test_killed_and_frozen_schedulers_publish_nothing(cluster: Cluster) -> None:
    killed = cluster.start("killed")
    wait_until("the first trains", lambda: cluster.states() == ["running"])
    frozen = cluster.start("frozen")
    wait_until("the second stands by", lambda: "stands by" in frozen.said())
    killed.send(signal.SIGKILL)
    wait_until("the second is in the middle", lambda: "training [" in frozen.said())
    assert cluster.states() == ["lost", "running"]
    frozen.send(signal.SIGSTOP)
    third = cluster.start("third")
    wait_until(
        "the third publishes",
        lambda: cluster.states() == ["lost", "lost", "published"],
    )
    frozen.send(signal.SIGCONT)
    wait_until("the second has ended its run", lambda: frozen.said().count("run=2") > 1)
    third.send(signal.SIGTERM)
    assert third.process.wait(TIMEOUT_S) == 143
    assert cluster.states() == ["lost", "lost", "published"]
    versions = cluster.place.versions.glob("*.npz")
    assert sorted(path.stem for path in versions) == ["000001", "000002"]
