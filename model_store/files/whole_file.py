"""Writing a file so that nobody ever sees a part of it."""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from model_store.errors import StoreUnavailable

_PREFIX = ".unfinished-"
_ABANDONED_AFTER_S = 3600
# What link(2) says on file systems without hard links: FAT, SMB, some NFS and FUSE.
_NO_HARD_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write, which takes the place of `path` at the end of the block.

    If the block raises, `path` stays as it was. Raises StoreUnavailable for every
    OSError, also those of the block.
    """
    with unfinished_file(path.parent) as file:
        yield file
        _sync(file)
        Path(file.name).rename(path)


@contextlib.contextmanager
def unfinished_file(directory: Path) -> Iterator[IO[bytes]]:
    """A file to write in `directory`, which is removed unless it is given a name.

    Its own name is hidden; what a killed writer leaves is removed an hour later. At the
    end the directory is synced. Raises StoreUnavailable for every OSError, also those
    of the block.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(directory)
        with NamedTemporaryFile(prefix=_PREFIX, dir=directory, delete=False) as file:
            try:
                with contextlib.suppress(PermissionError):  # FAT has no modes
                    os.fchmod(file.fileno(), 0o644)  # readers may be another user
                yield file
            finally:
                Path(file.name).unlink(missing_ok=True)
        _sync_directory(directory)
    except OSError as error:
        raise StoreUnavailable(directory, error) from None


def give_new_name(file: IO[bytes], path: Path) -> None:
    """Let a written file appear as `path`, which must not exist.

    Raises FileExistsError, and then `path` is as it was; OSError.
    """
    _sync(file)
    try:
        os.link(file.name, path)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _reserve_and_rename(Path(file.name), path)


def _reserve_and_rename(written: Path, path: Path) -> None:
    """Without hard links, an empty file reserves the name; a reader refuses it."""
    path.touch(exist_ok=False)
    try:
        written.rename(path)
    except OSError:
        path.unlink()
        raise


def _remove_abandoned(directory: Path) -> None:
    for path in directory.glob(f"{_PREFIX}*"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _ABANDONED_AFTER_S:
                path.unlink()


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
