"""Bulk scoring on real processes: who is killed, and that no picture is lost."""

import csv
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.support import digits
from tests.support.installation import Installation, Program, free_port
from tests.support.waiting import TIMEOUT_S, ended, wait_until

ARCHIVES, MEMBERS = 6, 150
LABELS = [number % 10 for number in range(MEMBERS)]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("archives")
    contents = [digits.picture(digit) for digit in range(10)]
    for number in range(ARCHIVES):
        with zipfile.ZipFile(folder / f"{number}.zip", "w") as archive:
            for member, label in enumerate(LABELS):
                archive.writestr(f"{member:03d}-is-{label}.png", contents[label])
    return folder


def rows_of(table: Path) -> list[dict[str, str]]:
    with table.open() as file:
        return list(csv.DictReader(file))


def check_complete(table: Path) -> None:
    """Each picture once, nearly all read as what they are (by a small model)."""
    rows = rows_of(table)
    assert len({row["source"] for row in rows}) == len(rows) == ARCHIVES * MEMBERS
    right = sum(row["source"].endswith(f"is-{row['label']}.png") for row in rows)
    assert right >= 0.9 * len(rows)


def done_parts(table: Path) -> int:
    return len(list(table.parent.glob(f".{table.name}.parts/*.json")))


def descendants(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(word) for each in threads for word in each.read_text().split()]
    return children + [below for child in children for below in descendants(child)]


def scoring(place: Installation, *options: object) -> Program:
    return place.start("service.bulk", *options)


def test_folder_becomes_a_parquet_table(trained: Installation, tmp_path: Path) -> None:
    (scans := tmp_path / "scans").mkdir()
    for digit in range(10):
        (scans / f"{digit}.png").write_bytes(digits.picture(digit))
    out = tmp_path / "labels.parquet"
    run = trained.run("service.bulk", scans, "--out", out, "--read", "--json")
    assert run.returncode == 0, run.stderr
    table = pq.read_table(out).to_pylist()
    right = sum(row["label"] == str(digit) for digit, row in enumerate(table))
    assert right >= 8
    assert {row["version"] for row in table} == {1}
    assert json.loads(run.stdout)["pictures"] == len(table) == 10


def test_killed_worker_costs_no_picture(
    trained: Installation, archives: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labels.csv"
    program = scoring(trained, archives, "--out", out, "--workers", 2)
    with ended(program):
        wait_until("a part is done", lambda: done_parts(out))
        [worker, *_] = [
            pid
            for pid in descendants(program.pid)
            if b"resource_tracker" not in Path(f"/proc/{pid}/cmdline").read_bytes()
        ]
        os.kill(worker, signal.SIGKILL)
        _, err = program.communicate(timeout=TIMEOUT_S)
    assert program.returncode == 0, err
    check_complete(out)


def test_killed_run_goes_on_where_it_stood(
    trained: Installation, archives: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labels.csv"
    program = scoring(trained, archives, "--out", out)
    with ended(program):
        wait_until("a part is done", lambda: done_parts(out))
        os.killpg(program.pid, signal.SIGKILL)
    assert not out.exists()
    kept = done_parts(out)
    assert 0 < kept < ARCHIVES
    refused = trained.run("service.bulk", archives, "--out", out, "--read")
    assert refused.returncode == 2
    assert "other sources, options" in refused.stderr
    assert trained.run("service.bulk", archives, "--out", out).returncode == 0
    check_complete(out)
    assert not done_parts(out)


@contextmanager
def dask_cluster(place: Installation) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A scheduler with one worker; its address, and the scheduler's process."""
    address = f"tcp://127.0.0.1:{free_port()}"
    port = address.rpartition(":")[2]
    options = ["--host", "127.0.0.1", "--no-dashboard"]
    with ExitStack() as stack:
        scheduler, _worker = (
            stack.enter_context(_running(place, "dask", *words, *options))
            for words in (
                ("scheduler", "--port", port),
                ("worker", address, "--nthreads", "1", "--memory-limit", "0"),
            )
        )
        yield address, scheduler


@contextmanager
def _running(place: Installation, *words: str) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=place.directory,
        env=place.environ(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with ended(process):
        yield process


def test_killed_scheduler_costs_minutes_and_no_picture(
    trained: Installation, archives: Path, tmp_path: Path
) -> None:
    out = tmp_path / "labels.csv"
    with dask_cluster(trained) as (address, scheduler):
        program = scoring(trained, archives, "--out", out, "--scheduler", address)
        with ended(program):
            wait_until("a part is done", lambda: done_parts(out))
            scheduler.kill()
            _, err = program.communicate(timeout=TIMEOUT_S)
        assert program.returncode == 2
        assert "run the same command again" in err.splitlines()[-1]
    with dask_cluster(trained) as (address, _):
        again = trained.run(
            "service.bulk", archives, "--out", out, "--scheduler", address
        )
        assert again.returncode == 0, again.stderr
    check_complete(out)


def test_scheduler_that_is_not_there_is_one_line(
    trained: Installation, tmp_path: Path
) -> None:
    (scans := tmp_path / "scans").mkdir()
    (scans / "7.png").write_bytes(digits.picture(7))
    address = f"tcp://127.0.0.1:{free_port()}"
    out = tmp_path / "labels.csv"
    run = trained.run("service.bulk", scans, "--out", out, "--scheduler", address)
    assert run.returncode == 2
    assert address in run.stderr.splitlines()[-1]
