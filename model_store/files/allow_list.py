"""The allow list: the SHA-256 sums of the model files that may be served."""

import errno
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from model_store.errors import ModelNotAllowed, StoreUnavailable

# What sha256sum writes: the sum, and the name of a file, which does not matter here.
_LINE = re.compile(r"\\?([0-9a-fA-F]{64})(?:\s+.*)?")


@dataclass(frozen=True)
class AllowList:
    """A file of sha256sum lines, read anew for each model that is loaded."""

    path: Path

    def sums(self) -> frozenset[str]:
        """The sums in it. Raises StoreUnavailable; also if a line is no sum."""
        try:
            lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError as error:
            raise StoreUnavailable(self.path, error) from None
        matches = [_LINE.fullmatch(line) for line in lines if line.strip()]
        if not all(matches):
            fault = OSError(errno.EINVAL, "it holds a line that is no SHA-256 sum")
            raise StoreUnavailable(self.path, fault)
        return frozenset(match[1].lower() for match in matches if match)

    def check(self, path: object, content: bytes) -> str:
        """The sum of a model file that is on the list.

        Raises ModelNotAllowed, StoreUnavailable.
        """
        found = hashlib.sha256(content).hexdigest()
        if found not in self.sums():
            raise ModelNotAllowed(path, found)
        return found

    def fingerprint(self) -> tuple[int, ...]:
        """Numbers that differ when the list does."""
        try:
            status = self.path.stat()
        except OSError:
            return ()
        return status.st_ino, status.st_mtime_ns, status.st_size
