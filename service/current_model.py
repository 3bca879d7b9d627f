"""The model that is being served, swapped for a newer version without a pause."""

import logging

import numpy as np

from model_store import Model, ModelStore, StoreError, StoreUnavailable
from service import metrics

log = logging.getLogger(__name__)


class NoModel(Exception):
    """Nothing is loaded yet; the text says why."""


class CurrentModel:
    """Serves the pinned version, or else the newest valid one.

    `refresh` loads and checks aside; readers only ever meet a whole, warmed-up model,
    as the swap is one assignment.
    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._model: Model | None = None
        # Fingerprints, so that the same broken file is not tried each second.
        self._loaded: tuple[int, ...] | None = None
        self._broken: set[tuple[int, ...]] = set()
        self._complaint = ""  # logged and counted once for as long as it lasts
        self._why_none = f"the model store {store.root} has not been read yet"

    @property
    def loaded(self) -> Model | None:
        """The model that answers now, or None."""
        return self._model

    def get(self) -> Model:
        """The model that answers now. Raises NoModel."""
        model = self._model
        if model is None:
            raise NoModel(self._why_none)
        return model

    def refresh(self) -> None:
        """Load what should be served by now, if it is not what is loaded."""
        before, self._complaint = self._complaint, ""
        self._follow_store()
        if self._complaint and self._complaint != before:
            metrics.MODEL_LOADS.labels("unavailable").inc()
            log.error("%s", self._complaint)

    def _follow_store(self) -> None:
        try:
            candidates = self._candidates()
        except StoreUnavailable as error:
            self._complaint = f"the model store cannot be read: {error}"
            self._why_none = f"the model store cannot be read ({error.reason})"
            return
        for version in candidates:
            if self._take(version):
                return
        if self._model is None:
            self._why_none = self._why_no_model(bool(candidates))

    def _candidates(self) -> list[int]:
        """The versions to try, the best first; none that is worse than the loaded."""
        newest_first = self._store.versions()[::-1]
        try:
            pinned = self._store.pinned()
        except StoreError as error:
            self._complaint = f"the pin cannot be followed: {error}"
        else:
            if pinned is None:
                return newest_first
            if self._take(pinned):
                return []
            self._complaint = f"the pinned version {pinned} is missing or broken"
        return [] if self._model else newest_first

    def _take(self, version: int) -> bool:
        """Make a version the loaded one; False if it is broken."""
        seen = self._store.fingerprint(version)
        if seen is None or seen in self._broken:
            return False
        if seen == self._loaded:
            return True
        try:
            model = self._store.load(version)
        except StoreUnavailable as error:  # it may be readable the next time
            self._complaint = f"version {version} cannot be read: {error}"
            return False
        except StoreError as error:
            self._broken.add(seen)
            metrics.MODEL_LOADS.labels("broken").inc()
            log.error("version %d is not served: %s", version, error)
            return False
        model.network.outputs(np.zeros((1, 784), np.uint8))  # warm up
        self._model, self._loaded = model, seen
        metrics.MODEL_LOADS.labels("ok").inc()
        log.info("serving version %d", version)
        return True

    def _why_no_model(self, any_version: bool) -> str:
        if any_version:
            return f"every version in {self._store.root} is broken (see the log)"
        return f"{self._store.root} holds no version yet; the trainer publishes one"
