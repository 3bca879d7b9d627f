"""The counters of workers that are gone, in one file a kind instead of one a worker.

prometheus-client leaves the files of each dead worker, and a scrape reads them all.
"""

import fcntl
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from prometheus_client.mmap_dict import MmapedDict

from service.telemetry.counters.files import write_counters

_KINDS: Final = ("counter", "histogram")


def merge_dead_worker(directory: Path, pid: int) -> None:
    """Add the counters of a worker that has ended to those of the others.

    Without room for it on the disk they stay where they are.
    """
    with suppress(OSError), _locked(directory, fcntl.LOCK_EX):
        for kind in _KINDS:
            ended, dead = directory / f"{kind}_{pid}.db", _dead(directory, kind)
            if ended.exists():
                write_counters(dead, _totals([dead, ended]))
                ended.unlink()


def fold_dead_workers(directory: Path, renamed: Callable[[str], str]) -> None:
    """Give the dead workers' counters other keys; what then has one key is added.

    The caller keeps others from reading (no_scrape).
    """
    for dead in [_dead(directory, kind) for kind in _KINDS]:
        before = _totals([dead])
        after = _totals([dead], renamed)
        if after.keys() != before.keys():
            with suppress(OSError):
                write_counters(dead, after)


@contextmanager
def complete_counters(directory: Path) -> Iterator[None]:
    """In this block no count is in two places, or in none."""
    with _locked(directory, fcntl.LOCK_SH):
        yield


@contextmanager
def no_scrape(directory: Path) -> Iterator[None]:
    """In this block nobody else is in a block of complete_counters."""
    with _locked(directory, fcntl.LOCK_EX):
        yield


def _dead(directory: Path, kind: str) -> Path:
    return directory / f"{kind}_dead.db"


def _totals(
    files: Iterable[Path], renamed: Callable[[str], str] = str
) -> dict[str, float]:
    """The sum for each key over the files that exist."""
    totals: defaultdict[str, float] = defaultdict(float)
    for file in (file for file in files if file.exists()):
        values = MmapedDict.read_all_values_from_file(file)  # type: ignore[no-untyped-call]
        for key, value, _, _ in values:
            totals[renamed(key)] += value
    return totals


@contextmanager
def _locked(directory: Path, how: int) -> Iterator[None]:
    file = os.open(directory / "counters.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, how)
        yield
    finally:
        os.close(file)
