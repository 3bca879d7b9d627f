"""Where versions of the model live: numbered, immutable files in one place."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from model_store.card import Card
from model_store.decisions.choice import Choice
from model_store.decisions.records import Author
from model_store.decisions.withdrawals import Withdrawals
from model_store.errors import (
    CorruptModel,
    ModelNotAllowed,
    ModelNotFound,
    ModelWithdrawn,
    NewerVersion,
    StoreError,
    StoreUnavailable,
)
from model_store.files import npz
from model_store.files.allow_list import AllowList
from model_store.model import Model
from model_store.network import Network
from model_store.objects.path import ObjectPath
from model_store.place import StorePath, create, listed, replace, version_of


class ModelStore:
    """The versions in `root`, and what people chose among them.

    That is in `state`, so that a directory of versions can be read-only for a service;
    in a bucket it is beside them, so that every host sees it. A reader sees a version
    whole or not at all: it appears under the next free number, which fails if that
    number exists. With an allow list, only the files on it are valid. A withdrawn
    version stays readable, but is never served.

    Attributes:
        choice: the pin and the canary.
        withdrawals: the versions that are served no more.
    """

    def __init__(
        self, root: StorePath, state: Path, allow_list: AllowList | None = None
    ) -> None:
        self.root = root
        self.state = state
        self._allow_list = allow_list
        self._versions = root / "versions"
        self.choice = Choice(root if isinstance(root, ObjectPath) else state)
        self.withdrawals = Withdrawals(self._versions)

    def path(self, version: int) -> StorePath:
        """Where that version's file is, or would be."""
        return self._versions / f"{version:06d}.npz"

    def versions(self) -> list[int]:
        """The numbers of all versions, valid or not, in rising order.

        A store that does not exist yet is empty. Raises StoreUnavailable.
        """
        files = [path for path in listed(self._versions) if path.suffix == ".npz"]
        return sorted(filter(None, map(version_of, files)))

    def load(self, version: int) -> Model:
        """One version that may be served, read and checked.

        Raises ModelWithdrawn, and what read() raises.
        """
        if self.withdrawals.has(version):
            raise ModelWithdrawn(version)
        return self.read(version)

    def read(self, version: int) -> Model:
        """Read and check one version, withdrawn or not.

        Raises ModelNotFound, CorruptModel, ModelNotAllowed, StoreUnavailable.
        """
        path = self.path(version)
        try:
            content, published = npz.content(path), path.stat().st_mtime
            allow_list = self._allow_list
            sha256 = allow_list.check(path, content) if allow_list else None
            network, card = npz.parse(path, content)
        except FileNotFoundError:
            raise ModelNotFound(version, self.root) from None
        except OSError as error:
            raise StoreUnavailable(path, error) from None
        return Model(version, network, card, sha256, published)

    def still_allows(self, model: Model) -> bool:
        """Whether a loaded version may be served now: allowed, and not withdrawn.

        Raises StoreUnavailable if that cannot be found out.
        """
        allowed = self._allow_list is None or model.sha256 in self._allow_list.sums()
        return allowed and not self.withdrawals.has(model.version)

    def fingerprint(self, version: int) -> tuple[int, ...] | None:
        """Numbers that differ when the version's file does, or its being allowed.

        None if there is no such file. Raises StoreUnavailable.
        """
        try:
            status = self.path(version).stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnavailable(self.path(version), error) from None
        file = version, status.st_ino, status.st_mtime_ns, status.st_size
        allowed = self._allow_list.fingerprint() if self._allow_list else ()
        return *file, int(self.withdrawals.has(version)), *allowed

    def latest(self) -> Model:
        """The newest version that is valid.

        Raises ModelNotFound if there is none, StoreUnavailable.
        """
        for version in reversed(self.versions()):
            with contextlib.suppress(StoreError):
                return self.load(version)
        raise ModelNotFound(None, self.root)

    def valid(self) -> Iterator[Model]:
        """Every version that may be served, the newest first; each is read when asked.

        Raises StoreUnavailable: what cannot be read now may still be valid.
        """
        withdrawn = self.withdrawals.all()
        return (model for model in self.readable() if model.version not in withdrawn)

    def readable(self) -> Iterator[Model]:
        """The same, with those that are withdrawn."""
        for version in reversed(self.versions()):
            with contextlib.suppress(CorruptModel, ModelNotAllowed, ModelNotFound):
                yield self.read(version)

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
        """What is wrong with a version's file, or None."""
        try:
            self.read(version)
        except StoreError as error:
            return error
        return None

    def publish(self, network: Network, card: Card, after: int | None = None) -> int:
        """Store a new version and return its number; others may publish meanwhile.

        after: the newest version that the caller has seen (0: none); None for whatever
        there is. Raises NewerVersion if there is a newer one than that,
        StoreUnavailable; nothing is then left behind.
        """
        content = npz.to_bytes(network, card)
        while True:
            newest = self.newest()
            if after is not None and newest > after:
                raise NewerVersion(newest)
            with contextlib.suppress(FileExistsError):
                create(self.path(newest + 1), content)
                return newest + 1

    def newest(self) -> int:
        """The highest number of a version, valid or not; 0 if there is none."""
        return max(self.versions(), default=0)

    def reject(self, network: Network, card: Card, at: datetime) -> StorePath:
        """Keep a model that the gate refused, for study; it is no version.

        Raises StoreUnavailable.
        """
        path = self.root / "rejected" / f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.npz"
        replace(path, npz.to_bytes(network, card))
        return path

    def pinned(self) -> int | None:
        """The pinned version, or None. Raises BrokenPin, StoreUnavailable."""
        return self.choice.pinned()

    def pin(self, version: int, author: Author | None = None) -> None:
        """Serve this version until unpin(); it is checked first.

        Raises what load() raises.
        """
        self.load(version)
        self.choice.pin(version, author or Author.this_user())

    def unpin(self, author: Author | None = None) -> None:
        """Serve the newest version again. Raises StoreUnavailable."""
        self.choice.unpin(author or Author.this_user())
