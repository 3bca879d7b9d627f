"""Waiting for what a running program says."""

import time

from tests.support.commands import Run
from tests.support.waiting import TIMEOUT_S


def wait_for(run: Run, text: str) -> None:
    """Until the text stands on its stderr."""
    give_up = time.monotonic() + TIMEOUT_S
    while text not in run.stderr:
        if run.code is not None or time.monotonic() > give_up:
            run.process.kill()
            raise AssertionError(f"it never said {text!r}: {run.stderr}")
        time.sleep(0.01)
