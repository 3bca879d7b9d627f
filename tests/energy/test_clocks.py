import hashlib
import os
import subprocess
import sys
import threading
import time

import pytest

from energy.clocks import host_busy_seconds, process_cpu_seconds
from energy.cpus import host_cpus
from tests.support.environment import ROOT

BLAS = """
import time
import numpy as np
from energy import EnergySettings, open_meter

a = np.random.default_rng(0).random((1500, 1500))
a @ a  # the library starts its threads
meter = open_meter(EnergySettings(source="estimate"))
phase = meter.measure()
before = time.thread_time()
with phase:
    a @ a
    a @ a
print(phase.cpu_seconds, time.thread_time() - before, phase.joules)
"""


def burn(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        hashlib.sha256(b"x" * 10_000).digest()


def test_threads_are_counted() -> None:
    before = process_cpu_seconds()
    thread = threading.Thread(target=burn, args=(0.2,))
    thread.start()
    thread.join()
    assert process_cpu_seconds() - before >= 0.19


def test_children_are_counted_once_waited_for() -> None:
    before = process_cpu_seconds()
    script = "import time\nwhile time.process_time() < 0.3: pass"
    subprocess.run([sys.executable, "-S", "-c", script], check=True)
    assert process_cpu_seconds() - before >= 0.29


@pytest.mark.skipif(
    len(os.sched_getaffinity(0)) < 2, reason="one CPU runs one BLAS thread"
)
def test_threads_of_the_blas_library_count() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BLAS],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2"},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    process, thread, joules = map(float, done.stdout.split())
    assert process > 1.3 * thread
    assert joules == pytest.approx(process * 2.76)


def test_host_is_at_least_as_busy_as_this_process() -> None:
    cpus = host_cpus()
    busy, own = host_busy_seconds(cpus), process_cpu_seconds()
    burn(0.3)
    busy_after = host_busy_seconds(cpus)
    assert busy is not None
    assert busy_after is not None
    ticks = 0.02 * cpus  # idle time is told in clock ticks
    assert busy_after - busy >= process_cpu_seconds() - own - ticks
