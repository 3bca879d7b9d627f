"""Ending on SIGINT or SIGTERM at any moment, with the exit code of the signal."""

import signal
from types import FrameType
from typing import NoReturn

_AGAIN_S = 1.0


class Stopped(BaseException):
    """A signal asks the program to end; like KeyboardInterrupt, nobody's to swallow."""


class Stopping:
    """Raises Stopped on SIGINT and SIGTERM, and again until the program has ended.

    Again, because libraries swallow exceptions that arrive in their callbacks.

    Attributes:
        number: of the first signal that came, None while none has.
    """

    def __init__(self) -> None:
        self.number: int | None = None
        self._kept = {
            number: signal.signal(number, self._stop)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        }

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
