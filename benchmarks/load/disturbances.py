"""What happens to a service under load: new versions, killed workers, scrapes.

All of it runs in a process of its own, so that the load generator does not stop for it.
"""

import http.client
import multiprocessing
import os
import random
import select
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import (
    FIRST_EXCEPTION,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from dataclasses import dataclass, field

from benchmarks.load.counters import Series, counters, fallen, scrape
from benchmarks.load.local_service import LocalService, card_of
from benchmarks.load.memory import Memory, memory_of
from model_store import Network
from model_store.prune import prune

_KEPT_VERSIONS = 20


@dataclass(frozen=True)
class Plan:
    """How long it goes on, and the seconds from one thing to the next; None: never."""

    seconds: float
    publish_every_s: float | None = None
    kill_every_s: float | None = None
    scrape_every_s: float | None = None


@dataclass(frozen=True)
class Kill:
    """A SIGKILL: when it was sent, and when the worker was gone; time.monotonic()."""

    sent_at: float
    gone_at: float


@dataclass
class Log:
    """What was done.

    Attributes:
        fallen: counters that a later scrape showed lower, or no more.
        lost_scrapes: when a scrape began that was not answered.
        scrape_s: how long each scrape took.
        memory: of each worker, at each scrape.
    """

    published: list[int] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)
    fallen: list[str] = field(default_factory=list)
    lost_scrapes: list[float] = field(default_factory=list)
    scrape_s: list[float] = field(default_factory=list)
    memory: list[dict[int, Memory]] = field(default_factory=list)


def begin(service: LocalService, networks: list[Network], plan: Plan) -> Future[Log]:
    """Disturb a service from now on, as planned; the result is what was done.

    The versions that it publishes take the networks in turn.
    """
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    try:
        return pool.submit(_Disturbances(service, networks).follow, plan)
    finally:
        pool.shutdown(wait=False)


@dataclass
class _Disturbances:
    service: LocalService
    networks: list[Network]
    log: Log = field(default_factory=Log)
    scraped: dict[Series, float] = field(default_factory=dict)

    def follow(self, plan: Plan) -> Log:
        over = threading.Event()
        tasks = [
            (plan.publish_every_s, self._publish),
            (plan.kill_every_s, self._kill),
            (plan.scrape_every_s, self._scrape),
        ]
        with ThreadPoolExecutor() as pool:
            running = [
                pool.submit(_every, seconds, task, over)
                for seconds, task in tasks
                if seconds
            ]
            wait(running, plan.seconds, FIRST_EXCEPTION)
            over.set()
        for ended in running:
            ended.result()
        return self.log

    def _publish(self) -> None:
        store = self.service.store
        # This process alone publishes, so the next number is known.
        network = self.networks[store.versions()[-1] % len(self.networks)]
        self.log.published.append(store.publish(network, card_of(network)))
        prune(store, _KEPT_VERSIONS)

    def _kill(self) -> None:
        worker = random.choice(self.service.workers())  # noqa: S311 (no secret)
        process = os.pidfd_open(worker)
        try:
            sent_at = time.monotonic()
            signal.pidfd_send_signal(process, signal.SIGKILL)
            select.select([process], [], [])
            self.log.kills.append(Kill(sent_at, time.monotonic()))
        finally:
            os.close(process)

    def _scrape(self) -> None:
        began = time.monotonic()
        try:
            text = scrape(self.service.port)
        except (OSError, http.client.HTTPException):
            self.log.lost_scrapes.append(began)
            return
        self.log.scrape_s.append(time.monotonic() - began)
        found = counters(text)
        self.log.fallen.extend(fallen(self.scraped, found))
        self.scraped = found
        self.log.memory.append(memory_of(self.service.workers()))


def _every(seconds: float, task: Callable[[], None], over: threading.Event) -> None:
    due_at = time.monotonic() + seconds
    while not over.wait(max(due_at - time.monotonic(), 0)):
        task()
        due_at += seconds
