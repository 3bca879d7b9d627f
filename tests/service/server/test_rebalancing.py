"""A worker that begins is noticed by those that were there before, and by no other."""

import os
import time
from pathlib import Path

import pytest

from service.server.rebalancing import Rebalancing


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    return tmp_path / "newest-worker"


def test_lone_worker_keeps_its_connections(mark: Path) -> None:
    began, worker = time.monotonic(), Rebalancing()
    worker.join(mark)
    worker.look(mark)
    assert not worker.ends(began)


def test_newcomer_gets_what_was_taken_up_before_it_and_no_more(mark: Path) -> None:
    older, began = Rebalancing(), time.monotonic()
    older.join(mark)
    os.utime(mark, ns=(1, 1))  # another worker's, at another time
    older.look(mark)
    assert older.ends(began)
    assert not older.ends(time.monotonic())
