"""Many versions come and go: few series, sums that stay right, and all from 0 on."""

import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.samples import Sample

from tests.support.environment import ROOT

# Each version answers as often as its number says; another worker ended at the 30th.
COUNTING = """
import os, sys
from pathlib import Path
from service.telemetry import metrics, version_series
from service.telemetry.counters.dead_workers import merge_dead_worker

directory = os.environ.get("PROMETHEUS_MULTIPROC_DIR")

def work(versions):
    for version in versions:
        version_series.keep_series(range(version, 0, -1))
        version_series.begin_series(version, "estimate")
        label = version_series.version_label(version)
        for _ in range(version):
            version_series.count_answer(version, "200 OK", 0.125)
            metrics.labelled(metrics.PREDICTIONS, 7, label).inc()
            metrics.labelled(metrics.CONFIDENCE, label).observe_all([0.5])

if directory:
    worker = os.fork()
    if not worker:
        work(range(1, 31))
        os._exit(0)
    os.waitpid(worker, 0)
    merge_dead_worker(Path(directory), worker)
work(range(1, 61))
if not directory:
    from prometheus_client import generate_latest
    sys.stdout.write(generate_latest().decode())
"""
ASKED_FOR_AGAIN = """
from service.telemetry import metrics, version_series
def count():
    label = version_series.version_label(1)
    metrics.labelled(metrics.PREDICTIONS, 7, label).inc()
held = metrics.labelled(metrics.PREDICTIONS, 7, 1)
held.inc(2)
version_series.keep_series([3, 2, 1])
version_series.keep_series(range(30, 1, -1))
held.inc()  # a thread that found the counter before
count()
version_series.keep_series([1, *range(30, 1, -1)])
count()
print(version_series.version_label(1), version_series.version_label(2))
"""


def _run(program: str, directory: Path | None) -> str:
    environ = {"PROMETHEUS_MULTIPROC_DIR": str(directory)} if directory else {}
    return subprocess.check_output(
        [sys.executable, "-c", program], env=environ, cwd=ROOT, text=True
    )


def _samples(directory: Path) -> list[Sample]:
    registry = CollectorRegistry()
    MultiProcessCollector(registry, str(directory))  # type: ignore[no-untyped-call]
    return [sample for family in registry.collect() for sample in family.samples]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where two processes have counted 60 versions."""
    directory = tmp_path_factory.mktemp("counted")
    _run(COUNTING, directory)
    return directory


@pytest.fixture(scope="module")
def counted(directory: Path) -> list[Sample]:
    return _samples(directory)


def _values(samples: list[Sample], name: str, **labels: str) -> dict[str, float]:
    """The sum for each version."""
    values: defaultdict[str, float] = defaultdict(float)
    for sample in samples:
        if sample.name == name and labels.items() <= sample.labels.items():
            values[sample.labels["model_version"]] += sample.value
    return values


def test_only_the_newest_versions_have_series_of_their_own(
    counted: list[Sample],
) -> None:
    labels = {s.labels["model_version"] for s in counted if "model_version" in s.labels}
    assert labels == {*map(str, range(41, 61)), "older"}


def test_counts_of_older_versions_are_in_every_sum(counted: list[Sample]) -> None:
    of_the_dead, of_the_living = sum(range(1, 31)), sum(range(1, 61))
    predictions = _values(counted, "digits_predictions_total", label="7")
    assert predictions["older"] == of_the_dead + sum(range(1, 41))
    assert predictions["60"] == 60
    for name in ("predictions_total", "prediction_requests_total"):
        found = sum(_values(counted, f"digits_{name}").values())
        assert found == of_the_dead + of_the_living
    for name in ("confidence", "duration_seconds"):
        found = sum(_values(counted, f"digits_prediction_{name}_count").values())
        assert found == of_the_dead + of_the_living
    assert _values(counted, "digits_prediction_confidence_sum")["60"] == 30


def test_every_series_of_a_version_is_there_from_0_on(counted: list[Sample]) -> None:
    for label in "012345689":
        found = _values(counted, "digits_predictions_total", label=label)
        assert found["60"] == 0
    for outcome in ("refused", "failed"):
        name = "digits_prediction_requests_total"
        assert _values(counted, name, outcome=outcome)["60"] == 0
    assert _values(counted, "digits_prediction_energy_joules_count")["60"] == 0
    assert _values(counted, "digits_prediction_cpu_seconds_count")["60"] == 0


def test_one_process_counts_likewise() -> None:
    page = _run(COUNTING, None)
    total = 'digits_predictions_total{label="7",model_version='
    assert f'{total}"60"}} 60.0' in page
    assert f'{total}"older"}} {float(sum(range(1, 41)))}' in page
    assert f'{total}"40"}}' not in page


def test_nothing_is_lost_of_a_version_that_comes_back(tmp_path: Path) -> None:
    assert _run(ASKED_FOR_AGAIN, tmp_path).split() == ["1", "older"]
    found = _values(_samples(tmp_path), "digits_predictions_total", label="7")
    assert sum(found.values()) == 5


def test_files_of_many_versions_stay_small(directory: Path) -> None:
    sizes = [path.stat().st_size for path in directory.glob("*.db")]
    assert len(sizes) == 4
    assert sum(sizes) <= 2**20
    assert not list(directory.glob("*.new"))
