"""A path of a store that is in a bucket: as much of pathlib.Path as a store needs."""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NamedTuple

from model_store.objects.bucket import Bucket, Entry
from model_store.objects.contents import Contents
from model_store.objects.listings import Listings


class Status(NamedTuple):
    """What of os.stat_result there is for an object; st_ino stands for its content."""

    st_mode: int
    st_ino: int
    st_size: int
    st_mtime: float
    st_mtime_ns: int


@dataclass(frozen=True)
class Objects:
    """A bucket, and what this host knows of it."""

    bucket: Bucket
    listings: Listings
    contents: Contents

    def entries(self, folder: str) -> dict[str, Entry]:
        """What is in a folder, by name. Raises OSError.

        What is below a folder that is not there is not asked for: anybody can ask a
        service for the report on any version.
        """
        above, _, name = folder.rpartition("/")
        if above and name not in self.entries(above):
            return {}
        entries = self.listings.of(folder).known()
        self.contents.sweep(folder, entries)
        return entries


@dataclass(frozen=True, order=True)
class ObjectPath:
    """An object, or a folder of them, under a bucket's prefix; "" is all of it.

    Its methods do and raise what those of Path do. An object is always written whole.
    """

    key: str
    objects: Objects = field(compare=False)

    def __str__(self) -> str:
        return f"{self.objects.bucket.url}/{self.key}".rstrip("/")

    def __truediv__(self, name: str) -> "ObjectPath":
        return ObjectPath(f"{self.key}/{name}".lstrip("/"), self.objects)

    @property
    def name(self) -> str:
        """The last part."""
        return PurePosixPath(self.key).name

    @property
    def stem(self) -> str:
        """The name without its suffix."""
        return PurePosixPath(self.key).stem

    @property
    def suffix(self) -> str:
        """The name's ending, such as ".npz"."""
        return PurePosixPath(self.key).suffix

    @property
    def parent(self) -> "ObjectPath":
        """The folder that it is in."""
        return ObjectPath(self.key.rpartition("/")[0], self.objects)

    def resolve(self) -> "ObjectPath":
        """An address is the same wherever it is used."""
        return self

    def iterdir(self) -> Iterator["ObjectPath"]:
        """What is in the folder; nothing, if it is not there."""
        return (self / name for name in self.objects.entries(self.key))

    def stat(self) -> Status:
        """What a listing tells of it."""
        entry = self._entry()
        kind = stat.S_IFREG if entry.tag else stat.S_IFDIR
        modified_ns = int(entry.modified * 1e9)
        return Status(kind, hash(entry.tag), entry.size, entry.modified, modified_ns)

    def is_file(self) -> bool:
        """Whether it is an object; not, if that cannot be known."""
        try:
            return bool(self._entry().tag)
        except OSError:
            return False

    def is_dir(self) -> bool:
        """Whether there is anything in the folder; not, if that cannot be known."""
        try:
            return bool(self.objects.entries(self.key))
        except OSError:
            return False

    def read_bytes(self) -> bytes:
        """The content, fetched once for this host."""
        entry = self._entry()
        if not entry.tag:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        return self.objects.contents.read(self.key, entry)

    def read_text(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """The content as text."""
        return self.read_bytes().decode(encoding, errors)

    def write_bytes(self, content: bytes) -> None:
        """Write it, in place of what there may be."""
        self.objects.bucket.put(self.key, content)
        self._forget()

    def create(self, content: bytes) -> None:
        """Write it where nothing is yet. Raises FileExistsError."""
        try:
            self.objects.bucket.create(self.key, content)
        finally:
            self._forget()  # else it is asked again what is free

    def unlink(self, missing_ok: bool = False) -> None:
        """Remove it, and whatever is in the folder."""
        if not missing_ok:
            self._entry()
        self.objects.bucket.remove(self.key)
        self._forget()

    def _entry(self) -> Entry:
        try:
            return self.objects.entries(self.parent.key)[self.name]
        except KeyError:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT)) from None

    def _forget(self) -> None:
        for folder in (self.key, self.parent.key, self.parent.parent.key):
            self.objects.listings.forget(folder)
