"""Versions that were taken back: a marker beside a version, which every host skips."""

import contextlib

from model_store.decisions.records import Author, Decision
from model_store.errors import BrokenPin, StoreUnavailable
from model_store.place import StorePath, listed, replace, version_of

_SUFFIX = ".withdrawn"


class Withdrawals:
    """The markers in the directory of the versions.

    Whatever is in a marker, its version is withdrawn. To remove the file takes it back.
    """

    def __init__(self, directory: StorePath) -> None:
        self._directory = directory

    def marker(self, version: int) -> StorePath:
        """Where that version's marker is, or would be."""
        return self._directory / f"{version:06d}{_SUFFIX}"

    def add(self, version: int, author: Author) -> None:
        """Withdraw a version. Raises StoreUnavailable."""
        decision = Decision.now(author, "withdraw", version)
        replace(self.marker(version), decision.to_bytes())

    def has(self, version: int) -> bool:
        """Whether a version is withdrawn. Raises StoreUnavailable."""
        path = self.marker(version)
        try:
            path.stat()
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StoreUnavailable(path, error) from None
        return True

    def all(self) -> dict[int, Decision | None]:
        """Which versions are withdrawn; who did it, if the marker says so.

        Raises StoreUnavailable.
        """
        markers = [path for path in listed(self._directory) if path.suffix == _SUFFIX]
        found = {version_of(path): _decision(path) for path in markers}
        return {version: record for version, record in found.items() if version}


def _decision(path: StorePath) -> Decision | None:
    with contextlib.suppress(OSError, BrokenPin):
        return Decision.parse(path, path.read_text(errors="replace"))
    return None
