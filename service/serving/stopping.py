"""Whether the service is about to stop, as its master tells all workers by a file."""

import os
from pathlib import Path

_SHARED = "PROMETHEUS_MULTIPROC_DIR"  # the directory that the master and workers share


def announce() -> None:
    """Tell the workers. Raises OSError."""
    _mark().touch()


def is_announced() -> bool:
    """Whether the service is about to stop; never outside the workers."""
    return _SHARED in os.environ and _mark().exists()


def _mark() -> Path:
    return Path(os.environ[_SHARED], "stopping")
