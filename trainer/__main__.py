"""Starts the trainer's commands, and ends quietly on a signal at any moment."""

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

from trainer.errors import Terminated


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def main() -> None:
    """Run a command; 130 after SIGINT, 143 after SIGTERM, nothing half-written."""
    signal.signal(signal.SIGTERM, _terminate)
    scratch = _place_for_compiled_code()
    try:
        # Inside, as numpy and pandas take a second to load and Ctrl-C may come then.
        from trainer.commands import run_commands  # noqa: PLC0415

        run_commands()
    except KeyboardInterrupt:
        sys.exit(130)
    except Terminated:
        sys.exit(143)
    finally:
        if scratch:
            shutil.rmtree(scratch, ignore_errors=True)


def _place_for_compiled_code() -> str | None:
    """A directory of this run's own if compiled code cannot be kept beside the source.

    numba loads what it finds there as code, so it must not be a place that others
    can write. NUMBA_CACHE_DIR names one that lasts, as the container does.
    """
    if "NUMBA_CACHE_DIR" in os.environ or os.access(Path(__file__).parent, os.W_OK):
        return None
    scratch = tempfile.mkdtemp(prefix="digits-compiled-")
    os.environ["NUMBA_CACHE_DIR"] = scratch
    return scratch


if __name__ == "__main__":
    main()
