"""Where a run writes: folders of this host or of a bucket, whose files appear whole."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Protocol

from model_store.address import is_bucket
from model_store.errors import StoreUnavailable
from model_store.files.whole_file import whole_file
from model_store.objects.bucket import Bucket
from service.bulk.places import answering


class Folder(Protocol):
    """Files that are read and written whole.

    Every method may raise StoreUnavailable, and BucketAway.
    """

    def names(self) -> set[str]:
        """Of the files in it; none if it is not there."""

    def read(self, name: str) -> bytes:
        """A file's content."""

    def written(self, name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        """A file to write, which appears at the end of the block, or never."""

    def remove(self) -> bool:
        """The folder, and all files in it; False if some could not be removed."""


def folder_at(address: str) -> Folder:
    """The folder of that name, which need not be there yet."""
    if is_bucket(address):
        return _BucketFolder(address)
    return _Directory(Path(address))


class _Directory:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> set[str]:
        with _told(self._path), contextlib.suppress(FileNotFoundError):
            return {path.name for path in self._path.iterdir()}
        return set()

    def read(self, name: str) -> bytes:
        with _told(self._path / name):
            return (self._path / name).read_bytes()

    def written(self, name: str) -> contextlib.AbstractContextManager[IO[bytes]]:
        return whole_file(self._path / name)

    def remove(self) -> bool:
        shutil.rmtree(self._path, ignore_errors=True)
        return not self._path.exists()


class _BucketFolder:
    def __init__(self, address: str) -> None:
        self._address, self._bucket = address, Bucket(address)

    def names(self) -> set[str]:
        with _told(self._address):
            return set(self._bucket.list(""))

    def read(self, name: str) -> bytes:
        with _told(self._address):
            return self._bucket.get(name)

    @contextlib.contextmanager
    def written(self, name: str) -> Iterator[IO[bytes]]:
        with _told(self._address), TemporaryFile() as file:
            yield file
            file.seek(0)
            self._bucket.put(name, file)

    def remove(self) -> bool:
        above, _, name = self._address.rpartition("/")
        try:
            Bucket(above).remove(name)
        except OSError:
            return False
        return True


@contextlib.contextmanager
def _told(place: object) -> Iterator[None]:
    try:
        with answering(place):
            yield
    except OSError as error:
        raise StoreUnavailable(place, error) from None
