"""What a folder of a bucket holds, as it was seen at some moment."""

import errno
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from model_store.files.whole_file import whole_file
from model_store.objects.bucket import Bucket, Entry


@dataclass(frozen=True)
class Listing:
    """The entries of a folder, or why they are not known.

    Attributes:
        at: when it was asked for, in seconds of the host's monotonic clock.
        fault: "" if the entries are known.
    """

    at: float
    entries: dict[str, Entry]
    fault: str = ""

    @classmethod
    def ask(cls, bucket: Bucket, folder: str) -> "Listing":
        """What is there now; one request."""
        at = time.monotonic()
        try:
            return cls(at, bucket.list(folder))
        except OSError as error:
            return cls(at, {}, error.strerror or str(error))

    def is_older_than(self, seconds: float) -> bool:
        """Also if it comes from before the host was started."""
        return not 0 <= time.monotonic() - self.at <= seconds

    def known(self) -> dict[str, Entry]:
        """The entries. Raises OSError with the fault."""
        if self.fault:
            raise OSError(errno.EIO, self.fault)
        return self.entries

    def keep(self, file: Path) -> None:
        """Write it for other processes, if the file can be written."""
        with whole_file(file) as written:
            written.write(json.dumps(asdict(self)).encode())

    @classmethod
    def kept(cls, file: Path) -> "Listing | None":
        """What another process wrote, if anything."""
        try:
            document = json.loads(file.read_bytes())
            entries = {k: Entry(*v) for k, v in document["entries"].items()}
            return cls(document["at"], entries, document["fault"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
