"""Rebalancing of kept connections: a new worker gets its share of them.

A kept connection stays with the worker that took it up. When one dies, its clients come
to those that live, and its successor would have nothing to do for as long as they keep
their connections. So a worker that begins touches a file that all share; the others see
it, and end what they had taken up before, each connection with its next answer. When
the service is about to stop, all of them are ended so.
"""

import math
import time
from pathlib import Path

from service.serving import stopping
from service.telemetry.background import every

_LOOK_S = 0.25


class Rebalancing:
    """Knows when a worker was started last; times are of time.monotonic()."""

    def __init__(self) -> None:
        self._started_at = -math.inf
        self._seen_ns = 0

    def join(self, mark: Path) -> None:
        """Be the newest worker, and look out for newer ones from now on.

        mark: the file that is touched; its directory exists.
        """
        mark.touch()
        self._seen_ns = mark.stat().st_mtime_ns
        every(_LOOK_S, lambda: self.look(mark), "rebalancing")

    def look(self, mark: Path) -> None:
        """See whether a worker was started since the last look, or all will stop."""
        if stopping.is_announced():
            self._started_at = math.inf
            return
        touched_ns = mark.stat().st_mtime_ns
        if touched_ns != self._seen_ns:
            self._seen_ns, self._started_at = touched_ns, time.monotonic()

    def ends(self, taken_up_at: float) -> bool:
        """Whether a connection that was taken up then is left to a newer worker."""
        return taken_up_at < self._started_at
