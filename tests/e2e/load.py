"""A steady stream of predictions, so that a test can show that none of them failed."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import requests

from tests.support.waiting import wait_until


@dataclass
class SteadyLoad:
    """Clients that predict one after another until the block ends.

    Attributes:
        predict: sends one request and gives its answer.
        versions: the model version of every right answer, in order of arrival.
        failures: what every other request got.
    """

    predict: Callable[[], requests.Response]
    clients: int = 2
    versions: list[int] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._predict_on) for _ in range(self.clients)
        ]
        for thread in self._threads:
            thread.start()
        wait_until("the load runs", lambda: self.versions or self.failures)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def wait_for_version(self, version: int) -> None:
        """Until a prediction comes from that version."""
        wait_until(f"version {version} is served", lambda: version in self.versions)

    def wait_for_last(self, version: int) -> None:
        """Until that version alone answers."""
        last = [version] * 20
        wait_until(
            f"version {version} alone is served", lambda: self.versions[-20:] == last
        )

    def _predict_on(self) -> None:
        while not self._over.is_set():
            try:
                answer = self.predict()
                answer.raise_for_status()
                self.versions.append(answer.json()["model"]["version"])
            except requests.RequestException as error:
                self.failures.append(str(error))
