"""Contents of objects, kept as files of this host, so that each is fetched once."""

import contextlib
import hashlib
import shutil
from pathlib import Path

from model_store.errors import StoreUnavailable
from model_store.files.whole_file import whole_file
from model_store.objects.bucket import Bucket, Entry


class Contents:
    """A file for each object that was read; where none can be written, it does without.

    The file's name ends in what tells this content from another one under its key.
    """

    def __init__(self, bucket: Bucket, directory: Path) -> None:
        self._bucket = bucket
        self._directory = directory
        self._swept: dict[str, dict[str, Entry]] = {}

    def read(self, key: str, entry: Entry) -> bytes:
        """The content that a listing told of. Raises OSError."""
        file = self._directory / _name(key, entry)
        with contextlib.suppress(OSError):
            kept = file.read_bytes()
            if len(kept) == entry.size:
                return kept
        content = self._bucket.get(key)
        with contextlib.suppress(StoreUnavailable), whole_file(file) as written:
            written.write(content)
        return content

    def sweep(self, folder: str, entries: dict[str, Entry]) -> None:
        """Remove what is kept of objects that are not among these any more."""
        if self._swept.get(folder) is entries:
            return
        self._swept[folder] = entries
        directory = self._directory / folder
        kept = {_name(name, entry) for name, entry in entries.items()}
        with contextlib.suppress(OSError):
            for path in directory.iterdir():
                if path.name in kept or path.name.startswith("."):
                    continue
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def _name(key: str, entry: Entry) -> str:
    """Of a folder its own name."""
    tag = hashlib.sha256(entry.tag.encode()).hexdigest()[:16]
    return f"{key}.{tag}" if entry.tag else key
