"""Counters in files that are allocated whole before they are mapped into memory.

prometheus-client maps files with holes, and a counter that falls into a hole of a full
disk ends the process (SIGBUS). Here such a counter stays in memory, where prometheus
keeps its value too, and is written as soon as there is room.
"""

import mmap
import os
import threading
import time
from collections.abc import Collection, Mapping
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
        self._lock = threading.Lock()  # prometheus-client's own guards only its calls
        self._f = self._m = None  # type: ignore[assignment]
        self._positions: dict[str, int] = {}
        self._retry_at = 0.0
        self._has_room_for("")

    def read_value(self, key: str) -> Any:
        """The value and its time; 0 where it has no place in the file."""
        with self._lock:
            if not self._has_room_for(key):
                return 0.0, 0.0
            return super().read_value(key)  # type: ignore[no-untyped-call]

    def write_value(self, key: str, value: float, timestamp: float) -> None:
        """Write the whole value, if it has a place."""
        with self._lock:
            position = self._positions.get(key)
            if position is not None:  # the way of nearly every call, so made short
                _pack_two_doubles(self._m, position, value, timestamp)  # type: ignore[no-untyped-call]
            elif self._has_room_for(key):
                super().write_value(key, value, timestamp)  # type: ignore[no-untyped-call]

    def forget_zeros(self, keys: Collection[str]) -> None:
        """Give up the places of these counters, if they are 0 now.

        Without room for the shorter file the longer one stays.
        """
        with self._lock:
            if self._m is None:
                return
            entries = self.read_all_values()  # type: ignore[no-untyped-call]
            values = {key: value for key, value, _ in entries}
            kept = {k: v for k, v in values.items() if v or k not in keys}
            try:
                write_counters(Path(self._path), kept)
            except OSError:
                return
            self.close()  # type: ignore[no-untyped-call]
            super().__init__(self._path)  # type: ignore[no-untyped-call]

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
        _full.report("")
        return True

    def _allocate(self, key: str) -> None:
        """Have the disk's blocks for one more entry, and open the file if need be."""
        capacity = self._capacity if self._m else _INITIAL_MMAP_SIZE
        used = self._used if self._m else 8
        while used + len(key.encode()) + ENTRY_BYTES > capacity:
            capacity *= 2
        path = self._path
        if not Path(path).exists():
            path += ".new"  # a scrape, which reads *.db, finds no empty file
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _have_blocks(file, capacity)
            Path(path).rename(self._path)
        except OSError:
            if path != self._path:
                Path(path).unlink()
            raise
        finally:
            os.close(file)
        if self._m is None:
            super().__init__(self._path)


def write_counters(path: Path, totals: Mapping[str, float]) -> None:
    """Put a file of exactly these counters in the place of another. Raises OSError."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with new.open("wb") as file:  # with its blocks: to map a hole could be a crash
        size = 8 + sum(len(key.encode()) + ENTRY_BYTES for key in totals)
        _have_blocks(file.fileno(), max(size, _INITIAL_MMAP_SIZE))
    table = MmapedDict(str(new))  # type: ignore[no-untyped-call]
    for key, total in totals.items():
        table.write_value(key, total, 0.0)  # type: ignore[no-untyped-call]
    table.close()  # type: ignore[no-untyped-call]
    new.replace(path)


def _have_blocks(file: int, size: int) -> None:
    """Have the disk's blocks for a file of that size. Raises OSError."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
        return
    while (end := os.fstat(file).st_size) < size:  # macOS has no such call
        os.pwrite(file, bytes(size - end), end)


def last_incomplete() -> float:
    """When any worker's counter last had no room: seconds since 1970, 0 if never."""
    return _last_incomplete[0]


def allocate_counter_files() -> None:
    """From now on, metrics that are made keep their values in such files."""
    values.MmapedDict = CounterFile  # type: ignore[attr-defined]
