"""Waits until a measurement is over: some seconds, runs of a command, a key press."""

import select
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from energy.errors import RunFailed

Finished = Callable[[float], bool]  # waits that many seconds; True once all is over

_STDERR = 2  # a command's output must not mix with ours


def seconds_pass(seconds: float) -> Finished:
    """Over once the seconds have passed since now."""
    end = time.monotonic() + seconds

    def finished(wait_s: float) -> bool:
        time.sleep(min(wait_s, max(end - time.monotonic(), 0.0)))
        return time.monotonic() >= end

    return finished


def line_entered(source: TextIO) -> Finished:
    """Over once a person has pressed Enter.

    Raises `RunFailed` if the input ends instead.
    """

    def finished(wait_s: float) -> bool:
        if not select.select([source], [], [], wait_s)[0]:
            return False
        if not source.readline():
            raise RunFailed(1, "no one pressed Enter; give a command after --")
        return True

    return finished


@contextmanager
def command_runs(command: Sequence[str], runs: int) -> Iterator[Finished]:
    """Over once the command has run so many times, one after the other.

    Its output goes to stderr. Raises `RunFailed` if it cannot start or exits with
    another status than 0. Leaving early stops the run.
    """
    started = [_start(command, 1)]

    def finished(wait_s: float) -> bool:
        try:
            status = started[-1].wait(wait_s)
        except subprocess.TimeoutExpired:
            return False
        if status:
            raise RunFailed(len(started), f"{command[0]} exited with status {status}")
        if len(started) < runs:
            started.append(_start(command, len(started) + 1))
            return False
        return True

    try:
        yield finished
    finally:
        started[-1].terminate()
        started[-1].wait()


def _start(command: Sequence[str], run: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(command, stdout=_STDERR)  # noqa: S603 - the user's own
    except OSError as error:
        raise RunFailed(run, f"{command[0]}: {error.strerror}") from error
