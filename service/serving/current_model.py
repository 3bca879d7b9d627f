"""The model that is served; a newer version replaces it without a pause."""

import logging
import threading
from random import Random

from model_store import Canary, Model, ModelStore, StoreError, StoreUnavailable
from service.serving.version_loader import Loaded, VersionLoader
from service.telemetry import metrics
from service.telemetry.background import LoggedOnce
from service.telemetry.version_series import keep_series

log = logging.getLogger(__name__)

_REASONS = {"newest": "it is the newest valid version", "pinned": "it is pinned"}


class NoModel(Exception):
    """No model is loaded; the text says why."""


class CurrentModel:
    """Serves the pinned version, or else the newest valid one; perhaps also a canary.

    `refresh` loads and checks a version before it is served. The swap is one
    assignment, so that a reader gets the old model or the new one, warmed up.
    source: where the service's joules come from, None without a source.

    Attributes:
        pinned: the version that was pinned at the last refresh; None if none was, or if
            the pin could not be read.
        share: the canary and its percentage, as chosen at the last refresh.
        why: why the loaded version is served: "newest" or "pinned".
    """

    def __init__(
        self,
        store: ModelStore,
        first_share: Canary | None = None,
        rng: Random | None = None,
        source: str | None = None,
    ) -> None:
        self._store = store
        self._loader = VersionLoader(store, source)
        self._first_share = self.share = first_share
        self._rng = rng or Random()  # noqa: S311 (nobody gains by a guess)
        self._main: Loaded | None = None
        self._canary: Loaded | None = None
        self._refreshing = threading.Lock()
        self.why = ""
        self.pinned: int | None = None
        self._newest_first: list[int] = []
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
    def canary(self) -> Model | None:
        """The model that answers the canary's share, if there is one."""
        canary = self._canary
        return canary.model if canary and self.share else None

    @property
    def all_loaded(self) -> list[Model]:
        """The loaded model and the canary, if it is another one."""
        models = [model for model in (self.loaded, self.canary) if model]
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
        canary, share = self._canary, self.share
        if canary and share and share.falls_on(self._rng):
            return canary.model
        return self.get()

    def refresh(self) -> None:
        """Load the version that should be served now, unless it is loaded."""
        with self._refreshing:  # called by a timer, and when a version is pinned
            self._fault = ""
            self._follow_store()
            _tell(self._fault, self._logged)
            self._follow_canary()

    def _follow_store(self) -> None:
        try:
            main = self.loaded
            revoked = main if main and not self._store.still_allows(main) else None
            candidates = self._candidates(keeps_main=not revoked)
        except StoreUnavailable as error:
            self._fault = f"the model store cannot be read: {error}"
            self._why_none = f"the model store cannot be read ({error.reason})"
            return
        if any(self._take(version, "newest") for version in candidates):
            return
        if revoked and self.loaded is revoked:
            self._main = None
        if self._main is None:
            self._explain(bool(candidates))

    def _candidates(self, keeps_main: bool) -> list[int]:
        """The versions to try, the best first; none if the loaded one shall stay."""
        newest_first = self._newest_first = self._store.versions()[::-1]
        self.pinned = pinned = self._read_pin()
        self._keep_series(self.share)
        if pinned is None and not self._fault:
            return newest_first
        if pinned is not None:
            if self._take(pinned, "pinned"):
                return []
            self._fault = f"the pinned version {pinned} is missing, broken or withdrawn"
        return [] if self._main and keeps_main else newest_first

    def _read_pin(self) -> int | None:
        try:
            return self._store.pinned()
        except StoreError as error:
            self._fault = f"the pin cannot be followed: {error}"
            return None

    def _keep_series(self, share: Canary | None) -> None:
        """Before any of them is loaded, so that its first count has its label."""
        used = [share.version if share else None, self.pinned]
        used += [model.version for model in self.all_loaded]
        keep_series([v for v in (*used, *self._newest_first) if v is not None])

    def _take(self, version: int, why: str) -> bool:
        """Make a version the loaded one; False if it is broken."""
        try:
            loaded = self._loader.load(version, self._main)
        except StoreUnavailable as error:
            self._fault = f"version {version} cannot be read: {error}"
            return False
        if loaded and (loaded is not self._main or why != self.why):
            self._main, self.why = loaded, why
            log.info("serving version %d: %s", version, _REASONS[why])
        return loaded is not None

    def _follow_canary(self) -> None:
        fault = ""
        try:
            last = self._store.choice.canary()
            share = last.canary() if last else self._first_share
            self._keep_series(share)
            canary = self._loader.load(share.version, self._canary) if share else None
        except StoreUnavailable:  # the canary stays as it is
            return
        except StoreError as error:
            fault, share, canary = f"no canary: {error}", None, None
        if share and not canary:
            fault = (
                f"the canary, version {share.version}, is missing, broken or withdrawn"
            )
        if share != self.share:
            log.info("canary: %s", share or "none")
        self.share, self._canary = share, canary
        _tell(fault, self._canary_logged)

    def _explain(self, any_version: bool) -> None:
        """Note why there is no model; callers are not told where the store is."""
        why = "the model store holds no version yet; the trainer publishes one"
        if any_version:
            why = "no version in the model store may be served (see the log)"
        if why != self._why_none:
            log.warning("not ready, for %s: %s", self._store.root, why)
        self._why_none = why


def _tell(fault: str, logged: LoggedOnce) -> None:
    """Log a fault once, and count it as long as it lasts: so does its alert."""
    logged.report(fault)
    if fault:
        metrics.MODEL_LOADS.labels("unavailable").inc()
