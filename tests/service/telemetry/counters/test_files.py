"""A full disk costs counts for a while, not the process, and none in the end."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

from service.telemetry.counters import files
from tests.support.environment import ROOT

# RLIMIT_FSIZE makes allocation fail (EFBIG) without root and without a full disk.
COUNTING = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def allow(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
allow(int(sys.argv[1]))
from service.telemetry import metrics
from service.telemetry.counters import files
files._RETRY_S = 0.0
for version in range(20_000):
    metrics.PREDICTIONS.labels(label=7, model_version=version % 4000).inc()
if len(sys.argv) > 2:
    allow(2**30)
    for version in range(4000):
        metrics.PREDICTIONS.labels(label=7, model_version=version).inc()
"""
WORKER_WITHOUT_ROOM = """
import os, resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from service.telemetry import metrics
from service.telemetry.scrape.gauges import Gauges
from service.telemetry.scrape.exposition import exposition
def say():
    lines = exposition(Gauges([], None, None, 480)).decode().splitlines()
    print(*(x for x in lines if x.startswith("digits_metrics_")), flush=True)
say()
if worker := os.fork():
    os.waitpid(worker, 0)
    say()
else:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    metrics.PREDICTIONS.labels(label=7, model_version=1).inc()
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


def test_every_worker_tells_when_one_of_them_had_no_room(tmp_path: Path) -> None:
    began = time.time()
    said = subprocess.check_output(
        [sys.executable, "-c", WORKER_WITHOUT_ROOM],
        env={"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        cwd=ROOT,
        text=True,
    )
    never, then = (float(line.split()[-1]) for line in said.splitlines())
    assert never == 0
    assert began < then < time.time()


def test_scrape_finds_no_file_that_is_still_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither while the file of a new worker gets its blocks, nor afterwards."""
    scraped = MultiProcessCollector(CollectorRegistry(), str(tmp_path))  # type: ignore[no-untyped-call]
    have_blocks, scrapes = files._have_blocks, []

    def scrape_before(file: int, size: int) -> None:
        scrapes.append(list(scraped.collect()))  # type: ignore[no-untyped-call]
        have_blocks(file, size)

    monkeypatch.setattr(files, "_have_blocks", scrape_before)
    files.CounterFile(str(tmp_path / "counter_1.db")).close()  # type: ignore[no-untyped-call]
    assert scrapes == [[]]
    assert [path.name for path in tmp_path.iterdir()] == ["counter_1.db"]
    assert list(scraped.collect()) == []  # type: ignore[no-untyped-call]
