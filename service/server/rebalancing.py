"""A new worker gets its share of the connections that clients keep.

A kept connection stays with the worker that took it up. When one dies, its clients come
to those that live, and its successor would have nothing to do for as long as they keep
their connections. So a worker that begins touches a file that all share; the others see
it, and end what they had taken up before, each connection with its next answer.
"""

import math
import time
from pathlib import Path

from service.telemetry.background import every

_LOOK_S = 0.25


class Newcomers:
    """When a worker came last; times are of time.monotonic()."""

    def __init__(self) -> None:
        self._came_at = -math.inf
        self._seen_ns = 0

    def join(self, mark: Path) -> None:
        """Be the newest worker, and look out for newer ones from now on.

        mark: the file that is touched; its directory exists.
        """
        mark.touch()
        self._seen_ns = mark.stat().st_mtime_ns
        every(_LOOK_S, lambda: self.look(mark), "newcomers")

    def look(self, mark: Path) -> None:
        """See whether a worker came since the last look."""
        touched_ns = mark.stat().st_mtime_ns
        if touched_ns != self._seen_ns:
            self._seen_ns, self._came_at = touched_ns, time.monotonic()

    def came_after(self, moment: float) -> bool:
        """Whether one came since then."""
        return moment < self._came_at
