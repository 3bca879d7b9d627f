"""Writing a file so that nobody ever sees a part of it."""

import contextlib
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from model_store.errors import StoreUnavailable

_PREFIX = ".unfinished-"
_ABANDONED_AFTER_S = 3600


@contextlib.contextmanager
def written_aside(directory: Path, content: bytes) -> Iterator[Path]:
    """A synced file in `directory` under a temporary name, to be linked or renamed.

    It is removed at the end under that name, whatever happens; then the directory is
    synced. A writer that is killed leaves it: it is swept an hour later.
    Raises StoreUnavailable for every OSError, also those of the block.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(directory)
        path = _temporary_file(directory)
        try:
            with path.open("wb") as file:
                os.fchmod(file.fileno(), 0o644)  # readers may be another user
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield path
        finally:
            path.unlink(missing_ok=True)
        _sync(directory)
    except OSError as error:
        raise StoreUnavailable(directory, error) from None


def _temporary_file(directory: Path) -> Path:
    handle, name = tempfile.mkstemp(prefix=_PREFIX, dir=directory)
    os.close(handle)
    return Path(name)


def _remove_abandoned(directory: Path) -> None:
    for path in directory.glob(f"{_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _ABANDONED_AFTER_S:
                path.unlink()


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
