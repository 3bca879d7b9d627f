"""The directory that the processes of one service share: counters, and locks.

Its own lock is held for as long as one of them lives, however the master ended. What a
killed service left is removed by the next one that starts.
"""

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = "digits-shared-"


def make_shared_directory() -> str:
    """Make one, locked by this process, by what it becomes, and by its children."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # in use, another user's, or gone in this moment
            _remove(left)
    directory = tempfile.mkdtemp(prefix=_PREFIX)
    lock = os.open(directory, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.set_inheritable(lock, True)
    return directory


def _remove(directory: Path) -> None:
    """Remove it. Raises OSError if it is in use, or is no directory of this user's."""
    lock = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # One that is empty may be new, and not be locked yet.
        if os.fstat(lock).st_uid == os.geteuid() and any(directory.iterdir()):
            shutil.rmtree(directory)
    finally:
        os.close(lock)
