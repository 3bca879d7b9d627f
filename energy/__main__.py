"""Starts the energy commands; turns an error into one line and an exit status."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import click

from energy.errors import EnergyError

PROGRAM = "python -m energy"


def main() -> NoReturn:
    """Run a command and exit.

    0: done; 1: the reader of the output is gone; 2: bad arguments, settings or data,
    named in one line on stderr; 130 after Ctrl-C, 143 after SIGTERM.
    """
    signal.signal(signal.SIGTERM, _terminate)
    try:
        # Inside, so that Ctrl-C while modules load ends quietly too.
        from energy.cli.commands import cli  # noqa: PLC0415

        status = cli.main(prog_name=PROGRAM, standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as error:
        _complain(error.format_message())
    except EnergyError as error:
        _complain(str(error))
    sys.exit(status if isinstance(status, int) else 0)


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(143)


def _complain(message: str) -> NoReturn:
    sys.stderr.write(f"{PROGRAM}: {' '.join(message.split())}\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
