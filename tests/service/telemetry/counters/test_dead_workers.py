"""Workers come and go: their files are merged, and nothing that was counted is lost."""

import subprocess
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from service.telemetry.counters.dead_workers import merge_dead_worker
from tests.support.environment import ROOT

WORKER = """
import os
from prometheus_client import Counter, Histogram
Counter("requests_total", "A test.", ["code"]).labels(200).inc(3)
Histogram("seconds", "A test.", buckets=(1, 2)).observe(1.5)
print(os.getpid())
"""


def _worker(directory: Path) -> int:
    """A process that counts into the directory and ends; its id."""
    ended = subprocess.run(
        [sys.executable, "-c", WORKER],
        env={"PROMETHEUS_MULTIPROC_DIR": str(directory)},
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return int(ended.stdout)


def _value(directory: Path, name: str, **labels: str) -> float | None:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(directory))  # type: ignore[no-untyped-call]
    return registry.get_sample_value(name, labels)


def test_counters_of_dead_workers_add_up_in_one_file_a_kind(tmp_path: Path) -> None:
    for _ in range(3):
        merge_dead_worker(tmp_path, _worker(tmp_path))
    _worker(tmp_path)  # it is not merged yet
    assert _value(tmp_path, "requests_total", code="200") == 12
    assert _value(tmp_path, "seconds_sum") == 6
    assert _value(tmp_path, "seconds_bucket", le="1.0") == 0
    assert _value(tmp_path, "seconds_bucket", le="2.0") == 4
    assert _value(tmp_path, "seconds_count") == 4
    assert len(list(tmp_path.glob("*.db"))) == 4


def test_worker_that_counted_nothing_changes_nothing(tmp_path: Path) -> None:
    merge_dead_worker(tmp_path, 1)
    assert not list(tmp_path.glob("*.db"))
