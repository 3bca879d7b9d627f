"""Pictures take turns: large ones to be decoded, all but tiny ones to be read.

To decode a large one takes up to 8 bytes of memory a pixel and up to a second of a CPU.
A request that waits for that holds a thread of the worker, which has MOST_WAITING more
threads for it (service/server/worker.py); no more may wait.

To read one takes hundreds of short calls of numpy and Pillow. Threads that do so at the
same time take the interpreter's lock from each other at every call, from core to core:
together they need up to twice the CPU time (benchmarks/scaling.py).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

MOST_WAITING: Final = 8
# Pictures of so many pixels are read without a wait: a worker's main thread does it.
TINY: Final = 64 * 64
# The turn saves CPU time, and is not worth a longer wait behind a costly picture.
LONGEST_WAIT_S: Final = 0.5

_reading = threading.Lock()
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


@contextmanager
def reading_turn(size: tuple[int, int]) -> Iterator[None]:
    """In this block no other picture is read, as a rule; size: as sent.

    Nobody waits for long: a costly one is then read beside the others.
    """
    width, height = size
    waits = width * height > TINY
    held = waits and _reading.acquire(timeout=LONGEST_WAIT_S)
    try:
        yield
    finally:
        if held:
            _reading.release()
