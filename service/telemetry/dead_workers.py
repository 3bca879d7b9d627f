"""The counters of workers that are gone, in one file a kind instead of one a worker.

prometheus-client leaves the files of each dead worker, and a scrape reads them all.
"""

import fcntl
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prometheus_client.mmap_dict import MmapedDict

from service.telemetry.counter_files import ENTRY_BYTES

_KINDS: Final = ("counter", "histogram")


def merge_dead_worker(directory: Path, pid: int) -> None:
    """Add the counters of a worker that has ended to those of the others.

    Without room for it on the disk they stay where they are.
    """
    with suppress(OSError), _locked(directory, fcntl.LOCK_EX):
        for kind in _KINDS:
            ended = directory / f"{kind}_{pid}.db"
            if ended.exists():
                _add(ended, directory / f"{kind}_dead.db")


@contextmanager
def complete_counters(directory: Path) -> Iterator[None]:
    """In this block no worker's counters are in both files, or in neither."""
    with _locked(directory, fcntl.LOCK_SH):
        yield


def _add(ended: Path, dead: Path) -> None:
    totals: defaultdict[str, float] = defaultdict(float)
    for file in (file for file in (dead, ended) if file.exists()):
        values = MmapedDict.read_all_values_from_file(file)  # type: ignore[no-untyped-call]
        for key, value, _, _ in values:
            totals[key] += value
    merged = dead.with_suffix(".new")
    _allocate(merged, 8 + sum(len(key.encode()) + ENTRY_BYTES for key in totals))
    table = MmapedDict(str(merged))  # type: ignore[no-untyped-call]
    for key, total in totals.items():
        table.write_value(key, total, 0.0)  # type: ignore[no-untyped-call]
    table.close()  # type: ignore[no-untyped-call]
    merged.replace(dead)
    ended.unlink()


def _allocate(path: Path, size: int) -> None:
    """Make the file anew with blocks for all of it: to map a hole could be a crash."""
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)


@contextmanager
def _locked(directory: Path, how: int) -> Iterator[None]:
    file = os.open(directory / "counters.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, how)
        yield
    finally:
        os.close(file)
