"""The clocks of the meter: wall time, this process's CPU time, the host's busy time."""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

PROC_STAT = Path("/proc/stat")
CPU_MAX = Path("/sys/fs/cgroup/cpu.max")


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


def host_cpus() -> int:
    """The CPUs of the host that are online, whatever this container may use."""
    return os.sysconf("SC_NPROCESSORS_ONLN")


def reserved_cpus(cpu_max: Path = CPU_MAX) -> float:
    """The CPUs that this process may use: its affinity and its cgroup's quota."""
    allowed = float(host_cpus())
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        allowed = min(allowed, len(os.sched_getaffinity(0)))
    try:
        quota, period = cpu_max.read_text().split()
    except (OSError, ValueError):
        return allowed
    return allowed if quota == "max" else min(allowed, int(quota) / int(period))


@dataclass(frozen=True)
class Clocks:
    """The clocks as functions, so that a test can put its own in their place.

    `wall_s` never goes back and is one clock for all processes of a boot; `cpu_s`
    and `busy_s` are in CPU seconds, and `busy_s` may be None: not known.
    """

    wall_s: Callable[[], float] = time.monotonic
    cpu_s: Callable[[], float] = process_cpu_seconds
    busy_s: Callable[[], float | None] = lambda: None
    host_cpus: int = 1
    reserved_cpus: float = 1.0


def system_clocks() -> Clocks:
    """The clocks of this machine; a CPU that comes or goes later changes no zero."""
    cpus = host_cpus()
    return Clocks(
        busy_s=partial(host_busy_seconds, cpus),
        host_cpus=cpus,
        reserved_cpus=reserved_cpus(),
    )
