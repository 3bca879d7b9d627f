"""Ending on SIGINT or SIGTERM at any moment, with the exit code of the signal."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

_AGAIN_S = 1.0
_NUMBERS = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)


class Stopped(BaseException):
    """A signal asks the program to end; no library catches it by `except Exception`."""


class Stopping:
    """Raises Stopped on SIGINT and SIGTERM, and again until the program has ended.

    Again, because libraries swallow exceptions that arrive in their callbacks.

    Attributes:
        number: of the first signal that came, None while none has.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._kept = {number: signal.signal(number, self._stop) for number in _NUMBERS}

    @property
    def exit_code(self) -> int | None:
        """130 after SIGINT, 143 after SIGTERM, None if none came."""
        return None if self.number is None else 128 + self.number

    def restore(self) -> None:
        """Handle signals as before; none of ours comes any more."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in self._kept.items():
            signal.signal(number, handler)

    def _stop(self, number: int, _frame: FrameType | None) -> NoReturn:
        if self.number is None:
            self.number = number
        signal.setitimer(signal.ITIMER_REAL, _AGAIN_S)
        raise Stopped


class StopFlag:
    """Set by the first signal that comes, and looked at between two batches."""

    def __init__(self) -> None:
        self.number: int | None = None

    def check(self) -> None:
        """Raises Stopped if a signal came."""
        if self.number is not None:
            raise Stopped

    def set(self, number: int, _frame: FrameType | None) -> None:
        """The signal handler; a second signal changes nothing."""
        self.number = self.number or number


@contextlib.contextmanager
def signals_deferred() -> Iterator[StopFlag]:
    """Signals in the block only set the flag; at its end the first is delivered."""
    stop = StopFlag()
    kept = {number: signal.signal(number, stop.set) for number in _NUMBERS}
    try:
        yield stop
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
        if stop.number is not None:
            signal.raise_signal(stop.number)
