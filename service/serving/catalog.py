"""The cards of the stored versions, for looking at; each file is read once."""

from model_store import (
    Card,
    ModelNotFound,
    ModelStore,
    StoreError,
    StoreUnavailable,
)


class Catalog:
    """Every version's card, or what is wrong with the version."""

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._read: dict[tuple[int, ...], Card | StoreError] = {}

    def cards(self) -> dict[int, Card]:
        """The valid versions, in rising order. Raises StoreUnavailable."""
        entries = {version: self._entry(version) for version in self._store.versions()}
        return {v: card for v, card in entries.items() if isinstance(card, Card)}

    def card(self, version: int) -> Card:
        """One version's card. Raises ModelNotFound, CorruptModel, StoreUnavailable."""
        entry = self._entry(version)
        if isinstance(entry, StoreError):
            raise entry
        return entry

    def _entry(self, version: int) -> Card | StoreError:
        fingerprint = self._store.fingerprint(version)
        if fingerprint is None:
            return ModelNotFound(version, self._store.root)
        if fingerprint not in self._read:
            try:
                self._read[fingerprint] = self._store.load(version).card
            except StoreUnavailable as error:
                return error  # it may pass, so it is not kept
            except StoreError as error:
                self._read[fingerprint] = error
        return self._read[fingerprint]
