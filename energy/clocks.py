"""The clocks of the meter: wall time, this process's CPU time, the host's busy time."""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from energy.cpus import host_cpus, usable_cpus

PROC_STAT = Path("/proc/stat")


def process_cpu_seconds() -> float:
    """CPU seconds of this process: all its threads, and the children it waited for.

    Thread time would miss the threads of the BLAS library.
    """
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def host_busy_seconds(cpus: int) -> float | None:
    """CPU seconds in which some of the host's CPUs were not idle, from any zero.

    Counted as all time less idle time: the kernel keeps idle time exactly, while it
    samples user and system time and so misses work shorter than a clock tick.
    /proc/stat shows the host inside a container too. None where there is none.
    """
    try:
        with PROC_STAT.open("rb") as stat:
            fields = stat.readline().split()
    except OSError:
        return None
    idle_ticks = int(fields[4]) + int(fields[5])  # idle, and idle waiting for a disk
    return cpus * time.monotonic() - idle_ticks / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Clocks:
    """The clocks as functions, so that a test can pass its own, and the CPUs.

    `wall_s` never goes back and is one clock for all processes of a boot; `cpu_s` and
    `busy_s` are in CPU seconds, and `busy_s` returns None where it is not known.
    """

    wall_s: Callable[[], float] = time.monotonic
    cpu_s: Callable[[], float] = process_cpu_seconds
    busy_s: Callable[[], float | None] = lambda: None
    host_cpus: int = 1
    usable_cpus: float = 1.0


def system_clocks() -> Clocks:
    """The clocks of this machine; the CPUs are counted once, here."""
    cpus = host_cpus()
    return Clocks(
        busy_s=partial(host_busy_seconds, cpus),
        host_cpus=cpus,
        usable_cpus=usable_cpus(),
    )
