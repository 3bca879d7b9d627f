"""Starts the service, and ends quietly on a signal at any moment before gunicorn."""

import os
import signal


def main() -> None:
    """Check the settings and become the gunicorn master."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _frame: os._exit(128 + number))
    # Inside, as libraries take a moment to load and Ctrl-C may come then.
    from service.command import run_command  # noqa: PLC0415

    run_command()


if __name__ == "__main__":
    main()
