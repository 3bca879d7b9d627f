"""Waiting for another process: until it shows something, never for a fixed time."""

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

TIMEOUT_S = 120

T = TypeVar("T")


def wait_until(what: str, found: Callable[[], T], timeout_s: float = TIMEOUT_S) -> T:
    """The first true value that `found` gives; an AssertionError naming `what` else."""
    give_up = time.monotonic() + timeout_s
    while time.monotonic() < give_up:
        if value := found():
            return value
        time.sleep(0.05)
    raise AssertionError(f"waited {timeout_s:.0f} s in vain: {what}")


@contextlib.contextmanager
def ended(process: subprocess.Popen[Any]) -> Iterator[None]:
    """See to it that a process is gone after the block: asked first, then killed."""
    try:
        yield
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
