"""Clients are counted exactly by many processes and threads, in bounded memory."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.access.client_counts import ClientCounts
from service.access.rate_limit import Rate
from tests.support.environment import ROOT

HOUR = 3600.0
LIMIT = 500
SENDER = f"""
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from service.access.client_counts import ClientCounts
from service.access.rate_limit import Rate
counts = ClientCounts(Rate({LIMIT}, {HOUR}), Path(sys.argv[1]))
print(flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(4) as pool:
    standings = list(pool.map(counts.count, [b"client"] * {LIMIT}))
print(sum(standing.wait == 0 for standing in standings))
"""


class _Clock:
    now = 1e6

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


def test_processes_and_threads_together_let_exactly_the_limit_through(
    tmp_path: Path,
) -> None:
    senders = [
        subprocess.Popen(
            [sys.executable, "-c", SENDER, str(tmp_path / "counts")],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for sender in senders:
        assert sender.stdout
        sender.stdout.readline()  # it has the table
    for sender in senders:
        assert sender.stdin
        sender.stdin.write("go\n")
        sender.stdin.flush()
    passed = [int(sender.communicate(timeout=60)[0]) for sender in senders]
    assert sum(passed) == LIMIT


def test_threads_of_one_process_let_exactly_the_limit_through(tmp_path: Path) -> None:
    counts = ClientCounts(Rate(100, HOUR), tmp_path / "counts")
    with ThreadPoolExecutor(8) as pool:
        standings = list(pool.map(counts.count, [b"client"] * 1000))
    assert sum(standing.wait == 0 for standing in standings) == 100


def test_memory_is_bounded_and_a_flood_makes_no_busy_client_forgotten(
    tmp_path: Path, clock: _Clock
) -> None:
    path = tmp_path / "counts"
    counts = ClientCounts(Rate(3, HOUR), path, clock)
    size = path.stat().st_size
    busy = [f"busy {number}".encode() for number in range(20)]
    for client in busy * 3:
        assert counts.count(client).wait == 0
    for number in range(70_000):
        assert counts.count(number.to_bytes(4, "big")).wait == 0
    assert all(counts.count(client).wait > 0 for client in busy)
    assert path.stat().st_size == size < 2 * 2**20


def test_client_comes_back_when_its_time_is_up(tmp_path: Path, clock: _Clock) -> None:
    counts = ClientCounts(Rate(2, HOUR), tmp_path / "counts", clock)
    assert [counts.count(b"a").wait for _ in range(3)] == [0, 0, HOUR]
    clock.now += HOUR + 1
    assert counts.count(b"a").wait == 0
    assert counts.count(b"a").wait > 0
    clock.now += 2 * HOUR
    assert [counts.count(b"a").wait for _ in range(3)] == [0, 0, HOUR]


def test_table_outlives_the_worker_that_made_it(tmp_path: Path, clock: _Clock) -> None:
    for expected in (0, HOUR):
        counts = ClientCounts(Rate(1, HOUR), tmp_path / "counts", clock)
        assert counts.count(b"a").wait == expected


@pytest.mark.parametrize("full", ["/dev/full", "/proc/none"], ids=["blocks", "inodes"])
def test_process_counts_for_itself_where_the_disk_is_full(
    full: str, clock: _Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        counts = ClientCounts(Rate(2, HOUR), Path(full), clock)
        assert [counts.count(b"a").wait for _ in range(3)] == [0, 0, HOUR]
    assert [record.getMessage().count(full) for record in caplog.records] == [1, 1]
