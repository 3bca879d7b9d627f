"""Loads a version and warms it up; a broken file is tried once."""

import logging
from typing import NamedTuple

import numpy as np

from model_store import (
    Model,
    ModelNotAllowed,
    ModelStore,
    ModelWithdrawn,
    StoreError,
    StoreUnavailable,
)
from service.telemetry import metrics
from service.telemetry.version_series import begin_series

log = logging.getLogger(__name__)


class Loaded(NamedTuple):
    """A model, and the fingerprint of the file that it was read from."""

    model: Model
    fingerprint: tuple[int, ...]


class VersionLoader:
    """Loads versions; a fault in one is logged and counted once.

    source: where the service's joules come from, None without a source.
    """

    def __init__(self, store: ModelStore, source: str | None) -> None:
        self._store = store
        self._source = source
        # Fingerprints of broken files, which are not tried again each second.
        self._refused: set[tuple[int, ...]] = set()

    def load(self, version: int, loaded: Loaded | None) -> Loaded | None:
        """That version: `loaded` if it is that one; None if it is missing or broken.

        Raises StoreUnavailable: it may be readable the next time.
        """
        seen = self._store.fingerprint(version)
        if seen is None or seen in self._refused:
            return None
        if loaded and seen == loaded.fingerprint:
            return loaded
        try:
            model = self._store.load(version)
        except StoreUnavailable:
            raise
        except ModelWithdrawn:
            self._refused.add(seen)
            log.warning("version %d is withdrawn", version)
            return None
        except StoreError as error:
            self._refused.add(seen)
            forbidden = isinstance(error, ModelNotAllowed)
            metrics.MODEL_LOADS.labels("forbidden" if forbidden else "broken").inc()
            log.error("version %d is not served: %s", version, error)
            return None
        model.network.outputs(np.zeros((1, 784), np.uint8))  # warm up
        metrics.MODEL_LOADS.labels("ok").inc()
        begin_series(version, self._source)
        return Loaded(model, seen)
