"""A full disk costs counts for a while, not the process, and none in the end."""

import subprocess
import sys
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from tests.support.environment import ROOT

# RLIMIT_FSIZE makes allocation fail (EFBIG) without root and without a full disk.
COUNTING = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def allow(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
allow(int(sys.argv[1]))
from service.telemetry import counter_files, metrics
counter_files._RETRY_S = 0.0
for version in range(20_000):
    metrics.PREDICTIONS.labels(label=7, model_version=version % 4000).inc()
if len(sys.argv) > 2:
    allow(2**30)
    for version in range(4000):
        metrics.PREDICTIONS.labels(label=7, model_version=version).inc()
"""


def _count(directory: Path, *arguments: object) -> tuple[str, float]:
    """What a counting process says, and the sum of what it counted."""
    ended = subprocess.run(
        [sys.executable, "-c", COUNTING, *map(str, arguments)],
        env={"PROMETHEUS_MULTIPROC_DIR": str(directory)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(directory))  # type: ignore[no-untyped-call]
    samples = [sample for family in registry.collect() for sample in family.samples]
    counted = [s.value for s in samples if s.name == "digits_predictions_total"]
    return ended.stderr, sum(counted)


def test_process_goes_on_without_the_counters_that_have_no_room(
    tmp_path: Path,
) -> None:
    said, counted = _count(tmp_path, 2**18)
    assert 0 < counted < 20_000
    assert said.count("metrics are incomplete") == 1


def test_process_starts_where_there_is_no_room_at_all(tmp_path: Path) -> None:
    said, counted = _count(tmp_path, 0)
    assert counted == 0
    assert said.count("metrics are incomplete") == 1
    assert not list(tmp_path.glob("*.db"))


def test_all_counts_are_there_once_there_is_room_again(tmp_path: Path) -> None:
    assert _count(tmp_path, 2**18, "then more")[1] == 24_000
