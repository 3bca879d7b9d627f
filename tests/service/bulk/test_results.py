"""A run's answers: kept part by part, beside a table that appears whole."""

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from model_store.errors import StoreUnavailable
from service.bulk.__main__ import main
from service.bulk.errors import OtherJob
from service.bulk.folders import folder_at
from service.bulk.places import opened
from service.bulk.results import COLUMNS, Results
from service.bulk.scoring import Job, Result, Row
from service.bulk.sources import Part
from tests.support.buckets import imitated_bucket, s3_variables
from tests.support.gateway import Answered, Asked, Gateway
from tests.support.google import imitated_google_bucket

JOB = Job("models", "state", 1, "0" * 64, numbers=False, max_pixels=10**6)
PARTS = [Part("files", (f"/scans/{name}.png",)) for name in "abc"]


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    with imitated_bucket("tables") as address:
        yield address


@pytest.fixture(scope="module")
def google() -> Iterator[str]:
    with imitated_google_bucket("google"):
        yield "gs://google"


@pytest.fixture(params=["directory", "bucket", "top of a bucket", "google"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where the table is to be."""
    if request.param == "directory":
        return str(tmp_path / "new")
    kind = "google" if request.param == "google" else "bucket"
    bucket: str = request.getfixturevalue(kind)
    return bucket if request.param == "top of a bucket" else f"{bucket}/{tmp_path.name}"


def answer_of(part: Part) -> Result:
    row = Row(part.paths[0], "7", 0.5, "", 1)
    return {"rows": [asdict(row)], "joules": 0.25, "energy_source": "estimate"}


def score(results: Results, numbers: list[int]) -> None:
    for number in numbers:
        results.write(number, answer_of(PARTS[number]))


def test_interrupted_run_goes_on_and_leaves_nothing_but_the_table(folder: str) -> None:
    out = f"{folder}/labels.csv"
    first = Results(out, JOB, PARTS)
    assert first.missing() == [0, 1, 2]
    score(first, [0, 2])
    second = Results(out, JOB, PARTS)
    assert second.missing() == [1]
    second.write(1, "three workers died of it")
    totals = second.finish()
    assert (totals.pictures, totals.failed, totals.joules) == (3, 1, 0.5)
    with opened(out) as file, io.TextIOWrapper(file, newline="") as text:
        rows = list(csv.DictReader(text))
    assert [row["source"] for row in rows] == [part.paths[0] for part in PARTS]
    assert [row["error"] for row in rows] == ["", "three workers died of it", ""]
    assert folder_at(f"{folder}/.labels.csv.parts").names() == set()


def test_parquet_has_the_same_columns(folder: str) -> None:
    results = Results(out := f"{folder}/labels.parquet", JOB, PARTS)
    score(results, results.missing())
    results.finish()
    with opened(out) as file:
        table = pq.read_table(io.BytesIO(file.read()))
    assert tuple(table.column_names) == COLUMNS
    assert table["confidence"].to_pylist() == [0.5] * 3


def test_parts_of_another_run_are_not_mixed_in(folder: str) -> None:
    Results(out := f"{folder}/other.csv", JOB, PARTS).missing()
    with pytest.raises(OtherJob, match=r"\.other\.csv\.parts holds parts of a run"):
        Results(out, JOB, PARTS[:2]).missing()


def test_table_that_stood_there_stays_until_the_new_one_is_whole(folder: str) -> None:
    first = Results(out := f"{folder}/twice.csv", JOB, PARTS[:1])
    score(first, first.missing())
    first.finish()
    second = Results(out, JOB, PARTS)
    score(second, second.missing()[:-1])
    with pytest.raises(StoreUnavailable):  # a part is not there
        second.finish()
    with opened(out) as file:
        assert file.read().count(b"\n") == 2


def test_parts_that_cannot_be_removed_are_told(
    bucket: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def keep(asked: Asked, answer: Answered) -> None:
        if asked.method in {"DELETE", "POST"}:
            answer.status, answer.body, answer.headers = 403, b"", {}

    with Gateway(os.environ["AWS_ENDPOINT_URL"]) as gateway, s3_variables(gateway.url):
        gateway.on_answer = keep
        results = Results(f"{bucket}/kept/labels.csv", JOB, PARTS)
        score(results, results.missing())
        results.finish()
    told = capsys.readouterr().err
    assert told.startswith(f"{bucket}/kept/.labels.csv.parts could not be removed")


def test_table_in_no_bucket_is_refused_before_anything_is_scored() -> None:
    result = CliRunner().invoke(main, ["scans", "--out", "s3://labels.csv"])
    assert result.exit_code == 2
    assert "it names a bucket, and no table in it" in result.output


def test_bucket_that_is_not_there_is_told_in_a_line(bucket: str) -> None:
    assert bucket
    with pytest.raises(StoreUnavailable, match="no such bucket"):
        Results("s3://no-such-bucket/labels.csv", JOB, PARTS).missing()
