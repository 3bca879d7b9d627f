"""Joules of four real workers: none invented, none lost but a last tick's."""

import math
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.load import SteadyLoad
from tests.e2e.powercap import RunningCounter
from tests.support import digits
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until

PICTURE = digits.picture(5)
PROCESS = "digits_process_energy_joules_total"
NODE = "digits_node_energy_joules_total"
WRAPS = "digits_energy_wraps_total"
CPU_SUM = "digits_prediction_cpu_seconds_sum"
WATTS = 2.0  # of the estimate: two joules a CPU second


def _sum(service: Service, name: str) -> float:
    """The sum of a metric's samples in one scrape."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(service.get("/metrics").text)
        for sample in family.samples
        if sample.name == name
    )


def _cpu_seconds(worker: int) -> float:
    """User and system time of a process, to a hundredth of a second."""
    fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _own(metrics: Path, worker: int | str, name: str) -> float:
    """What one worker, alive or not, has counted of a metric."""
    values: Any = MmapedDict.read_all_values_from_file
    return math.fsum(
        value
        for file in metrics.glob(f"*_{worker}.db")
        for key, value, *_ in values(str(file))
        if f'"{name}"' in key
    )


def _metrics(scratch: Path) -> Path:
    (directory,) = scratch.glob("digits-shared-*")
    return directory


def _leader(scratch: Path) -> int | None:
    """The worker that counts for the node: it holds the lock."""
    inode = (_metrics(scratch) / "node.lock").stat().st_ino
    held = [line.split() for line in Path("/proc/locks").read_text().splitlines()]
    found = [int(f[4]) for f in held if f[5].endswith(f":{inode}") and f[1] == "FLOCK"]
    return found[0] if found else None


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where the service keeps the counters of its workers."""
    directory = tmp_path / "scratch"
    directory.mkdir()
    return directory


@pytest.fixture
def counter(tmp_path: Path) -> RunningCounter:
    """A counter of 20 W that stands still as yet."""
    return RunningCounter(tmp_path / "powercap", watts=20)


@pytest.fixture
def on_rapl(
    trained: Installation, scratch: Path, counter: RunningCounter
) -> Iterator[Service]:
    """Four workers that read that counter."""
    settings = {
        "DIGITS_ENERGY_SOURCE": "rapl",
        "DIGITS_POWERCAP_ROOT": str(counter.root),
    }
    with trained.serving(
        TMPDIR=str(scratch), DIGITS_WORKERS="4", **settings
    ) as service:
        wait_until("four workers", lambda: _all_tick(service, scratch))
        yield service


@pytest.fixture
def on_estimate(trained: Installation, scratch: Path) -> Iterator[Service]:
    """Four workers that estimate, at 2 W."""
    settings = {
        "DIGITS_ENERGY_SOURCE": "estimate",
        "DIGITS_WATTS_PER_CPU": str(WATTS),
    }
    with trained.serving(
        TMPDIR=str(scratch), DIGITS_WORKERS="4", **settings
    ) as service:
        wait_until("four workers", lambda: _all_tick(service, scratch))
        yield service


def _all_tick(service: Service, scratch: Path) -> bool:
    """Whether four workers are there, and each has counted its first tick."""
    workers = service.workers()
    counted = [list(_metrics(scratch).glob(f"*_{w}.db")) for w in workers]
    return len(workers) == 4 and all(counted) and service.is_ready()


def test_node_s_joules_are_counted_once_though_the_counting_worker_is_killed(
    on_rapl: Service, counter: RunningCounter, scratch: Path
) -> None:
    first = wait_until("a worker counts", lambda: _leader(scratch))
    assert first
    seen: list[tuple[float, float]] = []

    def scrape() -> float:
        seen.append((_sum(on_rapl, PROCESS), _sum(on_rapl, NODE)))
        return seen[-1][1]

    with counter:
        with SteadyLoad(lambda: on_rapl.predict(PICTURE)):
            wait_until("the node is counted", lambda: scrape() > 20)
            os.kill(first, signal.SIGKILL)
            at_death = counter.joules
            wait_until("the next one counts on", lambda: scrape() > at_death + 20)
        assert _leader(scratch) not in {None, first}
        wait_until("the counter has wrapped", lambda: counter.joules > 60)
    wait_until("all is counted", lambda: scrape() == pytest.approx(counter.joules))
    assert _sum(on_rapl, WRAPS) == 1
    processes, nodes = zip(*seen, strict=True)
    assert list(processes) == sorted(processes)  # no counter falls
    assert list(nodes) == sorted(nodes)
    assert 0 < processes[-1] <= nodes[-1]


def test_each_worker_s_joules_are_its_cpu_time_though_another_is_killed(
    on_estimate: Service, scratch: Path
) -> None:
    metrics = _metrics(scratch)
    survivors = on_estimate.workers()[1:]
    killed = on_estimate.workers()[0]
    cpu = {w: _cpu_seconds(w) for w in on_estimate.workers()}
    joules = {w: _own(metrics, w, PROCESS) for w in cpu}
    requests_cpu = {w: _own(metrics, w, CPU_SUM) for w in cpu}
    with SteadyLoad(lambda: on_estimate.predict(PICTURE), clients=4) as load:
        wait_until("some load", lambda: len(load.versions) > 80)
        os.kill(killed, signal.SIGKILL)
        wait_until("more of it", lambda: len(load.versions) > 200)
    for worker in survivors:

        def grown(worker: int = worker) -> tuple[float, float]:
            own = _own(metrics, worker, PROCESS) - joules[worker]
            return own, WATTS * (_cpu_seconds(worker) - cpu[worker])

        # What is not ticked yet and the kernel's rounding are a little; a wrong clock
        # would be wrong by a part that grows with the load.
        wait_until("its ticks", lambda: grown()[0] == pytest.approx(grown()[1], 0.1))
        spent = _cpu_seconds(worker) - cpu[worker]
        assert 0 < _own(metrics, worker, CPU_SUM) - requests_cpu[worker] <= spent + 0.02
    # What the killed one had counted stays, in the file of those that have ended.
    everybody = [f.stem.rpartition("_")[2] for f in metrics.glob("counter_*.db")]
    assert str(killed) not in everybody
    assert _sum(on_estimate, PROCESS) == pytest.approx(
        sum(_own(metrics, w, PROCESS) for w in everybody), rel=0.05
    )


def test_workers_run_with_one_blas_thread(on_estimate: Service) -> None:
    for worker in on_estimate.workers():
        environ = Path(f"/proc/{worker}/environ").read_bytes().split(b"\0")
        assert b"OPENBLAS_NUM_THREADS=1" in environ
