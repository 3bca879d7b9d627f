"""Large pictures are decoded one at a time in a process, and few may wait for that.

Each takes up to 8 bytes of memory a pixel and up to a second of a CPU. A request that
waits for its turn holds a thread of the worker, which has MOST_WAITING more threads for
that (service/server/worker.py).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MOST_WAITING: Final = 8

_places = threading.BoundedSemaphore(1 + MOST_WAITING)
_turn = threading.Lock()


class TooManyWaiting(Exception):
    """As many large pictures as may wait for their turn are waiting already."""

    def __init__(self) -> None:
        super().__init__("too many large pictures are waiting to be decoded")


@contextmanager
def turn() -> Iterator[None]:
    """In this block no other large picture is decoded. Raises TooManyWaiting."""
    if not _places.acquire(blocking=False):
        raise TooManyWaiting
    try:
        with _turn:
            yield
    finally:
        _places.release()
