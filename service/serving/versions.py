"""Any stored version for who asks for it by number; a few of them stay loaded."""

import threading
from functools import lru_cache

from model_store import Model, ModelStore
from service.serving.catalog import Catalog

MOST_LOADED = 4


class Versions:
    """Loads versions as they are asked for, and keeps the MOST_LOADED asked last.

    They are loaded one at a time: whoever asks for many at once waits, and memory does
    not grow with them.
    """

    def __init__(self, store: ModelStore, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lock = threading.Lock()
        self._load = lru_cache(MOST_LOADED)(store.load)

    def get(self, version: int) -> Model:
        """That version. Raises ModelNotFound, CorruptModel, StoreUnavailable."""
        with self._lock:
            self._catalog.card(version)  # which reads a broken file only once
            return self._load(version)
