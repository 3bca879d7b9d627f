"""Where versions of the model live: numbered, immutable files in one directory."""

import contextlib
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from model_store import npz
from model_store.allow_list import AllowList
from model_store.card import Card
from model_store.errors import ModelNotFound, StoreError, StoreUnavailable
from model_store.network import Network
from model_store.pin import Pin
from model_store.whole_file import written_aside

_VERSION_NAME = re.compile(r"(\d{6}|[1-9]\d{6,})\.npz", re.ASCII)


@dataclass(frozen=True)
class Model:
    """One stored version, read and checked."""

    version: int
    network: Network
    card: Card


class ModelStore:
    """The versions in `root`, and the pin in `state`.

    A reader sees a version whole or not at all: a file is written aside, synced, and
    then hard-linked to the next free number, which fails if that number exists.
    With an allow list, only the files on it are loaded.
    """

    def __init__(
        self, root: Path, state: Path, allow_list: AllowList | None = None
    ) -> None:
        self.root = root
        self._allow_list = allow_list
        self._versions = root / "versions"
        self._pin = Pin(state / "PINNED")

    def path(self, version: int) -> Path:
        """Where that version's file is, or would be."""
        return self._versions / f"{version:06d}.npz"

    def versions(self) -> list[int]:
        """The numbers of all versions, valid or not, in rising order.

        A store that does not exist yet is empty. Raises StoreUnavailable.
        """
        try:
            names = [path.name for path in self._versions.iterdir()]
        except FileNotFoundError:
            return []
        except OSError as error:
            raise StoreUnavailable(self._versions, error) from None
        matches = (_VERSION_NAME.fullmatch(name) for name in names)
        numbers = (int(match[1]) for match in matches if match)
        return sorted(number for number in numbers if number > 0)

    def load(self, version: int) -> Model:
        """Read and check one version.

        Raises ModelNotFound, CorruptModel, ModelNotAllowed, StoreUnavailable.
        """
        path = self.path(version)
        try:
            content = npz.content(path)
            if self._allow_list:
                self._allow_list.check(path, content)
            network, card = npz.parse(path, content)
        except FileNotFoundError:
            raise ModelNotFound(version, self.root) from None
        except OSError as error:
            raise StoreUnavailable(path, error) from None
        return Model(version, network, card)

    def fingerprint(self, version: int) -> tuple[int, ...] | None:
        """Numbers that differ when the version's file does, or whether it is allowed.

        None if there is no such file.
        """
        try:
            status = self.path(version).stat()
        except OSError:
            return None
        allowed = self._allow_list.fingerprint() if self._allow_list else ()
        return version, status.st_ino, status.st_mtime_ns, status.st_size, *allowed

    def latest(self) -> Model:
        """The newest version that is valid.

        Raises ModelNotFound if there is none, StoreUnavailable.
        """
        for version in reversed(self.versions()):
            with contextlib.suppress(StoreError):
                return self.load(version)
        raise ModelNotFound(None, self.root)

    def served(self) -> Model:
        """What a service that starts now would serve: the pinned version or the newest.

        Raises ModelNotFound if there is none, StoreUnavailable.
        """
        with contextlib.suppress(StoreError):
            pinned = self.pinned()
            if pinned is not None:
                return self.load(pinned)
        return self.latest()

    def verify(self, version: int) -> StoreError | None:
        """What is wrong with a version, or None."""
        try:
            self.load(version)
        except StoreError as error:
            return error
        return None

    def publish(self, network: Network, card: Card) -> int:
        """Store a new version and return its number; others may publish meanwhile.

        Raises StoreUnavailable; nothing is then left behind.
        """
        content = npz.to_bytes(network, card)
        with written_aside(self._versions, content) as temporary:
            while True:
                version = max(self.versions(), default=0) + 1
                with contextlib.suppress(FileExistsError):
                    os.link(temporary, self.path(version))
                    return version

    def reject(self, network: Network, card: Card, at: datetime) -> Path:
        """Keep a model that the gate refused, for study; it is no version.

        Raises StoreUnavailable.
        """
        directory = self.root / "rejected"
        with written_aside(directory, npz.to_bytes(network, card)) as temporary:
            path = directory / f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.npz"
            temporary.rename(path)
            return path

    def prune(self, keep: int) -> list[int]:
        """Remove all but the newest `keep` versions; never the one that is served.

        Returns the numbers removed. Raises StoreUnavailable.
        """
        try:
            served = self.served().version
        except ModelNotFound:
            served = None
        removed = [v for v in self.versions()[:-keep] if v != served]
        for version in removed:
            try:
                self.path(version).unlink(missing_ok=True)
            except OSError as error:
                raise StoreUnavailable(self.path(version), error) from None
        return removed

    def pinned(self) -> int | None:
        """The version that is served whatever is newer, or None.

        Raises BrokenPin, StoreUnavailable.
        """
        return self._pin.read()

    def pin(self, version: int) -> None:
        """Serve this version until unpin(); it is checked first.

        Raises ModelNotFound, CorruptModel, StoreUnavailable.
        """
        self.load(version)
        self._pin.write(version)

    def unpin(self) -> None:
        """Serve the newest version again. Raises StoreUnavailable."""
        self._pin.remove()
