"""A store in a bucket of Ceph, a real S3: the store's own tests, and a service."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from model_store import Card, Network, open_store
from model_store.objects.bucket import Bucket
from tests.e2e.azurite import running_azurite
from tests.e2e.ceph import Ceph, running_ceph
from tests.e2e.load import SteadyLoad
from tests.e2e.tools import need_tools
from tests.support import digits
from tests.support.buckets import NAME, make_bucket, s3_variables
from tests.support.environment import ROOT
from tests.support.installation import Installation, Service
from tests.support.waiting import wait_until

SUITE = ("tests/model_store/test_store.py", "tests/model_store/test_publishing.py",
         "tests/model_store/decisions")  # fmt: skip


@pytest.fixture(scope="module")
def ceph() -> Iterator[Ceph]:
    """A gateway with an empty bucket, which every program of the tests finds."""
    need_tools()
    with running_ceph() as ceph, s3_variables(ceph.url):
        make_bucket(ceph.url)
        yield ceph


@pytest.fixture
def place(
    ceph: Ceph, place: Installation, network: Network, card: Card
) -> Installation:
    """An installation whose store is in the bucket, and holds version 1."""
    assert ceph
    address = f"s3://{NAME}/{place.root.name}"
    open_store(address, place.root / "state").publish(network, card)
    return replace(place, bucket=address)


def test_whole_suite_of_the_store_passes(ceph: Ceph) -> None:
    """Races of publishers, kills in the middle, broken and foreign bytes among them."""
    assert ceph
    suite_passes(f"s3://{NAME}/suite", SUITE)


def test_suite_of_the_store_passes_on_azures_imitation(tmp_path: Path) -> None:
    """Without the races of many publishers, which take Azurite a minute."""
    with running_azurite(tmp_path) as variables:
        suite_passes("az://digits/suite", SUITE[:1], variables)


def suite_passes(
    bucket: str, files: Sequence[str], variables: Mapping[str, str] | None = None
) -> None:
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider",
         "-k", "bucket", *files],
        cwd=ROOT, env={**os.environ, **(variables or {}), "TEST_BUCKET": bucket},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tests.returncode == 0, tests.stdout[-3000:]


def test_new_version_in_a_bucket_is_served_without_a_failed_request(
    place: Installation,
) -> None:
    with place.serving(DIGITS_RELOAD_SECONDS="1") as service, load(service) as steady:
        for version in (2, 3, 4):
            published = place.run("tests.e2e.publisher", 1)
            assert published.stdout == f"{version}\n", published.stderr
            steady.wait_for_version(version)
        assert place.run("model_store", "pin", 2).returncode == 0
        steady.wait_for_last(2)
        assert place.run("model_store", "withdraw", 2).returncode == 0
        steady.wait_for_last(4)
    assert steady.failures == []


def test_frozen_gateway_costs_nobody_an_answer(place: Installation, ceph: Ceph) -> None:
    with place.serving(DIGITS_RELOAD_SECONDS="1") as service, load(service) as steady:
        ceph.freeze()
        wait_until("the log says so", lambda: "cannot be read" in place.log())
        assert service.get("/readyz").ok
        metrics = service.get("/metrics").text
        [count] = re.findall(
            r'model_loads_total\{outcome="unavailable"\} (.+)', metrics
        )
        assert float(count) >= 1
        ceph.thaw()
        assert place.run("tests.e2e.publisher", 1).stdout == "2\n"
        steady.wait_for_version(2)
    assert steady.failures == []


def test_training_leaves_version_and_report_in_the_bucket(place: Installation) -> None:
    quick = ("--data", "embedded", "--max-seconds", 3, "--hidden", "30", "--no-gate")
    training = place.run("trainer", "train", *quick)
    assert training.returncode == 0, training.stderr
    assert place.listed() == [1, 2]
    with place.serving() as service:
        wait_until("the service is ready", service.is_ready)
        report = service.get("/reports/2/")
        assert (report.status_code, b"Version 2" in report.content) == (200, True)


def test_bulk_scoring_reads_from_the_bucket_and_writes_into_it(
    place: Installation,
) -> None:
    assert place.bucket
    folder = Bucket(place.bucket)
    for digit in range(10):
        folder.put(f"scans/{digit}.png", digits.picture(digit))
    out = f"{place.bucket}/labels.csv"
    run = place.run("service.bulk", f"{place.bucket}/scans", "--out", out, "--json")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["out"] == out
    rows = folder.get("labels.csv").decode().splitlines()
    assert [row.split(",")[0] for row in rows] == [
        "source", *(f"{place.bucket}/scans/{digit}.png" for digit in range(10))
    ]  # fmt: skip
    assert ".labels.csv.parts" not in folder.list("")


def load(service: Service) -> SteadyLoad:
    wait_until("the service is ready", service.is_ready)
    picture = digits.picture(7)
    return SteadyLoad(lambda: service.predict(picture))
