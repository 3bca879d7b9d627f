"""Starts the trainer's commands, and ends quietly on a signal at any moment."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from trainer.training.signals import Stopping


def main() -> None:
    """Run a command; 130 after SIGINT, 143 after SIGTERM, nothing half-written."""
    stopping = Stopping()
    scratch = _place_for_compiled_code()
    try:
        # Inside, as numpy and pandas take a second to load and Ctrl-C may come then.
        from trainer.cli.commands import run_commands  # noqa: PLC0415

        run_commands()
    except BaseException:  # a library may have made another exception of ours
        if stopping.exit_code is None:
            raise
        sys.exit(stopping.exit_code)
    finally:
        stopping.restore()
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
