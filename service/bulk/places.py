"""Where sources lie: files of this host, or objects of a bucket."""

import contextlib
import io
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

from model_store.address import is_bucket
from model_store.objects.bucket import Bucket
from service.bulk.errors import BucketAway, NoSource

_FETCHED_AT_ONCE: Final = 2**18  # bytes of an object


def opened(address: str) -> IO[bytes]:
    """A file or an object, to read from anywhere in it.

    Raises OSError; it and every read of it raise BucketAway, which is none: an archive
    is not broken because its bucket does not answer.
    """
    if is_bucket(address):
        return io.BufferedReader(_Object(*_bucket_and_key(address)), _FETCHED_AT_ONCE)
    return Path(address).open("rb")


def files_of(source: str) -> list[str]:
    """The file that it is, or all below it, in the order of their names, unhidden.

    Raises NoSource.
    """
    try:
        if is_bucket(source):
            return _objects_of(source)
        return [source] if Path(source).is_file() else _files_below(source)
    except OSError as error:
        raise NoSource(f"{error.filename or source}: {error.strerror}") from None


@contextlib.contextmanager
def answering(place: object) -> Iterator[None]:
    """Raises BucketAway where the block is left without an answer."""
    try:
        yield
    except TimeoutError as error:
        raise BucketAway(f"{place} does not answer: {error.strerror}") from None


def is_hidden(name: str) -> bool:
    """Whether a file or a folder is one that no person sees."""
    return name.startswith(".") or name == "__MACOSX"


def _files_below(folder: str) -> list[str]:
    if not Path(folder).is_dir():
        raise FileNotFoundError(2, "no such file or directory")
    found = []
    for where, folders, names in os.walk(folder, onerror=_give_up):
        folders[:] = _shown(folders)
        found += [str(Path(where, name)) for name in _shown(names)]
    return found


def _give_up(error: OSError) -> None:
    raise error


def _shown(names: list[str]) -> list[str]:
    return sorted(name for name in names if not is_hidden(name))


def _objects_of(address: str) -> list[str]:
    bucket, key = _bucket_and_key(address)
    if found := [f"{bucket.url}/{below}" for below in _keys_below(bucket, key)]:
        return found
    if not key:
        raise FileNotFoundError(2, "the bucket is empty")
    bucket.size(key)
    return [f"{bucket.url}/{key}"]


def _keys_below(bucket: Bucket, folder: str) -> Iterator[str]:
    """As of a directory: first what is in it, then what is in its folders."""
    entries = bucket.list(folder)
    names = {name: f"{folder}/{name}".lstrip("/") for name in _shown([*entries])}
    yield from (key for name, key in names.items() if entries[name].tag)
    for name, key in names.items():
        if not entries[name].tag:
            yield from _keys_below(bucket, key)


def _bucket_and_key(address: str) -> tuple[Bucket, str]:
    scheme, _, path = address.partition("://")
    name, _, key = path.partition("/")
    return _bucket(f"{scheme}://{name}"), key.rstrip("/")


@cache
def _bucket(url: str) -> Bucket:
    return Bucket(url)


class _Object(io.RawIOBase):
    """An object whose bytes are fetched as they are read."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        self._bucket, self._key, self._at = bucket, key, 0
        with self._answering():
            self._size = bucket.size(key)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        begins = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}
        self._at = max(0, begins[whence] + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        length = min(len(buffer), max(0, self._size - self._at))
        if length:
            with self._answering():
                buffer[:length] = self._bucket.stretch(self._key, self._at, length)
        self._at += length
        return length

    def _answering(self) -> contextlib.AbstractContextManager[None]:
        return answering(f"{self._bucket.url}/{self._key}")
