"""Waiting for a bucket that does not answer: for minutes, and not in silence."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

import click

from service.bulk.errors import BucketAway

T = TypeVar("T")
_MINUTES: Final = 5


def _tell(text: str) -> None:
    click.echo(f"\n{text}", err=True)  # below the progress bar


class Patience:
    """How long a bucket has not answered.

    Whatever it was asked for is tried again until then: obstore itself gives up after a
    few seconds, and by that sets the pace.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] = _tell,
    ) -> None:
        self._clock, self._tell = clock, tell
        self._since: float | None = None

    def answered(self) -> None:
        """It did."""
        if self._since is not None:
            self._tell("it answers again")
        self._since = None

    def failed(self, error: BucketAway) -> None:
        """It did not. Raises BucketAway where that has lasted too long."""
        now = self._clock()
        if self._since is None:
            self._since = now
            self._tell(f"{error}; it is asked again for {_MINUTES} minutes")
        if now - self._since > _MINUTES * 60:
            raise BucketAway(
                f"{error}, for {_MINUTES} minutes now; what is done is kept, so run the"
                " same command again"
            ) from None

    def until_answered(self, ask: Callable[[], T]) -> T:
        """What it answers at last. Raises BucketAway."""
        while True:
            try:
                result = ask()
            except BucketAway as error:
                self.failed(error)
            else:
                self.answered()
                return result
