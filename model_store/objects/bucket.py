"""Objects under a prefix of a bucket: listed, read, created, each within a time."""

import contextlib
import errno
import hashlib
import os
from datetime import timedelta
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, Final, NamedTuple
from uuid import uuid4

from model_store.objects.faults import NO_BUCKET, told_as_os_errors

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# Names of variables, such as AWS_ENDPOINT_URL, are obstore's; it reads them itself.
# Plain HTTP is spoken only with an endpoint that somebody gave as http://.
_CLIENT: Final = {
    "allow_http": True,
    "connect_timeout": "5s",
    "read_timeout": "10s",  # of silence
    "timeout": "60s",  # in all
}
_RETRY: Final = {"max_retries": 5, "retry_timeout": timedelta(seconds=10)}
_PROBE: Final = "probe"
_TRIES: Final = 3


class Entry(NamedTuple):
    """What a listing says of an object, or of a folder (size 0, no tag).

    Attributes:
        size: in bytes.
        modified: in seconds since 1970.
        tag: another one whenever the content is.
    """

    size: int
    modified: float
    tag: str


class Bucket:
    """The objects under `url`; every method may raise an OSError of one short line.

    Nothing is asked before the first call: a process that forks must not have called.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def _store(self) -> "ObjectStore":
        from obstore.store import from_url  # noqa: PLC0415 (an extra)

        with told_as_os_errors():
            options: Any = {"client_options": _CLIENT, "retry_config": _RETRY}
            return from_url(self.url, **options)

    def list(self, folder: str) -> dict[str, Entry]:
        """What is in a folder, by name; folders in it, too."""
        from obstore import list_with_delimiter  # noqa: PLC0415

        with told_as_os_errors():
            found = list_with_delimiter(self._store, folder or None)
        folders = found["common_prefixes"]
        entries = {_name(path): Entry(0, 0.0, "") for path in folders}
        for it in found["objects"]:
            modified = it["last_modified"].timestamp()
            tag = it["e_tag"] or f"{modified}-{it['size']}"
            entries[_name(it["path"])] = Entry(it["size"], modified, tag)
        return entries

    def get(self, key: str) -> bytes:
        """An object's content. Raises FileNotFoundError."""
        return self._get(key)[0]

    def size(self, key: str) -> int:
        """Of an object's content, in bytes. Raises FileNotFoundError."""
        from obstore import head  # noqa: PLC0415

        with told_as_os_errors():
            return head(self._store, key)["size"]

    def stretch(self, key: str, start: int, length: int) -> bytes:
        """So many bytes of an object's content. Raises FileNotFoundError."""
        from obstore import get_range  # noqa: PLC0415

        with told_as_os_errors():
            return bytes(get_range(self._store, key, start=start, length=length))

    def put(self, key: str, content: bytes | IO[bytes]) -> None:
        """Write an object, in place of one that there may be; it appears whole."""
        from obstore import put  # noqa: PLC0415

        with told_as_os_errors():
            put(self._store, key, content)

    def create(self, key: str, content: bytes) -> None:
        """Write an object that is not there yet. Raises FileExistsError.

        Whoever is told that it exists looks whether it is his own: the answer to a
        first try may have been lost, and obstore tries again. If there is none, another
        writer was in the way (S3 answers 409), and it is tried again.
        """
        self.prove()
        written = {"sha256": _sha256(content), "writer": uuid4().hex}
        for _ in range(_TRIES):
            with contextlib.suppress(FileExistsError):
                self._create(key, content, written)
                return
            with contextlib.suppress(FileNotFoundError):
                found, attributes = self._get(key)
                if (attributes, _sha256(found)) == (written, written["sha256"]):
                    return
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        raise OSError(errno.EAGAIN, "it is said to exist, and is not there")

    def remove(self, key: str) -> None:
        """Remove an object, and whatever is below it as in a folder."""
        import obstore  # noqa: PLC0415

        with told_as_os_errors():
            found = obstore.list(self._store, key)
            for path in (key, *(it["path"] for some in found for it in some)):
                with contextlib.suppress(FileNotFoundError):
                    obstore.delete(self._store, path)

    def _get(self, key: str) -> tuple[bytes, dict[str, str]]:
        from obstore import get  # noqa: PLC0415

        with told_as_os_errors():
            found = get(self._store, key)
            written = ("sha256", "writer")
            attributes = {k: v for k, v in found.attributes.items() if k in written}
            return bytes(found.bytes()), attributes

    def _create(self, key: str, content: bytes, attributes: dict[str, str]) -> None:
        from obstore import put  # noqa: PLC0415

        with told_as_os_errors():
            try:
                put(self._store, key, content, attributes=attributes, mode="create")
            except FileNotFoundError:
                raise OSError(errno.ENXIO, NO_BUCKET) from None

    @cached_property
    def _conditions_hold(self) -> bool:
        """Whether the store refuses to create what there is: not all do."""
        for _ in range(2):
            try:
                self._create(_PROBE, b"create-if-absent is honoured here\n", {})
            except FileExistsError:
                return True
        return False

    def prove(self) -> None:
        """Raises OSError unless objects can be created here, never over another."""
        if not self._conditions_hold:
            raise OSError(
                errno.ENOTSUP,
                "this object store ignores the condition 'create if absent', so that"
                " publishers would overwrite each other's versions",
            )


def _name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
