"""The tools that the tests drive but Python does not bring: Docker, Prometheus."""

import functools
import os
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@functools.cache
def _why_not_installed() -> str | None:
    installing = subprocess.run(
        [HERE / "install-tools"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    return installing.stderr.strip() if installing.returncode else None


def need_tools() -> None:
    """Install what is missing; else skip the test, or fail it under CI."""
    if reason := _why_not_installed():
        give_up(reason)


def give_up(reason: str) -> None:
    """Skip for a reason that lies in the machine; in CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
