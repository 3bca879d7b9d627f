"""Counters in files that are allocated whole before they are mapped into memory.

prometheus-client maps files with holes, and a counter that falls into a hole of a full
disk ends the process (SIGBUS). Here such a counter stays in memory, where prometheus
keeps its value too, and is written as soon as there is room.
"""

import mmap
import os
import time
from pathlib import Path
from typing import Any, Final

from prometheus_client import values
from prometheus_client.mmap_dict import (
    _INITIAL_MMAP_SIZE,
    MmapedDict,
    _pack_two_doubles,
)

from service.telemetry.background import LoggedOnce

_RETRY_S: Final = 1.0
# What an entry takes besides its key: length, padding and two numbers, at most.
ENTRY_BYTES: Final = 4 + 8 + 16

_full = LoggedOnce()
# Made in the master, so that its workers share it; memory needs no room on the disk.
_last_incomplete = memoryview(mmap.mmap(-1, 8)).cast("d")


class CounterFile(MmapedDict):
    """One file of prometheus-client's; what has no room in it is left out for now."""

    def __init__(self, filename: str, read_mode: bool = False) -> None:
        self._path = filename
        self._f = self._m = None  # type: ignore[assignment]
        self._positions: dict[str, int] = {}
        self._retry_at = 0.0
        self._has_room_for("")

    def read_value(self, key: str) -> Any:
        """The value and its time; 0 where it has no place in the file."""
        if not self._has_room_for(key):
            return 0.0, 0.0
        return super().read_value(key)  # type: ignore[no-untyped-call]

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Write the whole value, if it has a place."""
        position = self._positions.get(key)
        if position is not None:  # the way of nearly every call, so made short
            _pack_two_doubles(self._m, position, value, timestamp)  # type: ignore[no-untyped-call]
        elif self._has_room_for(key):
            super().write_value(key, value, timestamp)  # type: ignore[no-untyped-call]

    def _has_room_for(self, key: str) -> bool:
        if key in self._positions:
            return True
        if time.monotonic() < self._retry_at:
            return False
        try:
            self._allocate(key)
        except OSError as error:
            self._retry_at = time.monotonic() + _RETRY_S
            _last_incomplete[0] = time.time()
            _full.report(f"metrics are incomplete, predictions go on: {error}")
            return False
        return True

    def _allocate(self, key: str) -> None:
        """Have the disk's blocks for one more entry, and open the file if need be."""
        capacity = self._capacity if self._m else _INITIAL_MMAP_SIZE
        used = self._used if self._m else 8
        while used + len(key.encode()) + ENTRY_BYTES > capacity:
            capacity *= 2
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(file, 0, capacity)
        except OSError:
            if not os.fstat(file).st_size:  # a scrape reads no empty file
                Path(self._path).unlink()
            raise
        finally:
            os.close(file)
        if self._m is None:
            super().__init__(self._path)


def last_incomplete() -> float:
    """When any worker's counter last had no room: seconds since 1970, 0 if never."""
    return _last_incomplete[0]


def allocate_counter_files() -> None:
    """From now on, metrics that are made keep their values in such files."""
    values.MmapedDict = CounterFile  # type: ignore[attr-defined]
