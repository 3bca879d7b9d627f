"""The CPUs: how many the host has, and how many of them this process may use."""

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUPS = Path("/proc/self/cgroup")


def host_cpus() -> int:
    """The CPUs of the host that are online, whatever this container may use."""
    return os.sysconf("SC_NPROCESSORS_ONLN")


def usable_cpus(cgroups: Path = CGROUPS, own_cgroups: Path = OWN_CGROUPS) -> float:
    """The CPUs that this process may use, perhaps half of one.

    The least of the host's CPUs, the process's affinity, and the quotas of its cgroup
    and of those around it (cgroups v1 and v2; none on other systems than Linux).
    """
    allowed = float(host_cpus())
    if hasattr(os, "sched_getaffinity"):  # not on macOS
        allowed = min(allowed, len(os.sched_getaffinity(0)))
    return min([allowed, *_quotas(cgroups, own_cgroups)])


def _quotas(cgroups: Path, own_cgroups: Path) -> Iterator[float]:
    """The quota of each cgroup that has one, in CPUs."""
    for directory in _directories(cgroups, own_cgroups):
        quota = _words(directory / "cpu.max") or (  # v2, "max" for none
            _words(directory / "cpu.cfs_quota_us")  # v1, -1 for none
            + _words(directory / "cpu.cfs_period_us")
        )
        if len(quota) == 2 and all(word.isdecimal() for word in quota):
            yield int(quota[0]) / int(quota[1])


def _directories(cgroups: Path, own_cgroups: Path) -> Iterator[Path]:
    """The directories that may limit this process's CPU time, ancestors included.

    A container may see its own cgroup as the root, whatever its path says: a directory
    that does not exist limits nothing.
    """
    for line in _text(own_cgroups).splitlines():
        number, controllers, path = line.split(":", 2)
        inside = PurePosixPath(path.lstrip("/"))
        if number == "0":  # v2
            yield from (cgroups / part for part in (inside, *inside.parents))
        elif "cpu" in controllers.split(","):
            yield from (cgroups / "cpu" / part for part in (inside, *inside.parents))


def _words(file: Path) -> list[str]:
    return _text(file).split()


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
