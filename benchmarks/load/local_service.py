"""A service of two workers with a store of its own, for a benchmark to drive."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np

from model_store import Card, ModelStore, Network

LAYERS = (784, 500, 200, 10)
_START_S = 30.0
_TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class LocalService:
    """A running service: its store, its port, and the pid of the gunicorn master."""

    store: ModelStore
    port: int
    pid: int

    def workers(self) -> list[int]:
        """The process ids of the gunicorn workers."""
        return worker_pids(self.pid)

    def cpu_seconds(self) -> float:
        """What the workers have used so far: utime and stime of proc_pid_stat(5)."""
        stats = [Path(f"/proc/{pid}/stat").read_text() for pid in self.workers()]
        ticks = [stat.rpartition(")")[2].split()[11:13] for stat in stats]
        return sum(int(each) for both in ticks for each in both) / _TICKS_S


def worker_pids(master: int) -> list[int]:
    """The process ids of the workers of the gunicorn master with that pid."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text()
    return [int(pid) for pid in children.split()]


def random_network(seed: int) -> Network:
    """A network of the project's sizes that has learnt nothing."""
    rng = np.random.default_rng(seed)
    weights = tuple(
        rng.normal(0, 0.05, shape).astype(np.float32) for shape in pairwise(LAYERS)
    )
    biases = tuple(np.zeros(n, np.float32) for n in LAYERS[1:])
    return Network(weights, biases, ("relu", "relu", "softmax"))


def card_of(network: Network) -> Card:
    """The metadata that a store wants of it."""
    return Card(
        created=datetime.now(UTC).isoformat(),
        layers=network.layers,
        activations=list(network.activation_names),
        loss="cross-entropy",
    )


@contextlib.contextmanager
def serving(network: Network, workers: int = 2) -> Iterator[LocalService]:
    """A ready service with that network as its version 1; its files go with it."""
    with tempfile.TemporaryDirectory() as directory:
        root, port = Path(directory), _free_port()
        store = ModelStore(root, root)
        store.publish(network, card_of(network))
        settings = {
            "DIGITS_STORE": directory,
            "DIGITS_STATE": directory,
            "DIGITS_PORT": str(port),
            "DIGITS_WORKERS": str(workers),
        }
        with subprocess.Popen(
            [sys.executable, "-m", "service"],
            env={**os.environ, **settings},
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                _wait_until_ready(port)
                yield LocalService(store, port, process.pid)
            finally:
                process.terminate()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_until_ready(port: int) -> None:
    ends_at = time.monotonic() + _START_S
    while time.monotonic() < ends_at:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_START_S)
        with contextlib.suppress(ConnectionError), contextlib.closing(connection):
            connection.request("GET", "/v2/health/ready")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise TimeoutError(f"the service was not ready in {_START_S:g} s")
