"""The stored versions by number: their cards, and a few of them loaded."""

import threading
from functools import lru_cache

from model_store import (
    Card,
    Model,
    ModelNotFound,
    ModelStore,
    StoreError,
    StoreUnavailable,
)
from service.telemetry.version_series import begin_series

Fingerprint = tuple[int, ...]
MOST_LOADED = 4


class Catalog:
    """Reads the file of a version once, and again only if its fingerprint changes.

    The MOST_LOADED models that were asked for last stay loaded. They are loaded one at
    a time: many requests for many versions wait, and memory does not grow with them.
    source: where the service's joules come from, None without a source.
    """

    def __init__(self, store: ModelStore, source: str | None = None) -> None:
        self._store = store
        self._source = source
        self._cards: dict[int, tuple[Fingerprint, Card | StoreError]] = {}
        self._loading = threading.Lock()
        self._model = lru_cache(MOST_LOADED)(self._load)

    def cards(self) -> dict[int, Card]:
        """The valid versions, in rising order. Raises StoreUnavailable."""
        entries = {version: self._entry(version) for version in self._store.versions()}
        return {v: card for v, card in entries.items() if isinstance(card, Card)}

    def card(self, version: int) -> Card:
        """One version's card, withdrawn or not.

        Raises ModelNotFound, CorruptModel, ModelNotAllowed, StoreUnavailable.
        """
        entry = self._entry(version)
        if isinstance(entry, StoreError):
            raise entry
        return entry

    def model(self, version: int) -> Model:
        """One version, loaded. Raises ModelWithdrawn, and what `card` raises."""
        with self._loading:
            self.card(version)  # a broken file is refused without reading it again
            return self._model(version, self._store.fingerprint(version))

    def _load(self, version: int, _fingerprint: Fingerprint | None) -> Model:
        model = self._store.load(version)
        begin_series(version, self._source)
        return model

    def _entry(self, version: int) -> Card | StoreError:
        fingerprint = self._store.fingerprint(version)
        if fingerprint is None:
            self._cards.pop(version, None)
            return ModelNotFound(version, self._store.root)
        seen, entry = self._cards.get(version, (None, None))
        if entry is None or seen != fingerprint:
            entry = self._read(version)
            if not isinstance(entry, StoreUnavailable):  # that may pass
                self._cards[version] = fingerprint, entry
        return entry

    def _read(self, version: int) -> Card | StoreError:
        try:
            return self._store.read(version).card
        except StoreError as error:
            return error
