"""The master's first SIGTERM is an announcement, the next one stops it."""

import logging
import os
import signal
import threading
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


class _Timers(list[tuple[Any, ...]]):
    """What is to be done later, and never is: a real one would end the tests."""

    def __call__(self, *arguments: Any) -> SimpleNamespace:
        self.append(arguments)
        return SimpleNamespace(start=lambda: None)


@pytest.fixture
def timers(monkeypatch: pytest.MonkeyPatch) -> _Timers:
    timers = _Timers()
    monkeypatch.setattr(threading, "Timer", timers)
    return timers


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("shared")
def test_first_is_told_to_the_workers_and_the_second_stops(timers: _Timers) -> None:
    drain_before_stopping(server := master(), LATER_S)
    server.handle_term()
    assert stopping.is_announced()
    assert timers == [(LATER_S, os.kill, (os.getpid(), signal.SIGTERM))]
    with pytest.raises(StopIteration):
        server.handle_term()


def test_what_cannot_be_told_stops_all_the_same(shared: Path, timers: _Timers) -> None:
    shared.rmdir()
    drain_before_stopping(server := master(), LATER_S)
    server.handle_term()
    assert not stopping.is_announced()
    assert len(timers) == 1
    with pytest.raises(StopIteration):
        server.handle_term()


@pytest.mark.parametrize(("seconds", "newer"), [(0.0, 0), (LATER_S, 4711)])
@pytest.mark.usefixtures("shared")
def test_nobody_is_told_where_nothing_is_waited_for_or_a_newer_master_answers(
    timers: _Timers, seconds: float, newer: int
) -> None:
    drain_before_stopping(server := master(newer), seconds)
    with pytest.raises(StopIteration):
        server.handle_term()
    assert not stopping.is_announced()
    assert timers == []
