"""The CPUs that a process may use: affinity, and the quotas of cgroups v1 and v2."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from energy.cpus import host_cpus, usable_cpus

AFFINITY = float(
    len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else host_cpus()
)
Files = dict[str, str]


@pytest.fixture
def usable(tmp_path: Path) -> Callable[[str, Files], float]:
    """The CPUs of a process with that /proc/self/cgroup, among those cgroups' files."""

    def usable(own: str, files: Files) -> float:
        for name, text in files.items():
            path = tmp_path / "cgroup" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (tmp_path / "own").write_text(own)
        return usable_cpus(tmp_path / "cgroup", tmp_path / "own")

    return usable


@pytest.mark.parametrize(
    ("own", "files", "cpus"),
    [
        ("0::/\n", {"cpu.max": "50000 100000\n"}, 0.5),
        ("0::/a/b\n", {"a/b/cpu.max": "25000 100000\n"}, 0.25),
        (
            "0::/a/b\n",
            {"a/b/cpu.max": "max 100000\n", "a/cpu.max": "50000 100000\n"},
            0.5,
        ),
        ("0::/hidden/in/container\n", {"cpu.max": "50000 100000\n"}, 0.5),
        ("0::/\n", {"cpu.max": "max 100000\n"}, AFFINITY),
        ("0::/\n", {"cpu.max": "999900000 100000\n"}, AFFINITY),
        ("0::/\n", {"cpu.max": ""}, AFFINITY),
        (
            "3:memory:/a\n2:cpu,cpuacct:/a\n",
            {"cpu/a/cpu.cfs_quota_us": "50000", "cpu/a/cpu.cfs_period_us": "100000"},
            0.5,
        ),
        (
            "2:cpu,cpuacct:/hidden\n",
            {"cpu/cpu.cfs_quota_us": "50000", "cpu/cpu.cfs_period_us": "100000"},
            0.5,
        ),
        (
            "1:cpu:/\n0::/\n",
            {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"},
            AFFINITY,
        ),
        ("", {}, AFFINITY),
    ],
)
def test_the_least_of_affinity_and_quotas_counts(
    usable: Callable[[str, Files], float], own: str, files: Files, cpus: float
) -> None:
    assert usable(own, files) == cpus


def test_without_cgroups_the_affinity_counts(tmp_path: Path) -> None:
    assert usable_cpus(tmp_path / "none", tmp_path / "neither") == AFFINITY


def test_without_affinity_the_host_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)  # as on macOS
    assert usable_cpus(tmp_path / "none", tmp_path / "neither") == host_cpus()
