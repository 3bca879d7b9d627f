"""Starts the trainer's commands, and ends quietly on a signal at any moment."""

import signal
import sys
from types import FrameType
from typing import NoReturn

from trainer.errors import Terminated


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Terminated


def main() -> None:
    """Run a command; 130 after SIGINT, 143 after SIGTERM, nothing half-written."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        # Inside, as numpy and pandas take a second to load and Ctrl-C may come then.
        from trainer.commands import run_commands  # noqa: PLC0415

        run_commands()
    except KeyboardInterrupt:
        sys.exit(130)
    except Terminated:
        sys.exit(143)


if __name__ == "__main__":
    main()
