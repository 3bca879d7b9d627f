"""When folders of a bucket are listed: by each process, or by one poller a host."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from model_store.errors import StoreUnavailable
from model_store.objects.bucket import Bucket
from model_store.objects.listing import Listing

_COMMAND_MAX_AGE_S: Final = 1.0


class Listings(Protocol):
    """The listings of a bucket's folders, not older than they may be."""

    def of(self, folder: str) -> Listing:
        """What is in a folder; its fault if that cannot be known."""

    def forget(self, folder: str) -> None:
        """Ask anew the next time: something was changed there."""


class OwnListings:
    """Listings of a process that asks for itself, such as a command."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._seen: dict[str, Listing] = {}

    def of(self, folder: str) -> Listing:
        """At most a second old."""
        seen = self._seen.get(folder)
        if seen is None or seen.is_older_than(_COMMAND_MAX_AGE_S):
            seen = self._seen[folder] = Listing.ask(self._bucket, folder)
        return seen

    def forget(self, folder: str) -> None:
        """Whatever was seen there."""
        self._seen.pop(folder, None)


class SharedListings:
    """Listings that the processes of a host share, through files in a directory.

    Whichever of them finds one too old asks, unless another one is asking: that may
    take as long as the limits allow, and meanwhile the old one counts. So a host asks
    once in `max_age_s`, however many workers it has.
    """

    def __init__(self, bucket: Bucket, directory: Path, max_age_s: float) -> None:
        self._bucket = bucket
        self._directory = directory
        self._max_age_s = max_age_s
        self._read: dict[Path, tuple[tuple[int, int], Listing | None]] = {}

    def of(self, folder: str) -> Listing:
        """What was seen last by any process."""
        file = self._file(folder)
        seen = self._kept(file)
        if seen and not seen.is_older_than(self._max_age_s):
            return seen
        with self._is_asking() as we_do:
            if seen and not we_do:
                return seen
            asked = Listing.ask(self._bucket, folder)
            with contextlib.suppress(StoreUnavailable):  # then each asks for itself
                asked.keep(file)
            return asked

    def forget(self, folder: str) -> None:
        """Every process of the host asks anew."""
        with contextlib.suppress(OSError):
            self._file(folder).unlink()

    def _file(self, folder: str) -> Path:
        return self._directory / f"{folder.replace('/', '+') or 'top'}.json"

    def _kept(self, file: Path) -> Listing | None:
        """Read again only if another one was written."""
        try:
            status = file.stat()
        except OSError:
            return None
        stamp = status.st_ino, status.st_mtime_ns
        if self._read.get(file, (None,))[0] != stamp:
            self._read[file] = stamp, Listing.kept(file)
        return self._read[file][1]

    @contextlib.contextmanager
    def _is_asking(self) -> Iterator[bool]:
        """Whether it is this process that asks."""
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            lock = os.open(self._directory / "lock", os.O_CREAT | os.O_RDWR, 0o644)
        except OSError:
            yield True
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
        except BlockingIOError:
            yield False
        finally:
            os.close(lock)
