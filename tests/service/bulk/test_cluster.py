"""What a cluster lacks, and a bucket that is away, are no rows of the table."""

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from distributed import Client

from model_store import Card, ModelStore, Network
from model_store.objects.bucket import Bucket
from service.bulk import cluster
from service.bulk.cluster import check, run
from service.bulk.errors import UnfitCluster
from service.bulk.scoring import Job
from service.bulk.sources import Part, parts_of
from tests.support import digits
from tests.support.buckets import imitated_bucket, s3_variables
from tests.support.gateway import Answered, Asked, Gateway


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """A cluster of one worker, in this process."""
    with Client(
        processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None,
        memory_limit=0, set_as_default=False,
    ) as client:  # fmt: skip
        yield client


@pytest.fixture
def job(store: ModelStore, network: Network, card: Card) -> Job:
    store.publish(network, card)
    return Job(
        str(store.root), str(store.state), 1, "0" * 64, numbers=False, max_pixels=10**6
    )


def test_model_that_a_worker_does_not_find_ends_the_run(
    client: Client, job: Job, tmp_path: Path
) -> None:
    check(client, job)
    with pytest.raises(UnfitCluster, match=r"(tcp|inproc).* has no model: .*elsewhere"):
        check(client, replace(job, store=str(tmp_path / "elsewhere")))


def test_worker_that_joins_later_without_the_program_ends_the_run(
    client: Client, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lacking(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'service'")

    monkeypatch.setattr(cluster, "score", lacking)
    parts = [Part("files", ("a.png",))]
    with pytest.raises(UnfitCluster, match=r"a worker .* No module named 'service'"):
        list(run(client, parts, [0], job))


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """What the worker reaches a bucket of pictures through."""
    with (
        imitated_bucket("away"),
        Gateway(os.environ["AWS_ENDPOINT_URL"]) as gateway,
        s3_variables(gateway.url),
    ):
        yield gateway


def parts_in_bucket() -> list[Part]:
    """An archive of ten pictures."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        for digit in range(10):
            members.writestr(f"{digit}.png", digits.picture(digit))
    Bucket("s3://away").put("all.zip", archive.getvalue())
    return parts_of(["s3://away"], without="")


def test_bucket_that_is_away_for_a_while_costs_no_row(
    client: Client, job: Job, gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = parts_in_bucket()
    failures = 8  # obstore itself tries six times

    def fail(asked: Asked, answer: Answered) -> None:
        nonlocal failures
        if asked.method == "GET" and failures:
            failures -= 1
            answer.status, answer.body, answer.headers = 503, b"", {}

    gateway.on_answer = fail
    [(_, result)] = run(client, parts, [0], job)
    assert not isinstance(result, str)
    assert [row["error"] for row in result["rows"]] == [None] * 10
    told = capsys.readouterr().err
    assert "does not answer" in told
    assert told.strip().endswith("it answers again")
