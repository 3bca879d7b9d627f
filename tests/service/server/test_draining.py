"""The master's first SIGTERM is an announcement, the next one stops it."""

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from service.server.draining import drain_before_stopping
from service.serving import stopping

LATER_S = 3600.0


def master(reexec_pid: int = 0) -> Any:
    """As much of gunicorn's arbiter as is asked."""

    def stop() -> None:
        raise StopIteration

    log = logging.getLogger("master")
    return SimpleNamespace(handle_term=stop, reexec_pid=reexec_pid, log=log)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    return tmp_path


def test_first_is_told_to_the_workers_and_the_second_stops(shared: Path) -> None:
    drain_before_stopping(server := master(), LATER_S)
    server.handle_term()
    assert stopping.is_announced()
    with pytest.raises(StopIteration):
        server.handle_term()


def test_what_cannot_be_told_stops_all_the_same(shared: Path) -> None:
    shared.rmdir()
    drain_before_stopping(server := master(), LATER_S)
    server.handle_term()
    assert not stopping.is_announced()
    with pytest.raises(StopIteration):
        server.handle_term()


@pytest.mark.parametrize(("seconds", "newer"), [(0.0, 0), (LATER_S, 4711)])
def test_nobody_is_told_where_nothing_is_waited_for_or_a_newer_master_answers(
    shared: Path, seconds: float, newer: int
) -> None:
    drain_before_stopping(server := master(newer), seconds)
    with pytest.raises(StopIteration):
        server.handle_term()
    assert not stopping.is_announced()
