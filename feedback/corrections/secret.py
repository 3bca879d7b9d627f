"""The key of the tokens: a file that all workers, and all hosts, share."""

import contextlib
import os
import secrets
from pathlib import Path

from feedback.errors import FeedbackError
from model_store import StoreUnavailable
from model_store.files.whole_file import give_new_name, unfinished_file

_FILE = "feedback.key"
_BYTES = 32
_FEWEST = 16
_MOST = 64  # what BLAKE2b takes


class BadSecret(FeedbackError):
    """A key file that cannot be used.

    Attributes: path, reason.
    """

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"DIGITS_FEEDBACK_SECRET: {path}: {reason}")
        self.path = path
        self.reason = reason


def secret(path: Path | None, state: Path) -> bytes:
    """The key in that file, else in one of the state directory, which is made.

    Raises BadSecret.
    """
    if path is None:
        path = state / _FILE
        if not path.exists():
            _make(path)
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise BadSecret(path, error.strerror or str(error)) from None
    if not _FEWEST <= len(key) <= _MOST:
        raise BadSecret(
            path,
            f"{len(key)} bytes; a key of {_FEWEST} to {_MOST} is needed, such as"
            " openssl rand -hex 32 writes",
        )
    return key


def _make(path: Path) -> None:
    """Workers that start together all take the file that was there first."""
    try:
        with unfinished_file(path.parent) as file:
            os.fchmod(file.fileno(), 0o600)  # pictures are signed with it
            file.write(secrets.token_hex(_BYTES).encode())
            with contextlib.suppress(FileExistsError):
                give_new_name(file, path)
    except StoreUnavailable as error:
        raise BadSecret(path, error.reason) from None
