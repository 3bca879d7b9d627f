"""How many requests each client has sent, in a file that all workers map into memory.

A hash table of fixed size: 8,192 rows of 8 places, 1.5 MiB. Where a row is full, a new
client takes the place of the one that has sent the least. So a flood of addresses does
not erase the count of a client that is near the limit.
"""

import fcntl
import hashlib
import logging
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path

from service.access.rate_limit import Rate, Standing, Window

log = logging.getLogger(__name__)

_SALT_BYTES = 16
_PLACES = 8
_TAGS = struct.Struct(f"={_PLACES}Q")  # a row: the clients, then the windows
_TAG = struct.Struct("=Q")
_WINDOW = struct.Struct("=dII")
_BEGAN = struct.Struct("=" + _PLACES * "d8x")  # when each of a row's windows began
_ROW_BYTES = _TAGS.size + _PLACES * _WINDOW.size
_ROWS = 8192
_BYTES = _SALT_BYTES + _ROWS * _ROW_BYTES


class ClientCounts:
    """Counts the requests of clients against a rate, together with other processes.

    Without room for the file each process counts for itself, which is logged.

    Attributes:
        rate: what each client may send.
    """

    def __init__(
        self, rate: Rate, path: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.rate = rate
        self._clock = clock  # the same in all processes
        # The file's lock belongs to the process, so its threads need one more. The
        # kernel frees it when a worker is killed.
        self._lock = threading.Lock()
        self._file = _open_table(path)
        self._table = mmap.mmap(self._file, _BYTES)
        self._salt = self._table[:_SALT_BYTES]  # so that no client can choose its row

    def count(self, client: bytes) -> Standing:
        """Count a request if it may pass; returns the client's standing."""
        digest = hashlib.blake2b(client, digest_size=12, key=self._salt).digest()
        tag, hashed = struct.unpack("=QI", digest)
        row = _SALT_BYTES + hashed % _ROWS * _ROW_BYTES
        with self._lock:
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                return self._count(row, tag)
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _count(self, row: int, tag: int) -> Standing:
        now = self._clock()
        tags = _TAGS.unpack_from(self._table, row)
        if tag in tags:
            place = tags.index(tag)
            window = self._window(row, place, now)
        else:
            place = self._least(row + _TAGS.size, now)
            window = Window(now)
            _TAG.pack_into(self._table, row + place * _TAG.size, tag)
        wait = self.rate.wait(window, now)
        window = window._replace(passed=window.passed + (wait == 0))
        _WINDOW.pack_into(self._table, _at(row, place), *window)
        return self.rate.standing(window, now, wait)

    def _window(self, row: int, place: int, now: float) -> Window:
        window = _WINDOW.unpack_from(self._table, _at(row, place))
        return self.rate.at(Window._make(window), now)

    def _least(self, windows: int, now: float) -> int:
        """The place of a client without recent requests, or with the fewest."""
        began = _BEGAN.unpack_from(self._table, windows)
        if now - min(began) >= 2 * self.rate.seconds:
            return began.index(min(began))
        row = self._table[windows : windows + _PLACES * _WINDOW.size]
        counted = map(Window._make, _WINDOW.iter_unpack(row))
        current = [self.rate.at(window, now) for window in counted]
        weights = [self.rate.weight(window, now) for window in current]
        return weights.index(min(weights))


def _open_table(path: Path) -> int:
    """A file descriptor of the table; of one in memory if the file cannot be made."""
    try:
        return _filled(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        log.error(
            "the rate limit holds for this worker by itself until it is replaced:"
            " %s: %s", path, error.strerror,
        )  # fmt: skip
        return _filled(os.memfd_create(path.name))


def _filled(file: int) -> int:
    """The file, whole if it is new: a mapped hole on a full disk would end in SIGBUS.

    Raises OSError, with the file closed, if there is no room for it.
    """
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        if os.fstat(file).st_size < _BYTES:
            content = os.urandom(_SALT_BYTES) + bytes(_BYTES - _SALT_BYTES)
            written = 0
            while written < _BYTES:
                written += os.pwrite(file, content[written:], written)
        fcntl.flock(file, fcntl.LOCK_UN)
    except OSError:
        os.close(file)
        raise
    return file


def _at(row: int, place: int) -> int:
    """The offset of a place's window; `row` is the row's offset."""
    return row + _TAGS.size + place * _WINDOW.size
