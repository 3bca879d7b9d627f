"""The model that is served; a newer version replaces it without a pause."""

import logging
import threading
from random import Random

from model_store import Model, ModelStore, StoreError, StoreUnavailable
from service.serving.canary import Canary
from service.serving.version_loader import Loaded, VersionLoader
from service.telemetry import metrics
from service.telemetry.background import LoggedOnce

log = logging.getLogger(__name__)


class NoModel(Exception):
    """No model is loaded; the text says why."""


class CurrentModel:
    """Serves the pinned version, or else the newest valid one; perhaps also a canary.

    `refresh` loads and checks a version before it is served. The swap is one
    assignment, so that a reader gets the old model or the new one, warmed up.

    Attributes:
        pinned: the version that was pinned at the last refresh; None if none was, or if
            the pin could not be read.
    """

    def __init__(
        self,
        store: ModelStore,
        canary: Canary | None = None,
        rng: Random | None = None,
    ) -> None:
        self._store = store
        self._loader = VersionLoader(store)
        self._share = canary
        self._rng = rng or Random()  # noqa: S311 (nobody gains by a guess)
        self._main: Loaded | None = None
        self._canary: Loaded | None = None
        self._refreshing = threading.Lock()
        self._why = ""  # the version that is loaded is served
        self.pinned: int | None = None
        self._fault = ""  # of the store or the pin, as seen by this refresh
        self._logged = LoggedOnce()
        self._canary_logged = LoggedOnce()
        self._why_none = ""

    @property
    def loaded(self) -> Model | None:
        """The model that answers now, except for the canary's share; or None."""
        main = self._main
        return main.model if main else None

    @property
    def all_loaded(self) -> list[Model]:
        """The loaded model and the canary, if it is another one."""
        models = [loaded.model for loaded in (self._main, self._canary) if loaded]
        return list({model.version: model for model in models}.values())

    def get(self) -> Model:
        """The loaded model; if there is none, look for one first. Raises NoModel."""
        if self._main is None:
            self.refresh()
        model = self.loaded
        if model is None:
            raise NoModel(self._why_none)
        return model

    def pick(self) -> Model:
        """The model for one prediction, loaded or canary. Raises NoModel."""
        canary = self._canary
        if canary and self._share and self._share.falls_on(self._rng):
            return canary.model
        return self.get()

    def refresh(self) -> None:
        """Load the version that should be served now, unless it is loaded."""
        with self._refreshing:  # called by a timer, and when a version is pinned
            self._fault = ""
            self._follow_store()
            if self._logged.report(self._fault):
                metrics.MODEL_LOADS.labels("unavailable").inc()
            if self._share:
                self._follow_canary(self._share.version)

    def _follow_store(self) -> None:
        try:
            self._drop_if_revoked()
            candidates = self._candidates()
        except StoreUnavailable as error:
            self._fault = f"the model store cannot be read: {error}"
            self._why_none = f"the model store cannot be read ({error.reason})"
            return
        for version in candidates:
            if self._take(version, "it is the newest valid version"):
                return
        if self._main is None:
            self._explain(bool(candidates))

    def _drop_if_revoked(self) -> None:
        """A version that was taken off the allow list answers no more."""
        model = self.loaded
        if model and not self._store.still_allows(model):
            self._main = None
            log.error("version %d is off the allow list: served no more", model.version)

    def _follow_canary(self, version: int) -> None:
        try:
            self._canary = self._loader.load(version, self._canary)
        except StoreUnavailable:  # the canary stays as it is
            return
        fault = f"the canary, version {version}, is missing or broken"
        if self._canary_logged.report("" if self._canary else fault):
            metrics.MODEL_LOADS.labels("unavailable").inc()

    def _candidates(self) -> list[int]:
        """The versions to try, the best first; none if the loaded one shall stay."""
        newest_first = self._store.versions()[::-1]
        try:
            pinned = self._store.pinned()
        except StoreError as error:
            self.pinned = None
            self._fault = f"the pin cannot be followed: {error}"
        else:
            self.pinned = pinned
            if pinned is None:
                return newest_first
            if self._take(pinned, "it is pinned"):
                return []
            self._fault = f"the pinned version {pinned} is missing or broken"
        return [] if self._main else newest_first

    def _take(self, version: int, why: str) -> bool:
        """Make a version the loaded one; False if it is broken."""
        try:
            loaded = self._loader.load(version, self._main)
        except StoreUnavailable as error:
            self._fault = f"version {version} cannot be read: {error}"
            return False
        if loaded and (loaded is not self._main or why != self._why):
            self._main, self._why = loaded, why
            log.info("serving version %d: %s", version, why)
        return loaded is not None

    def _explain(self, any_version: bool) -> None:
        """Note why there is no model; callers are not told where the store is."""
        why = "the model store holds no version yet; the trainer publishes one"
        if any_version:
            why = "no version in the model store may be served (see the log)"
        if why != self._why_none:
            log.warning("not ready, for %s: %s", self._store.root, why)
        self._why_none = why
